type Table = Readonly<Record<string, string>>;

/** As npm reads it; what is not named here is kept as it is. */
export interface PackageJson {
  name?: string;
  version?: string;
  engines?: Table;
  scripts?: Table;
  dependencies?: Table;
  devDependencies?: Table;
  overrides?: Readonly<Record<string, unknown>>;
  [other: string]: unknown;
}

/** What tests, types and format of an app want, and the root of a workspace has for all. */
const TOOLS = [
  '@swc/core',
  '@swc/jest',
  '@types/jest',
  '@types/node',
  'jest',
  'prettier',
  'typescript',
] as const;

const SCRIPTS: Table = {
  slipway: 'node .github/actions/slipway/dist/slipway.js',
  test: 'jest',
  'test:full': 'jest --testPathIgnorePatterns /node_modules/ --testTimeout 600000',
  typecheck: 'tsc --noEmit',
  format: 'prettier --write .',
  'format:check': 'prettier --check .',
};

/** The app's package.json without a workspace around it: it brings the tools that it had from there, in the same versions. */
export function standalonePackage(name: string, app: PackageJson, root: PackageJson): PackageJson {
  const inherited = { ...root.dependencies, ...root.devDependencies };
  const tools = TOOLS.flatMap((tool) => {
    const version = inherited[tool];
    return version === undefined ? [] : [[tool, version] as const];
  });
  const engines = app.engines ?? root.engines;
  const developing = { ...Object.fromEntries(tools), ...app.devDependencies };
  return {
    ...app,
    name,
    private: true,
    ...(engines === undefined ? {} : { engines }),
    scripts: { ...SCRIPTS, ...app.scripts },
    devDependencies: Object.fromEntries(
      Object.entries(developing).sort(([left], [right]) => (left < right ? -1 : 1)),
    ),
    ...(root.overrides === undefined ? {} : { overrides: root.overrides }),
  };
}

/** Overrides of packages that the lock file does not have are the workspace's own affair. */
export function withUsedOverrides(own: PackageJson, lockFile: string): PackageJson {
  const { packages = {} } = JSON.parse(lockFile) as { packages?: Record<string, unknown> };
  const installed = Object.keys(packages);
  const { overrides = {}, ...rest } = own;
  const used = Object.entries(overrides).filter(([name]) =>
    installed.some((path) => path.endsWith(`node_modules/${name}`)),
  );
  return used.length === 0 ? rest : { ...rest, overrides: Object.fromEntries(used) };
}

/** As npm writes it. */
export function packageText(value: PackageJson): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A name that npm takes, from that of the directory. */
export function packageName(directory: string): string {
  const name = directory
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return name === '' ? 'app' : name;
}
