import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../../errors';
import { object, place, type File } from './reader';
import { scenarioKeys, type Scenario } from './scenario';

/**
 * Reads a scenario from a YAML file.
 * @throws UsageError naming each problem with file, line and column; where the file cannot be read, too.
 */
export function readScenario(path: string, shown: string = path): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${shown} cannot be read: ${(error as Error).message}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const file: File = {
    document,
    lines,
    problems: document.errors.map(({ message, pos }) => ({ at: pos[0], message })),
  };
  const read = file.problems.length === 0 ? object(scenarioKeys) : () => undefined;
  const scenario = read(place(file, document.contents, '', 0));
  if (scenario !== undefined) return scenario;
  const problems = file.problems.map(({ at, message }) => {
    const { line, col } = lines.linePos(at);
    return `${shown}:${line || 1}:${col || 1}: ${message}`;
  });
  throw new UsageError(problems.join('\n'));
}
