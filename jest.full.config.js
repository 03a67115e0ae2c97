const quick = require('./jest.config');

/** The long suite: real terraform, full histories, the main job itself. What lacks its tool is skipped by name. */
/** @type {import('jest').Config} */
module.exports = {
  ...quick,
  testMatch: ['<rootDir>/{infra,app,deploy}/**/*.full.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 600_000,
  maxWorkers: 2,
};
