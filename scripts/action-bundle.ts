import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/** What `.github/actions/slipway` runs: the deploy side of the command in one file, so that a workflow installs nothing. */
export const ACTION_BUNDLE = '.github/actions/slipway/dist/slipway.js';

export interface ActionBundle {
  text: string;
  /** Every file in it, from the root of the repository. */
  inputs: readonly string[];
}

const ENTRY = `
import { main } from './deploy/src/cli.ts';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
void main(process.argv.slice(2)).then((exitCode) => { process.exitCode = exitCode; });
`;

/** The same bytes on every machine: no path, no time, no source map. */
export async function actionBundle(): Promise<ActionBundle> {
  const root = resolve(__dirname, '..');
  const common: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  };
  const { metafile, outputFiles } = await build({
    ...common,
    stdin: { contents: ENTRY, resolveDir: root, sourcefile: 'slipway-action.ts', loader: 'ts' },
    outfile: join(root, ACTION_BUNDLE),
    write: false,
    metafile: true,
    minify: true,
    // The SDK tells errors apart by the names of their classes.
    keepNames: true,
    format: 'cjs',
    legalComments: 'eof',
    plugins: [leanClients(root, common)],
  });
  const text = outputFiles?.[0]?.text;
  if (text === undefined || metafile === undefined) throw new Error('esbuild wrote no bundle');
  return { text: ascii(text), inputs: Object.keys(metafile.inputs) };
}

/** One letter beyond Latin-1, left in a regular expression, makes Node read all of the file as two bytes a letter. */
function ascii(text: string): string {
  return text.replace(/[^\n -~\t]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const CLIENT = /^@aws-sdk\/client-[\w-]+$/;

/**
 * esbuild does not shake what is imported lazily, so one file would hold every command of every client. Each client is
 * therefore bundled by itself first, with the names alone that src/ imports from it.
 */
function leanClients(root: string, common: BuildOptions): Plugin {
  const deploy = join(root, 'deploy');
  const used = importedNames(join(deploy, 'src'));
  return {
    name: 'lean-clients',
    setup: (bundle) => {
      bundle.onResolve({ filter: CLIENT }, ({ path }) => ({ path, namespace: 'client' }));
      bundle.onLoad({ filter: CLIENT, namespace: 'client' }, async ({ path }) => {
        const names = [...(used.get(path) ?? [])].sort();
        if (names.length === 0)
          throw new Error(`no file of deploy/src says in one line what it takes from ${path}`);
        const { outputFiles } = await build({
          ...common,
          stdin: { contents: `export { ${names.join(', ')} } from '${path}';`, resolveDir: deploy },
          write: false,
          format: 'esm',
          plugins: [onlyItself(path), constantKeys],
        });
        const resolveDir = dirname(require.resolve(`${path}/package.json`, { paths: [deploy] }));
        return { contents: outputFiles?.[0]?.text ?? '', resolveDir };
      });
    },
  };
}

/** Leaves every other package to the bundle around it, so that it is in there once. */
function onlyItself(name: string): Plugin {
  return {
    name: 'only-itself',
    setup: (bundle) => {
      bundle.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        kind === 'entry-point' || path === name ? undefined : { path, external: true },
      );
    },
  };
}

/** Schemas say `{ [_xN]: ... }` of a constant text, which esbuild keeps since a computed key might do something. */
const constantKeys: Plugin = {
  name: 'constant-keys',
  setup: (bundle) => {
    bundle.onLoad({ filter: /[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const constants = new Map(
        [...text.matchAll(/^const (\w+) = ("\w+");$/gm)].map(([, name, value]) => [name, value]),
      );
      return {
        contents: text.replace(/\[(_\w+)\]:/g, (key, name: string) => `${constants.get(name) ?? key}:`),
      };
    });
  },
};

/** By client: every name that is imported from it, types apart. */
function importedNames(directory: string): Map<string, Set<string>> {
  const imports =
    /(?:import|const)\s+\{([^}]*)\}\s*(?:from|=\s*await\s+import\s*\()\s*'(@aws-sdk\/client-[\w-]+)'/g;
  const used = new Map<string, Set<string>>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    for (const [, list = '', client = ''] of readFileSync(
      join(entry.parentPath, entry.name),
      'utf8',
    ).matchAll(imports)) {
      const names = used.get(client) ?? new Set();
      for (const name of list.split(',').map((one) => one.trim())) {
        if (name !== '' && !name.startsWith('type ')) names.add(name.split(/\s+as\s+|:/)[0] ?? name);
      }
      used.set(client, names);
    }
  }
  return used;
}
