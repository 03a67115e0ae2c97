import { errorMeanings } from '../../deploy/src/error-meanings';
import { catalogue, exitCodes, type ErrorCode } from '../../deploy/src/errors';
import { exitMeanings } from '../../deploy/src/exit-meanings';
import { exitCodeTable } from './commands';
import { table } from './markdown';

/** docs/errors.md: every exit code and every error code, with what it means and what to do. */
export function errorsPage(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  const lines = [
    '# Errors and exit codes',
    '',
    'This page is generated from the catalogue of errors ("npm run generate").',
    '',
    'A run ends with one of these. A pipeline can branch on the number, which never changes its meaning.',
    '',
    exitCodeTable(),
    '',
    'An error is printed on standard error with its code in brackets, and below it what to do:',
    '',
    '```text',
    'slipway: there is no slipway.yml in /home/me, above it, or in its app/ [CONFIG_NOT_FOUND]',
    '  change to the directory of the app, or pass --config <file>',
    '```',
    '',
    'With `--json` it is the last line of standard output: `{"type":"error","code":...,"message":...,"hint":...,"exitCode":...}`. The exit codes 20 to 23 are also those of a deployment that was followed to its end: that is no error but a result, and [causes.md](causes.md) is about it. What is none of these is a bug: exit code 1, and `BUG` for a code; `--verbose` adds the place.',
    ...names.flatMap(section),
  ];
  return `${lines.join('\n')}\n`;
}

function section(name: keyof typeof exitCodes): string[] {
  const codes = (Object.keys(catalogue) as ErrorCode[]).filter((code) => catalogue[code] === exitCodes[name]);
  if (codes.length === 0) return [];
  return [
    '',
    `## ${exitCodes[name]}: ${exitMeanings[name]}`,
    '',
    table(
      ['error code', 'what it means', 'what to do'],
      codes.map((code) => [`\`${code}\``, errorMeanings[code].meaning, errorMeanings[code].todo]),
    ),
  ];
}
