import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { pluginSettings } from '../../apply/terraform';
import { StepFailure } from '../errors';
import type { StandIn } from './stand-in';

export const setupNode: StandIn = {
  name: 'actions/setup-node',
  summary: 'puts the Node that runs the rehearsal on PATH, whatever version is asked for',
  run({ input, log, addPath, setOutput }) {
    log(
      `Node ${input('node-version') || 'of any version'} is asked for; ${process.version} of this machine is used`,
    );
    addPath(dirname(process.execPath));
    setOutput('node-version', process.version);
  },
};

export const setupTerraform: StandIn = {
  name: 'hashicorp/setup-terraform',
  summary: 'uses the terraform on PATH, of any version, and the provider for an emulator',
  run({ input, log, env, job, setEnvironment }) {
    const found = spawnSync('terraform', ['version'], { encoding: 'utf8', env: { ...process.env, ...env } });
    if (found.status !== 0)
      throw new StepFailure('terraform is not on PATH: install it, since this workflow runs it for real');
    log(
      `terraform ${input('terraform_version') || 'of any version'} is asked for; ${found.stdout.split('\n')[0]} is used`,
    );
    setEnvironment('SLIPWAY_REHEARSAL', '1');
    const settings = pluginSettings(job.temp, process.env.SLIPWAY_PLUGIN_MIRROR || undefined);
    for (const [name, value] of Object.entries(settings)) setEnvironment(name, value);
  },
};

/** Folders with dependencies that npm made: at the top and in workspaces. */
export function linkDependencies(from: string, to: string): number {
  const folders = [
    '.',
    ...readdirSync(to, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  ];
  const links = folders
    .map((folder) => ({ source: join(from, folder, 'node_modules'), link: join(to, folder, 'node_modules') }))
    .filter(
      ({ source, link }) =>
        !link.endsWith(join('node_modules', 'node_modules')) && existsSync(source) && !existsSync(link),
    );
  for (const { source, link } of links)
    symlinkSync(source, link, process.platform === 'win32' ? 'junction' : 'dir');
  return links.length;
}

export const install: StandIn = {
  name: './.github/actions/install',
  summary: "links the working tree's own node_modules in place of `npm ci`",
  run({ world, job, log }) {
    if (!existsSync(join(world.source, 'node_modules')))
      throw new StepFailure(`${join(world.source, 'node_modules')} does not exist: run npm ci there first`);
    linkDependencies(world.source, job.workspace);
    log(`the dependencies of ${world.source} are linked`);
  },
};

export const setupBuildx: StandIn = {
  name: 'docker/setup-buildx-action',
  summary: 'does nothing: images are packaged without Docker',
  run: ({ log, setOutput }) => {
    log('images are packaged without Docker');
    setOutput('name', 'rehearsal');
  },
};

export const setupQemu: StandIn = {
  name: 'docker/setup-qemu-action',
  summary: 'does nothing: the rehearsal runs no foreign machine code',
  run: ({ log }) => log('nothing to set up'),
};
