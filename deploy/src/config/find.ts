import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SlipwayError } from '../errors';
import { shownPath } from '../files';

/** In this order in each directory. */
const configNames = [
  'slipway.yml',
  'slipway.yaml',
  'slipway.json',
  'slipway.jsonnet',
  'ecspresso.yml',
  'ecspresso.yaml',
  'ecspresso.json',
  'ecspresso.jsonnet',
];

/**
 * The config file: the one that `--config` names, else the first in the working directory, its parents, or `app/`.
 *
 * @throws SlipwayError CONFIG_NOT_FOUND
 */
export function findConfig(cwd: string, given: string | undefined): string {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    if (existsSync(path)) return path;
    throw new SlipwayError('CONFIG_NOT_FOUND', `the config file ${shownPath(cwd, path)} is not there`, {
      hint: 'correct --config, or leave it out to have slipway.yml found',
    });
  }
  for (const directory of [...upwards(resolve(cwd)), join(cwd, 'app')]) {
    const name = configNames.find((one) => existsSync(join(directory, one)));
    if (name !== undefined) return join(directory, name);
  }
  throw new SlipwayError('CONFIG_NOT_FOUND', `there is no slipway.yml in ${cwd}, above it, or in its app/`, {
    hint: 'change to the directory of the app, or pass --config <file>',
  });
}

function upwards(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}
