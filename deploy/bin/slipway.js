#!/usr/bin/env node
// The only file that knows both sides: `rehearse` goes to the rehearsal, all else to the deploy tool.
// Plain JavaScript and committed, because npm links a workspace's command only if its file exists at install.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const bundle = process.argv[2] === 'rehearse' ? 'rehearse.mjs' : 'cli.mjs';
const path = join(__dirname, '..', 'dist', bundle);
if (!existsSync(path)) {
  process.stderr.write(`slipway: ${path} is missing. Run "npm run build" in the repository to make it.\n`);
  process.exit(40);
}
import(pathToFileURL(path).href)
  .then(({ main }) => main(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
