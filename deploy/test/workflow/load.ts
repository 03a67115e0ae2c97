import { join } from 'node:path';
import { buildSync } from 'esbuild';

type Workflows = typeof import('../../rehearsal/workflow/index');

/**
 * The harness as a module. GitHub's parser is one that jest cannot load, so all of it is bundled first.
 * @param directory scratch.
 */
export function loadWorkflows(directory: string): Workflows {
  const outfile = join(directory, 'workflow.cjs');
  buildSync({
    entryPoints: [join(__dirname, '..', '..', 'rehearsal', 'workflow', 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(outfile) as Workflows;
}
