import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { DocumentError, type Located } from './located';

const meanings: Record<string, string> = {
  InvalidSymbol: 'this is not JSON: a text needs double quotes',
  InvalidNumberFormat: 'this is not a number',
  PropertyNameExpected: 'a key in double quotes is missing here',
  ValueExpected: 'a value is missing here',
  ColonExpected: 'a ":" is missing here',
  CommaExpected: 'a "," is missing here',
  CloseBraceExpected: 'a "}" is missing here',
  CloseBracketExpected: 'a "]" is missing here',
  EndOfFileExpected: 'nothing may follow here',
  UnexpectedEndOfString: 'a string is not closed',
  UnexpectedEndOfComment: 'a comment is not closed',
  InvalidUnicode: 'the \\u escape is not valid',
  InvalidEscapeCharacter: 'the escape is not valid in JSON',
  InvalidCharacter: 'a control character must be escaped here',
};

export function parseJson(text: string): Located {
  if (text.trim() === '') throw new DocumentError('the file is empty', 0);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const code = printParseErrorCode(first.error);
    throw new DocumentError(meanings[code] ?? code, first.offset);
  }
  if (root === undefined) throw new DocumentError('nothing but comments stands here', 0);
  return locate(root, undefined);
}

function locate(node: Node, keyStart: number | undefined): Located {
  const place = { start: node.offset, end: node.offset + node.length, keyStart };
  const children = node.children ?? [];
  switch (node.type) {
    case 'object': {
      const entries = new Map<string, Located>();
      for (const { children: [key, value] = [] } of children) {
        if (key !== undefined && value !== undefined)
          entries.set(String(key.value), locate(value, key.offset));
      }
      return { ...place, content: { type: 'object', entries } };
    }
    case 'array':
      return {
        ...place,
        content: { type: 'list', items: children.map((child) => locate(child, undefined)) },
      };
    default:
      return { ...place, content: { type: 'scalar', value: node.value as string | number | boolean | null } };
  }
}
