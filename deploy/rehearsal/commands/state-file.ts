import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UsageError } from '../errors';
import type { Rehearsal, RehearsalState } from '../rehearsal';

const FORMAT = 'slipway-rehearsal';

/**
 * Reads a state that `writeState` wrote; undefined where there is no file yet.
 * @throws UsageError where the file is something else.
 */
export function readState(file: string): RehearsalState | undefined {
  if (!existsSync(file)) return undefined;
  const read = attempt(`--state ${file} cannot be read`, () => readFileSync(file, 'utf8'));
  const written = attempt(
    `--state ${file}: it is not a state of the rehearsal`,
    () => JSON.parse(read) as Partial<RehearsalState & { format: string }> | null,
  );
  if (written?.format !== FORMAT || written.ecs === undefined || written.surroundings === undefined) {
    throw new UsageError(
      `--state ${file}: it is not a state of the rehearsal; name another file, or delete it`,
    );
  }
  return { ecs: written.ecs, surroundings: written.surroundings };
}

/** Writes all that a rehearsal holds; whoever reads the file meanwhile finds the old one or the new one, whole. */
export function writeState(file: string, rehearsal: Rehearsal): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify({ format: FORMAT, ...rehearsal.snapshot() })}\n`);
  renameSync(unfinished, file);
}

function attempt<T>(problem: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new UsageError(`${problem}: ${(error as Error).message}`);
  }
}
