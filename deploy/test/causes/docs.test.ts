import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownCauses } from '../../src/causes/catalogue';

const text = readFileSync(join(__dirname, '../../docs/causes.md'), 'utf8').replaceAll('\r\n', '\n');
const rows = text
  .slice(text.indexOf('## Causes'))
  .split('\n')
  .flatMap((line) =>
    /^\| `/.test(line)
      ? [
          line
            .split('|')
            .map((cell) => cell.trim())
            .slice(1, -1),
        ]
      : [],
  );

it('lists the causes that there are, in the order in which they are looked for', () => {
  expect(rows.map(([name]) => name)).toEqual(knownCauses.map(({ name }) => `\`${name}\``));
});

it('says of each what it goes by and what mends it', () => {
  for (const row of rows) expect(row.every((cell) => cell !== '')).toBe(true);
  expect(new Set(knownCauses.map(({ name }) => name)).size).toBe(knownCauses.length);
});
