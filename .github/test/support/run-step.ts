import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, delimiter, join } from 'node:path';
import { github, type Step } from './files';

export interface StepResult {
  exitCode: number | null;
  /** Standard output and error, together. */
  log: string;
  outputs: Record<string, string>;
  summary: string;
  /** What it added to PATH. */
  path: string[];
}

export interface StepOptions {
  /** What the expressions of `env:` would have become. */
  environment?: Readonly<Record<string, string>>;
  /** Bash scripts that stand in for programs, by name. */
  commands?: Readonly<Record<string, string>>;
  /** Where it runs; a folder of its own otherwise. */
  directory?: string;
  /** Whose step it is, for GITHUB_ACTION_PATH. */
  action?: string;
}

const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const;

/** Runs a step's script as a runner does: in bash, in a folder, with files for its outputs and its summary. */
export async function runStep(step: Step | undefined, options: StepOptions = {}): Promise<StepResult> {
  if (!step?.run) throw new Error('there is no such step with a script');
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-step-'));
  const file = (name: string) => join(scratch, name);
  for (const name of files) writeFileSync(file(name), '');
  const bin = join(scratch, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(options.commands ?? {})) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const started = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', step.run], {
    cwd: options.directory ?? scratch,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
      RUNNER_TEMP: scratch,
      SLIPWAY_POLL_SECONDS: '0.01',
      ...Object.fromEntries(files.map((name) => [name, file(name)])),
      ...(options.action === undefined
        ? {}
        : { GITHUB_ACTION_PATH: join(github, 'actions', options.action) }),
      ...options.environment,
    },
  });
  let log = '';
  started.stdout.on('data', (text) => (log += String(text)));
  started.stderr.on('data', (text) => (log += String(text)));
  try {
    const [exitCode] = (await once(started, 'close')) as [number | null];
    const outputs = lines(file('GITHUB_OUTPUT')).map((line) => [
      line.slice(0, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1),
    ]);
    return {
      exitCode,
      log,
      outputs: Object.fromEntries(outputs) as Record<string, string>,
      summary: readFileSync(file('GITHUB_STEP_SUMMARY'), 'utf8'),
      path: lines(file('GITHUB_PATH')),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean);
}

export function named(steps: readonly Step[] | undefined, name: string): Step {
  const step = steps?.find((each) => each.name === name);
  if (!step) throw new Error(`there is no step "${name}"`);
  return step;
}
