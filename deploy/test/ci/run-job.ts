import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ApiError } from '../../rehearsal/api/operation';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { folder, repository } from './files';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A machine that runs jobs: a checkout, and stand-ins for what a laptop may lack. */
export interface Machine {
  /** Checkout of the job that ran last. */
  readonly directory: string;
  /** What the stand-ins were called with: `docker push HOST/NAME:TAG`. */
  readonly calls: string[];
  /** Runs a script as one shell, which ends at its first failure. */
  run(script: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran>;
  close(): Promise<void>;
}

/** Programs that are called by their name, and hand on what they were called with. */
const STAND_INS = ['docker', 'aws', 'apk', 'npm', 'npx'];

const client = `
// A password that nobody read would end whoever writes it with a broken pipe.
if (process.argv.includes('--password-stdin')) for await (const _ of process.stdin);
const body = JSON.stringify(process.argv.slice(2));
const answer = await fetch(process.env.STAND_INS, { method: 'POST', body });
const { code, stdout, stderr } = await answer.json();
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
`;

/**
 * @param rehearsal whose registry \`docker push\` puts the sample image into, and which \`aws ecr\` looks at.
 * @param slipway the bundled command, as text.
 */
export async function startMachine(rehearsal: Rehearsal, slipway: string): Promise<Machine> {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-ci-'));
  const checkout = join(directory, 'checkout');
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  for (const path of ['app/ecs', 'app/slipway.yml', 'app/Dockerfile'])
    cpSync(join(repository, path), join(checkout, path), { recursive: true });
  cpSync(folder, join(checkout, 'deploy/ci'), { recursive: true });
  mkdirSync(join(checkout, '.github/actions/slipway/dist'), { recursive: true });
  writeFileSync(join(checkout, '.github/actions/slipway/dist/slipway.js'), slipway);
  writeFileSync(join(bin, 'stand-in.mjs'), client);
  for (const name of STAND_INS) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\nexec node "\${0%/*}/stand-in.mjs" ${name} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const argv = JSON.parse(Buffer.concat(parts).toString()) as string[];
      calls.push(argv.join(' '));
      void standIn(rehearsal, argv).then((answer) => response.end(JSON.stringify(answer)));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const standIns = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    directory: checkout,
    calls,
    run: (script, env) =>
      new Promise((resolve, reject) => {
        const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script.join('\n')], {
          cwd: checkout,
          env: {
            PATH: bin + delimiter + (process.env.PATH ?? ''),
            HOME: directory,
            STAND_INS: standIns,
            SLIPWAY_POLL_SECONDS: '0.1',
            ...env,
          },
        });
        const output = { stdout: '', stderr: '' };
        for (const stream of ['stdout', 'stderr'] as const)
          child[stream].on('data', (text: Buffer) => (output[stream] += text.toString()));
        child.on('error', reject);
        child.on('close', (code) => resolve({ code: code ?? 1, ...output }));
      }),
    async close() {
      await new Promise((closed) => server.close(closed));
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function standIn(rehearsal: Rehearsal, [program, ...argv]: readonly string[]): Promise<Ran> {
  const done = (stdout = ''): Ran => ({ code: 0, stdout, stderr: '' });
  if (program === 'aws') {
    if (argv[1] === 'get-login-password') return done('password\n');
    const option = (name: string) => argv[argv.indexOf(name) + 1] ?? '';
    const imageTag = option('--image-ids').replace('imageTag=', '');
    try {
      const { imageDetails } = await rehearsal.call('ecr', 'DescribeImages', {
        repositoryName: option('--repository-name'),
        imageIds: [{ imageTag }],
      });
      return done(`${(imageDetails as { imageDigest: string }[])[0]?.imageDigest}\n`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const stderr = `An error occurred (${error.code}) when calling the DescribeImages operation: ${error.message}\n`;
      return { code: 254, stdout: '', stderr };
    }
  }
  if (program === 'docker' && argv[0] === 'push') {
    const [, name = '', tag = ''] = /^(.*):([^:/]+)$/.exec(argv[1] ?? '') ?? [];
    const { images } = rehearsal;
    const sample = images.packaged(images.describe('sample/ok:1').digest);
    if (sample !== undefined) images.push(sample, name, [tag]);
  }
  return done();
}

/** What a job reported as `NAME=value` lines. */
export function dotenv(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('='));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
