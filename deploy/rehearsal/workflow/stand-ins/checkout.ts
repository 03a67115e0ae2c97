import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StepFailure } from '../errors';
import { git } from '../github/git';
import { allows } from '../model/permissions';
import type { StandIn } from './stand-in';

const knownInputs =
  'path, ref, fetch-depth, sparse-checkout, sparse-checkout-cone-mode and persist-credentials';

export const checkout: StandIn = {
  name: 'actions/checkout',
  summary:
    'fetches the commit from a repository whose first commit is the working tree, as deep and as sparse as asked',
  async run({ world, job, input, log, setOutput }) {
    const repository = input('repository', world.repository);
    if (repository.toLowerCase() !== world.repository.toLowerCase())
      throw new StepFailure(
        `only ${world.repository} can be checked out here, not ${repository}; known are ${knownInputs}`,
      );
    if (!allows(job.permissions, 'contents', 'read')) {
      throw new StepFailure(
        `repository ${world.repository} not found: the job lacks the permission contents: read, which a private repository needs`,
      );
    }
    const wanted = input('ref') || job.sha;
    const sha = (await world.origin.resolve(wanted)) ?? (await world.origin.resolve(`refs/heads/${wanted}`));
    if (sha === undefined)
      throw new StepFailure(`A branch or tag with the name '${wanted}' could not be found`);
    const directory = resolve(job.workspace, input('path', '.'));
    mkdirSync(directory, { recursive: true });
    const run = (...args: string[]) => git(args, { directory });

    if (existsSync(resolve(directory, '.git'))) await run('clean', '-ffdxq');
    await run('init', '--quiet', '--initial-branch=main');
    await fetchHistory(world.origin.directory, directory, sha, Number(input('fetch-depth', '1')), run);
    const patterns = input('sparse-checkout')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (patterns.length > 0) {
      const cone = input('sparse-checkout-cone-mode', 'true') === 'true' ? '--cone' : '--no-cone';
      await run('sparse-checkout', 'set', cone, ...patterns);
      log(`sparse checkout: ${patterns.join(', ')}`);
    }
    await run('checkout', '--quiet', '--force', '--detach', sha);
    if (input('persist-credentials', 'true') === 'true')
      await run('config', 'http.https://github.com/.extraheader', 'AUTHORIZATION: basic rehearsal');
    log(`HEAD is now at ${sha} ${(await world.origin.message(sha)).split('\n')[0]}`);
    setOutput('commit', sha);
    setOutput('ref', input('ref') || job.ref);
  },
};

/** Takes the objects where they are; a depth of one, the usual one, then needs no transfer at all. */
async function fetchHistory(
  origin: string,
  directory: string,
  sha: string,
  depth: number,
  run: (...args: string[]) => Promise<string>,
): Promise<void> {
  const target = 'refs/remotes/origin/rehearsal';
  if (depth !== 1) {
    const deep = depth > 0 ? [`--depth=${depth}`] : ['--unshallow'];
    const known = existsSync(join(directory, '.git', 'shallow'));
    const args = depth > 0 || known ? deep : [];
    await run('fetch', '--quiet', '--no-tags', ...args, `file://${origin}`, `+${sha}:${target}`);
    return;
  }
  mkdirSync(join(directory, '.git', 'objects', 'info'), { recursive: true });
  writeFileSync(join(directory, '.git', 'objects', 'info', 'alternates'), `${join(origin, 'objects')}\n`);
  writeFileSync(join(directory, '.git', 'shallow'), `${sha}\n`);
  await run('update-ref', target, sha);
}
