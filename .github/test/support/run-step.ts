import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Step } from './files';

export interface StepResult {
  exitCode: number | null;
  /** Standard output and error, together. */
  log: string;
  outputs: Record<string, string>;
  summary: string;
}

/**
 * Runs a step's script as a runner does: in bash, in a folder, with files for its outputs and its summary.
 * @param options.environment what the expressions of `env:` would have become
 * @param options.commands bash scripts that stand in for programs, by name
 */
export function runStep(
  step: Step | undefined,
  options: {
    environment?: Readonly<Record<string, string>>;
    commands?: Readonly<Record<string, string>>;
    directory?: string;
  } = {},
): StepResult {
  if (!step?.run) throw new Error('there is no such step with a script');
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-step-'));
  const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map(
    (name) => [name, join(scratch, name)] as const,
  );
  for (const [, path] of files) writeFileSync(path, '');
  const bin = join(scratch, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(options.commands ?? {})) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  try {
    const result = spawnSync('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', step.run], {
      cwd: options.directory ?? scratch,
      encoding: 'utf8',
      env: {
        PATH: bin + delimiter + process.env.PATH,
        ...Object.fromEntries(files),
        ...options.environment,
      },
    });
    const written = Object.fromEntries(files.map(([name, path]) => [name, readFileSync(path, 'utf8')]));
    const outputs = (written.GITHUB_OUTPUT ?? '').split('\n').filter((line) => line.includes('='));
    return {
      exitCode: result.status,
      log: result.stdout + result.stderr,
      outputs: Object.fromEntries(
        outputs.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
      summary: written.GITHUB_STEP_SUMMARY ?? '',
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export function named(steps: readonly Step[] | undefined, name: string): Step {
  const step = steps?.find((each) => each.name === name);
  if (!step) throw new Error(`there is no step "${name}"`);
  return step;
}
