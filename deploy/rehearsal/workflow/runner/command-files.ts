import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailure } from '../errors';

const kinds = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE'] as const;
const SUMMARY_BYTES = 1024 * 1024;

export interface Written {
  env: Record<string, string>;
  outputs: Record<string, string>;
  state: Record<string, string>;
  path: string[];
  summary: string;
  /** What the runner would complain of without failing the step. */
  complaints: string[];
}

/** The files by which a step tells the runner something. Each step has its own. */
export class CommandFiles {
  readonly environment: Record<string, string>;

  /** @param directory is made. */
  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.environment = Object.fromEntries(kinds.map((kind) => [kind, join(directory, kind.toLowerCase())]));
    for (const file of Object.values(this.environment)) writeFileSync(file, '');
  }

  /** @throws StepFailure for a file that is not written as GitHub wants it. */
  read(): Written {
    const text = (kind: (typeof kinds)[number]) => readFileSync(this.environment[kind] ?? '', 'utf8');
    const complaints: string[] = [];
    const summary = text('GITHUB_STEP_SUMMARY');
    const tooLong = Buffer.byteLength(summary) > SUMMARY_BYTES;
    if (tooLong) {
      complaints.push(
        `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.ceil(Buffer.byteLength(summary) / 1024)}k`,
      );
    }
    const { NODE_OPTIONS: refused, ...env } = parsePairs('env', text('GITHUB_ENV'));
    if (refused !== undefined)
      complaints.push("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
    return {
      env,
      outputs: parsePairs('output', text('GITHUB_OUTPUT')),
      state: parsePairs('state', text('GITHUB_STATE')),
      path: text('GITHUB_PATH')
        .split(/\r?\n/)
        .filter((line) => line !== ''),
      summary: tooLong ? '' : summary,
      complaints,
    };
  }
}

/** `NAME=VALUE` lines, and `NAME<<DELIMITER` with the lines up to the delimiter. @throws StepFailure */
export function parsePairs(kind: string, text: string): Record<string, string> {
  const refuse = (why: string) =>
    new StepFailure(`Unable to process file command '${kind}' successfully.\n${why}`);
  const lines = text.split(/\r?\n/);
  const pairs: Record<string, string> = {};
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals > 0 && (heredoc < 0 || equals < heredoc))
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
    else if (heredoc > 0) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter);
      if (delimiter === '' || end < 0)
        throw refuse(`Invalid value. Matching delimiter not found '${delimiter}'`);
      pairs[line.slice(0, heredoc)] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n');
    } else throw refuse(`Invalid format '${line}'`);
  }
  return pairs;
}
