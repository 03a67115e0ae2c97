import { readFileSync } from 'node:fs';
import * as ts from 'typescript';

/** What a value of the settings may be. */
export type OptionType =
  | 'string'
  | 'number'
  | 'boolean'
  | { readonly oneOf: readonly string[] }
  | { readonly list: OptionType }
  /** An object of these settings, or a list of such. */
  | { readonly settings: string; readonly orList?: true };

/** One option as its doc comment and its type say it. */
export interface Option {
  readonly name: string;
  readonly required: boolean;
  readonly type: OptionType;
  readonly description: string;
  readonly default: string | undefined;
  readonly unit: string | undefined;
  readonly cost: string | undefined;
}

/** The options of one interface. */
export interface Settings {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Option[];
}

/**
 * Reads the interfaces of a file of settings.
 * @throws Error for a member whose type no option may have, with its name.
 */
export function readSettingsTypes(file: string): Settings[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  return source.statements.filter(ts.isInterfaceDeclaration).map((one) => ({
    name: one.name.text,
    description: commentOf(one, source).description,
    options: one.members.filter(ts.isPropertySignature).map((member): Option => {
      const name = member.name.getText(source);
      if (member.type === undefined) throw new Error(`${one.name.text}.${name} has no type`);
      return {
        name,
        required: member.questionToken === undefined,
        type: typeOf(member.type, `${one.name.text}.${name}`),
        ...commentOf(member, source),
      };
    }),
  }));
}

function typeOf(node: ts.TypeNode, where: string): OptionType {
  if (ts.isTypeOperatorNode(node)) return typeOf(node.type, where);
  if (ts.isArrayTypeNode(node)) return { list: typeOf(node.elementType, where) };
  if (ts.isTypeReferenceNode(node)) return { settings: node.typeName.getText() };
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) return { oneOf: [node.literal.text] };
  if (ts.isUnionTypeNode(node)) {
    const types = node.types.map((one) => typeOf(one, where));
    const words = types.flatMap((one) => (typeof one === 'object' && 'oneOf' in one ? one.oneOf : []));
    if (words.length === types.length) return { oneOf: words };
    const [one, other] = types;
    const both = JSON.stringify({ list: one }) === JSON.stringify(other);
    if (both && typeof one === 'object' && 'settings' in one) return { ...one, orList: true };
  }
  if (node.kind === ts.SyntaxKind.StringKeyword) return 'string';
  if (node.kind === ts.SyntaxKind.NumberKeyword) return 'number';
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return 'boolean';
  throw new Error(`${where} has a type that no option may have: ${node.getText()}`);
}

/** The text of a doc comment, and what stands behind `@default`, `@unit` and `@cost`, which may share a line. */
function commentOf(
  node: ts.Node,
  source: ts.SourceFile,
): Pick<Option, 'description' | 'default' | 'unit' | 'cost'> {
  const range = ts.getLeadingCommentRanges(source.text, node.pos)?.at(-1);
  const comment = range === undefined ? '' : source.text.slice(range.pos, range.end);
  const text = /^\/\*\*([\s\S]*)\*\/$/.exec(comment)?.[1]?.replaceAll(/\s*\n\s*\*\s?/g, ' ') ?? '';
  const [description = '', ...rest] = text.split(/@(default|unit|cost)\b/).map((part) => part.trim());
  const tag = (name: string) => rest[rest.indexOf(name) + 1];
  const of = (name: string) => (rest.includes(name) ? tag(name) : undefined);
  return { description, default: of('default'), unit: of('unit'), cost: of('cost') };
}
