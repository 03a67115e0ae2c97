// Bundles the two sides of the `slipway` command into deploy/dist. Runs at install and before start and test.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const deploy = join(root, 'deploy');
const outputs = ['cli.mjs', 'rehearse.mjs'].map((name) => join(deploy, 'dist', name));

function newest(directory) {
  return Math.max(
    0,
    ...readdirSync(directory, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );
}

const sources = ['src', 'rehearsal', 'schema']
  .map((name) => join(deploy, name))
  .filter((path) => existsSync(path));
const built = Math.min(...outputs.map((path) => (existsSync(path) ? statSync(path).mtimeMs : 0)));
const stale = Math.max(newest(join(root, 'scripts')), ...sources.map(newest)) > built;

if (stale || !process.argv.includes('--if-stale')) {
  const { metafile } = await build({
    entryPoints: { cli: join(deploy, 'src/cli.ts'), rehearse: join(deploy, 'rehearsal/main.ts') },
    outdir: join(deploy, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'warning',
    // CommonJS dependencies inside an ES module bundle still call require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  removeFormerChunks(new Set(Object.keys(metafile.outputs).map((path) => basename(path))));
}

/** Chunks of earlier builds, but for those that a command which still runs may load. */
function removeFormerChunks(current) {
  const directory = join(deploy, 'dist');
  const hourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    if (!current.has(name) && statSync(file).mtimeMs < hourAgo) rmSync(file, { force: true });
  }
}
