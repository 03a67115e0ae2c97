// Compiles src/ to dist/ (or `--outdir DIR`): one file a program, with dependencies left to node_modules.
// Needs nothing but esbuild, so it also works in a copy of this folder elsewhere.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { outdir: { type: 'string' } } });

await build({
  absWorkingDir: here,
  entryPoints: ['main', 'health-check'].map((name) => join(here, 'src', `${name}.ts`)),
  outdir: values.outdir === undefined ? join(here, 'dist') : resolve(values.outdir),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  // The settings of a tsconfig.json that happens to lie above a copy must not change the output.
  tsconfigRaw: {},
});
