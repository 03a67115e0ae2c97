import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What an app relies on, as `slipway check --write-uses` writes it. */
export interface Consumer {
  readonly app: string;
  /** Stands before its places: empty, or the folder of an app of this repository, such as `app/`. */
  readonly folder: string;
  /** Each of its environments, and where it reads outputs from; null where that is known only in a run. */
  readonly environments: Readonly<Record<string, string | null>>;
  readonly uses: readonly Use[];
}

export interface Use {
  /** `cluster_name`, or `services.api.service_url` of another service. */
  readonly output: string;
  /** What the contract promised when the list was written; `unknown` where there was none. */
  readonly type: string;
  readonly service: string;
  /** Those in which its value is read. */
  readonly environments: readonly string[];
  /** `ecs/service.json:14` */
  readonly at: readonly string[];
}

/** Why nothing could be checked, for whoever started it. */
export class UncheckedError extends Error {}

/** The lists of a folder, by the name of their file. None where the folder is not there. */
export function readConsumers(directory: string): Consumer[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readConsumer(join(directory, name), basename(name, '.json')));
}

/** @throws UncheckedError for what `slipway check --write-uses` did not write. */
export function readConsumer(file: string, app: string, folder = ''): Consumer {
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw foreign(file, (error as Error).message);
  }
  if (!isRecord(list) || list.version !== 1)
    throw foreign(file, 'it wants "version": 1; a newer one needs a newer checkout of the infrastructure');
  const { environments, uses } = list;
  if (!isRecord(environments) || !Array.isArray(uses) || !uses.every(isUse))
    throw foreign(file, 'it wants "environments" and "uses"');
  return { app, folder, environments: environments as Consumer['environments'], uses };
}

function foreign(file: string, what: string): UncheckedError {
  return new UncheckedError(
    `${file} is no list of what an app relies on: ${what}\n  write it anew in the app's repository: slipway check --write-uses ${basename(file)}`,
  );
}

function isUse(value: unknown): value is Use {
  const texts = (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === 'string');
  return (
    isRecord(value) &&
    ['output', 'type', 'service'].every((member) => typeof value[member] === 'string') &&
    texts(value.environments) &&
    texts(value.at)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
