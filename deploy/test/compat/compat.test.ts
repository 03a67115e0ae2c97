import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { main } from '../../src/cli';
import { comparable } from './comparable';

/** A small repository of ecspresso, and what ecspresso made of it; see README.md. */
interface Case {
  args: string[];
  env: Record<string, string>;
  fails: boolean;
  says?: string;
  renders?: unknown[];
  why?: string;
  either?: string;
}

const directory = resolve(__dirname, 'cases');
const hasJsonnet = spawnSync('jsonnet', ['--version']).status === 0;

async function answer(name: string, { args, env }: Case) {
  let stdout = '';
  let stderr = '';
  const exitCode = await main(args, {
    cwd: join(directory, name),
    env: { AWS_REGION: 'ap-northeast-1', ...env },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { exitCode, stdout, stderr };
}

/** Documents one after the other, as `render` prints them. */
function documentsOf(stdout: string): unknown[] {
  const documents = stdout.split(/^(?=[{[])/m).filter((text) => text.trim() !== '');
  return documents.map((text) => JSON.parse(text) as unknown);
}

for (const name of readdirSync(directory)) {
  const one = JSON.parse(readFileSync(join(directory, name, 'case.json'), 'utf8')) as Case;
  const needsJsonnet = readdirSync(join(directory, name)).some((file) => file.endsWith('.jsonnet'));
  const run = needsJsonnet && !hasJsonnet ? it.skip : it;
  run(needsJsonnet && !hasJsonnet ? `${name} (no jsonnet on PATH)` : name, async () => {
    const { exitCode, stdout, stderr } = await answer(name, one);
    expect(stderr).not.toMatch(/this is a bug/);
    if (one.fails && one.either === undefined) {
      expect(stdout).toBe('');
      expect(exitCode).toBeGreaterThan(1);
      expect(stderr).toMatch(/\[[A-Z_]+\]/);
    } else if (exitCode === 0 || one.either === undefined) {
      expect(stderr).not.toMatch(/\[[A-Z_]+\]/);
      expect(exitCode).toBe(0);
      if (one.renders !== undefined && one.either === undefined) {
        expect(documentsOf(stdout).map(comparable)).toEqual(one.renders.map(comparable));
      }
    }
  });
}
