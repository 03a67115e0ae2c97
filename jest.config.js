const { availableParallelism } = require('node:os');

/** The quick suite: everything that needs Node and npm alone. `*.full.test.ts` belongs to jest.full.config.js. */
/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/{infra,app,deploy,scripts}/**/*.test.ts', '<rootDir>/.github/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.full\\.test\\.ts$'],
  modulePathIgnorePatterns: ['/dist/', '/cdktf.out/', '/.slipway/'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  setupFiles: ['<rootDir>/jest.setup.ts'],
  randomize: true,
  // Most tests wait for what the rehearsal does: more of them at once than there are cores.
  maxWorkers: availableParallelism() + 1,
  testTimeout: 30_000,
};
