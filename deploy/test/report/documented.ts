import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SOURCE = join(__dirname, '../../src');

/** Members of each variant of a union or of each interface, by the value of the member that tells them apart. */
export type Variants = Record<string, string[]>;

/** `{ type: 'note'; level: ... }` of a union type, or interfaces with such a member. */
export function variantsIn(file: string, tag: 'type' | 'kind', wanted: (name: string) => boolean): Variants {
  const path = join(SOURCE, file);
  const tree = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const variants: Variants = {};
  const take = (members: ts.NodeArray<ts.TypeElement>) => {
    const named = members.flatMap((member) =>
      ts.isPropertySignature(member) && ts.isIdentifier(member.name)
        ? [{ name: member.name.text, type: member.type }]
        : [],
    );
    const own = named.find(({ name }) => name === tag)?.type;
    if (own === undefined || !ts.isLiteralTypeNode(own) || !ts.isStringLiteral(own.literal)) return;
    variants[own.literal.text] = named.map(({ name }) => name).filter((name) => name !== tag);
  };
  for (const statement of tree.statements) {
    if (ts.isInterfaceDeclaration(statement) && wanted(statement.name.text)) take(statement.members);
    if (
      ts.isTypeAliasDeclaration(statement) &&
      wanted(statement.name.text) &&
      ts.isUnionTypeNode(statement.type)
    )
      statement.type.types.forEach((each) => ts.isTypeLiteralNode(each) && take(each.members));
  }
  return variants;
}

/** Rows `| \`name\` | \`a\`, \`b\` | ... |` below a heading of the page about output. */
export function documentedUnder(heading: string): Variants {
  const page = readFileSync(join(__dirname, '../../docs/output.md'), 'utf8').replaceAll('\r\n', '\n');
  const start = page.indexOf(`\n## ${heading}\n`);
  const rest = page.slice(start + heading.length + 5);
  const end = rest.indexOf('\n## ');
  const section = start < 0 ? '' : rest.slice(0, end < 0 ? undefined : end);
  const rows = [...section.matchAll(/^\| `([\w-]+)` +\|([^|]*)\|/gm)];
  return Object.fromEntries(
    rows.map(([, name = '', fields = '']) => [
      name,
      [...fields.matchAll(/`(\w+)`/g)].map(([, field = '']) => field),
    ]),
  );
}
