import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { textOf, type Checkout } from './checkout';
import { ciWorkflow } from './ci-workflow';
import { moveDockerfile } from './dockerfile';
import { standalonePackage, type PackageJson } from './package-json';
import { keepUpdates, leftBehind, movePaths, movePatterns, moveYaml, type Move } from './paths';
import { ownRepositorySection } from './readme';
import { jestConfig, tsconfig } from './tool-files';
import { usedFiles } from './used-files';
import type { RepositoryFile } from './write-repository';

export interface NewRepository {
  files: readonly RepositoryFile[];
  packageJson: PackageJson;
  /** Places that may still name paths as they were: `file:line: text`. */
  doubtful: readonly string[];
}

const PATTERNS = ['.dockerignore', '.gitignore', '.gitattributes', '.prettierignore'];
/** Taken from the top of the checkout as they are, where the app has none of its own. */
const SHARED = ['LICENSE', '.prettierrc.json', '.editorconfig', '.nvmrc', '.node-version'];
const DEPENDABOT = ['.github/dependabot.yml', '.github/dependabot.yaml'];

/** Every file of the repository that the app becomes: the app at its top, and the workflows that ship it. */
export async function repositoryFiles(
  checkout: Checkout,
  name: string,
  services: readonly string[],
): Promise<NewRepository> {
  const { app, files } = checkout;
  const own = files.filter((file) => file.startsWith(`${app}/`));
  const move: Move = {
    app,
    has: (path) => own.some((file) => file === `${app}/${path}` || file.startsWith(`${app}/${path}/`)),
  };
  const result = new Map<string, RepositoryFile>();
  const add = (path: string, content: string | Buffer, executable = false) =>
    result.set(path, { path, content, executable });

  for (const file of own) {
    const { content, executable } = await read(checkout, file);
    const path = file.slice(app.length + 1);
    add(path, moveFile(checkout, path, content, move), executable);
  }
  for (const file of SHARED.filter((one) => files.includes(one) && !result.has(one))) {
    const { content, executable } = await read(checkout, file);
    add(file, content, executable);
  }
  const kept = new Set(['.github', app.split('/')[0] ?? '']);
  const stays = (directory: string) =>
    !kept.has(directory) && files.some((file) => file.startsWith(`${directory}/`));
  for (const file of PATTERNS.filter((one) => !result.has(one))) {
    const text = await textOf(checkout, file);
    if (text !== undefined) add(file, movePatterns(text, move, stays));
  }

  const doubtful: string[] = [];
  for (const file of await usedFiles(checkout)) {
    const { content, executable } = await read(checkout, file);
    const isYaml = /\.ya?ml$/.test(file);
    add(file, isYaml ? moveYaml(content.toString('utf8'), move) : content, executable);
    if (file.includes('/dist/')) continue;
    const left = leftBehind(String(result.get(file)?.content), move);
    doubtful.push(...left.map(({ line, text }) => `${file}:${line}: ${text}`));
  }
  for (const file of DEPENDABOT) {
    const text = await textOf(checkout, file);
    if (text === undefined) continue;
    const exists = (directory: string) => [...result.keys()].some((path) => path.startsWith(`${directory}/`));
    add(file, keepUpdates(moveYaml(text, move), exists));
  }

  const readme = String(result.get('README.md')?.content ?? `# ${name}\n`);
  add('README.md', `${readme.trimEnd()}\n\n${ownRepositorySection(services)}`);

  const packageJson = standalonePackage(
    name,
    JSON.parse((await textOf(checkout, `${app}/package.json`)) ?? '{}') as PackageJson,
    JSON.parse((await textOf(checkout, 'package.json')) ?? '{}') as PackageJson,
  );
  const workspaceTypes = await textOf(checkout, 'tsconfig.json');
  if (workspaceTypes !== undefined && !result.has('tsconfig.json'))
    add('tsconfig.json', tsconfig(workspaceTypes));
  if (![...result.keys()].some((path) => path.startsWith('jest.config.'))) add('jest.config.js', jestConfig);
  const deploy = String(result.get('.github/workflows/deploy.yml')?.content);
  const ci = ciWorkflow(deploy, Object.keys(packageJson.scripts ?? {}));
  if (ci !== undefined) add('.github/workflows/ci.yml', ci);
  return { files: [...result.values()], packageJson, doubtful };
}

/** slipway.yml, definitions and sources know nothing of where the app lies; what builds or describes it does. */
function moveFile(checkout: Checkout, path: string, content: Buffer, move: Move): string | Buffer {
  if (path === checkout.config || path.includes('/')) return content;
  const text = content.toString('utf8');
  if (/^(.*\.)?Dockerfile(\..*)?$/.test(path)) return moveDockerfile(text, move);
  if (/\.ya?ml$/.test(path)) return moveYaml(text, move);
  return path.endsWith('.md') ? movePaths(text, move) : content;
}

async function read({ root }: Checkout, path: string): Promise<{ content: Buffer; executable: boolean }> {
  const file = join(root, path);
  const { mode } = await stat(file);
  return { content: await readFile(file), executable: (mode & 0o100) !== 0 };
}
