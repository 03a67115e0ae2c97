import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { suggestion } from '../../schema/did-you-mean';
import { UsageError } from '../errors';
import { readScenario } from './file/read-scenario';
import type { Scenario } from './file/scenario';

export interface NamedScenario {
  /** Its name in the library, or its file as it was given. */
  name: string;
  scenario: Scenario;
}

/** Every scenario that comes with the rehearsal, by name. @param repository folder of cdktf.json. */
export function readLibrary(repository: string): NamedScenario[] {
  return namesIn(repository).map((name) => find(repository, name));
}

/**
 * Reads the scenarios that were asked for, each a file or a name in the library.
 * @throws UsageError for one that does not exist, and naming all problems of those that are not right.
 */
export function findScenarios(repository: string, wanted: readonly string[]): NamedScenario[] {
  const problems: string[] = [];
  const found = wanted.flatMap((name) => {
    try {
      return [find(repository, name)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return found;
}

function find(repository: string, wanted: string): NamedScenario {
  const isFile = /[\\/]|\.ya?ml$/.test(wanted);
  const names = isFile ? [] : namesIn(repository);
  if (isFile) return { name: wanted, scenario: readScenario(resolve(wanted), wanted) };
  if (!names.includes(wanted)) {
    const near = suggestion(wanted, names);
    throw new UsageError(
      `there is no scenario "${wanted}"${near}: slipway rehearse list shows what there is`,
    );
  }
  const path = join(libraryOf(repository), `${wanted}.yml`);
  return { name: wanted, scenario: readScenario(path, relative(process.cwd(), path)) };
}

function namesIn(repository: string): string[] {
  const directory = libraryOf(repository);
  if (!existsSync(directory))
    throw new UsageError(`the library of scenarios is not there: ${directory}; name a file`);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => basename(file, '.yml'))
    .sort();
}

function libraryOf(repository: string): string {
  return join(repository, 'deploy', 'rehearsal', 'scenarios');
}
