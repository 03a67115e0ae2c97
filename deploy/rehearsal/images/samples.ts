import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageContent, ImageStore, PackagedImage } from './image-store';

/** An image that any client can run without building one. */
export interface SampleImage {
  repository: string;
  tag: string;
  /** One sentence, for people. */
  summary: string;
  environment: Readonly<Record<string, string>>;
  source: string;
}

/** Listens where the definition says, and stops on SIGTERM once requests in flight are answered. */
const server = (answer: string): string => `
const { createServer } = require('node:http');
const host = process.env.HOST || '0.0.0.0';
const port = Number(process.env.PORT || 8080);
const server = createServer((request, response) => {
  ${answer}
});
server.listen(port, host, () => console.log('listening on ' + host + ':' + port));
process.on('SIGTERM', () => {
  console.log('SIGTERM: stopping');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;

const ok = (tag: string): SampleImage => ({
  repository: 'sample/ok',
  tag,
  summary: `answers 200 with "sample/ok:${tag}" on every path`,
  environment: {},
  source: server(`response.end('sample/ok:${tag}\\n');`),
});

export const sampleImages: readonly SampleImage[] = [
  ok('1'),
  ok('2'),
  {
    repository: 'sample/crash',
    tag: '1',
    summary: 'logs an error and exits 1 at once',
    environment: {},
    source: `console.error('Error: sample/crash:1 crashes at start, as it is meant to');\nprocess.exitCode = 1;\n`,
  },
  {
    repository: 'sample/never-healthy',
    tag: '1',
    summary: 'listens, and answers 500 on every path',
    environment: {},
    source: server(`response.writeHead(500).end('sample/never-healthy:1\\n');`),
  },
  {
    repository: 'sample/slow-start',
    tag: '1',
    summary: 'listens only after SLOW_START_SECONDS (20) of real time, then answers 200',
    environment: { SLOW_START_SECONDS: '20' },
    source: `
const seconds = Number(process.env.SLOW_START_SECONDS);
console.log('sample/slow-start:1 listens in ' + seconds + ' s');
setTimeout(() => {${server(`response.end('sample/slow-start:1\\n');`)}}, seconds * 1000);
`,
  },
  {
    repository: 'sample/exits',
    tag: '1',
    summary: 'a one-off task: logs two lines and exits 0',
    environment: {},
    source: `console.log('sample/exits:1 started');\nconsole.log('sample/exits:1 is done');\n`,
  },
];

export function isSampleRepository(name: string): boolean {
  return sampleImages.some(({ repository }) => repository === name);
}

/** Puts the sample images into a store; does nothing to those that are there. */
export function writeSampleImages(store: ImageStore & { take(content: ImageContent): PackagedImage }): void {
  for (const sample of sampleImages) {
    const root = join(store.directory, 'work', randomBytes(8).toString('hex'));
    mkdirSync(join(root, 'srv'), { recursive: true });
    writeFileSync(join(root, 'srv', 'main.js'), sample.source.trimStart());
    const image = store.take({
      architecture: 'amd64',
      root,
      workingDirectory: '/srv',
      entryPoint: [],
      command: ['node', 'main.js'],
      environment: sample.environment,
      user: '',
      dependencies: {},
    });
    store.push(image, sample.repository, [sample.tag]);
  }
}
