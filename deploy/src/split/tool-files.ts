import { modify, applyEdits } from 'jsonc-parser';

/** Tests of an app alone: `npm test`; what takes long is `npm run test:full`. */
export const jestConfig = `/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\\\.full\\\\.test\\\\.ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironment: 'node',
  transform: {
    '^.+\\\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  randomize: true,
  testTimeout: 60_000,
};
`;

/** The compiler's settings of the workspace, for the app alone. */
export function tsconfig(workspace: string): string {
  const directories = [
    { path: ['include'], value: ['src', 'test'] },
    { path: ['exclude'], value: ['node_modules', 'dist'] },
  ];
  return directories.reduce(
    (text, { path, value }) =>
      applyEdits(
        text,
        modify(text, path, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
      ).replace(/\[\s*("[^\]]*?)\s*\]/g, (_, items: string) => `[${items.replace(/\s*\n\s*/g, ' ')}]`),
    workspace,
  );
}
