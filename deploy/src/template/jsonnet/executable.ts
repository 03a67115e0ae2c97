import { spawn } from 'node:child_process';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';

export interface Executed {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the `jsonnet` on PATH (of C++ or Go) over a program on its standard input, so that nothing of it shows in
 * the list of processes.
 *
 * @param directory what imports are relative to.
 * @throws SlipwayError JSONNET_MISSING
 */
export async function runJsonnet(context: Context, directory: string, program: string): Promise<Executed> {
  const { strings = {}, code = {} } = context.external ?? {};
  const variables = [
    ...Object.entries(strings).flatMap(([name, value]) => ['--ext-str', `${name}=${value}`]),
    ...Object.entries(code).flatMap(([name, value]) => ['--ext-code', `${name}=${value}`]),
  ];
  return new Promise((done, fail) => {
    const child = spawn('jsonnet', [...variables, '-'], {
      cwd: directory,
      env: { ...process.env, ...path(context) },
      signal: context.signal,
      windowsHide: true,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ENOENT' ? missing(error) : error),
    );
    child.on('close', (exitCode) => done({ exitCode: exitCode ?? 1, stdout, stderr }));
    child.stdin.end(program);
  });
}

function path({ env }: Context): Record<string, string> {
  const entries = Object.entries(env).filter(([name]) => /^(PATH|JSONNET_PATH)$/i.test(name));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function missing(cause: Error): SlipwayError {
  return new SlipwayError(
    'JSONNET_MISSING',
    'a Jsonnet file needs the command "jsonnet", and it is not on PATH',
    {
      hint: 'install it: "apt-get install jsonnet", "brew install go-jsonnet", or "go install github.com/google/go-jsonnet/cmd/jsonnet@latest"',
      cause,
    },
  );
}
