import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config/config';
import type { Context } from '../context';
import { shownPath } from '../files';
import { Unread } from '../template/value';
import { contractBeside, readContract, type Contract } from './contract';
import { UNNAMED_ENVIRONMENT, type OutputUses, type UsesDocument } from './uses';

/** Writes what an app relies on. @param file absolute; folders that are not there are made. */
export async function writeUses(
  context: Context,
  config: Config,
  uses: OutputUses,
  file: string,
): Promise<void> {
  const contracts = new Map<string, Contract | undefined>();
  for (const { service, taskDefinition } of config.services) {
    const path = contractBeside(taskDefinition);
    contracts.set(service, await readContract(path, shownPath(context.cwd, path)));
  }
  const declared = Object.entries(config.environments);
  const environments = declared.length > 0 ? declared : [[UNNAMED_ENVIRONMENT, undefined] as const];
  const document: UsesDocument = {
    version: 1,
    contract: [...contracts.values()].find((one) => one !== undefined)?.hash ?? null,
    environments: Object.fromEntries(
      environments.map(([name, own]) => [name, known(own?.outputs ?? config.outputs)]),
    ),
    uses: uses.list((service) => contracts.get(service)),
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, print(document));
  const message = `wrote ${shownPath(context.cwd, file)}: the outputs that this app relies on`;
  context.sink({ type: 'note', level: 'info', message });
}

/** Null where a variable that is not set hides it. */
function known(outputs: string | undefined): string | null {
  return outputs === undefined || outputs.includes(Unread.text) ? null : outputs;
}

/** Lists of names on one line each: the file is read by people, in the diff of a pull request. */
function print(document: UsesDocument): string {
  const text = JSON.stringify(document, null, 2);
  const lists = text.replaceAll(/\[\n\s+("[^[\]{}]*")\n\s+\]/g, (_, names: string) => {
    return `[${names.replaceAll(/,\n\s+/g, ', ')}]`;
  });
  return `${lists}\n`;
}
