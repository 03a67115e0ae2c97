// Run by runtime-parent.test.ts: starts containers, says their process ids, and then ends in the way that it is told.
import { createProcessRuntime } from '../../rehearsal/runtime/process';
import { imageOf, launchOf, startWatched } from './runtime-tools';

const [folder = '', ending = ''] = process.argv.slice(2);
const stubborn = `
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  console.log('pids ' + process.pid + ' ' + child.pid);
  setInterval(() => {}, 1000);
`;

async function main(): Promise<void> {
  const runtime = createProcessRuntime({ directory: folder });
  const image = imageOf(folder, { 'srv/main.js': stubborn });
  const pids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    // A name that no shell could set makes for another way to start.
    const environment: Record<string, string> = count === 0 ? { 'with.dot': 'x' } : {};
    const container = startWatched(runtime, launchOf(runtime, image, { environment }));
    pids.push((await container.line(/^pids /)).replace('pids ', ''));
  }
  process.stdout.write(`${pids.join(' ')}\n`);
  if (ending === 'exit') process.exit(0);
  if (ending === 'uncaught') {
    setImmediate(() => {
      throw new Error('uncaught, as it is meant to be');
    });
  }
}

void main();
