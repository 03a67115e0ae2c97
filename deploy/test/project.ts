import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../src/cli';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A repository in a temporary folder, and the real command run in it. */
export class Project {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-test-')));

  constructor(files: Readonly<Record<string, string | object>> = {}) {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  /** An object is written as JSON. */
  write(path: string, content: string | object): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }

  async run(argv: readonly string[], env: Record<string, string> = {}, cwd = '.'): Promise<Ran> {
    let stdout = '';
    let stderr = '';
    const code = await main(argv, {
      cwd: join(this.directory, cwd),
      env: { AWS_REGION: 'ap-northeast-1', ...env },
      stdout: (text) => void (stdout += text),
      stderr: (text) => void (stderr += text),
      signal: new AbortController().signal,
      isTerminal: false,
    });
    return { code, stdout, stderr };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const projects: Project[] = [];

/** Removed after the test that made it. */
export function project(files: Readonly<Record<string, string | object>>): Project {
  const made = new Project(files);
  projects.push(made);
  return made;
}

afterEach(() => {
  for (const one of projects.splice(0)) one.remove();
});

/** A task definition that is right, and small. */
export const taskDefinition = {
  family: 'web',
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'web', image: '{{ env `IMAGE` `nginx:1` }}' }],
};

/** The smallest config for it. */
export const config = 'service: web\ntask_definition: td.json\n';
