import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child';

/** A synthesised stack: its name and the folder that holds its cdk.tf.json. */
export interface Stack {
  name: string;
  directory: string;
}

interface Manifest {
  stacks: Record<string, { name: string; workingDirectory: string }>;
}

/**
 * Runs the command that cdktf.json names under `app`, as cdktf-cli does, into a folder of the rehearsal's own.
 * @returns the stacks of its manifest, in the order they were made.
 * @throws Error with the command's own output when it fails.
 */
export async function synthesise(options: {
  repository: string;
  output: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}): Promise<Stack[]> {
  const { app } = JSON.parse(readFileSync(join(options.repository, 'cdktf.json'), 'utf8')) as { app: string };
  const shell = process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', app] : ['sh', '-c', app];
  const result = await runChild(shell[0] ?? 'sh', shell.slice(1), {
    cwd: options.repository,
    env: { ...options.env, CDKTF_OUTDIR: options.output },
    signal: options.signal,
  });
  if (result.exitCode !== 0) {
    throw new Error(
      `synthesis failed: "${app}" ended with ${result.exitCode}\n${result.stderr || result.stdout}`,
    );
  }
  const manifest = JSON.parse(readFileSync(join(options.output, 'manifest.json'), 'utf8')) as Manifest;
  return Object.values(manifest.stacks).map((stack) => ({
    name: stack.name,
    directory: join(options.output, stack.workingDirectory),
  }));
}
