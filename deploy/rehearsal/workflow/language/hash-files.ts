import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globExpression } from '../../images/ignore';

/**
 * `hashFiles(...)`: the hash of the hashes of all files of a folder that match a pattern and no later one with `!`.
 * @returns empty text where nothing matches.
 */
export function hashFiles(directory: string, patterns: readonly string[]): string {
  const rules = patterns
    .flatMap((text) => text.split('\n'))
    .map((text) => text.trim())
    .filter((text) => text !== '' && !text.startsWith('#'))
    .map((text) => ({
      include: !text.startsWith('!'),
      expression: globExpression(text.replace(/^!?\.?\/?/, '')),
    }));
  const matching = (path: string) =>
    rules.reduce((taken, { include, expression }) => (expression.test(path) ? include : taken), false);
  const files = filesBelow(directory).filter(matching).sort();
  if (files.length === 0) return '';
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(
      createHash('sha256')
        .update(readFileSync(join(directory, file)))
        .digest(),
    );
  return hash.digest('hex');
}

function filesBelow(directory: string, prefix = ''): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === '.git') return [];
    const path = prefix + entry.name;
    if (entry.isDirectory()) return filesBelow(directory, `${path}/`);
    return entry.isFile() ? [path] : [];
  });
}
