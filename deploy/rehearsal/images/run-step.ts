import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { buildError, execForm, wordsOf, type Instruction } from './dockerfile';
import type { StageState } from './stage-state';

/** Where a RUN is replayed. */
export interface RunPlace {
  stage: StageState;
  /** The context of the build; its node_modules stand for what `npm ci` would install. */
  contextDirectory: string;
  dockerfile: string;
  /** Variables of ENV and ARG. */
  variables: Readonly<Record<string, string>>;
}

interface Step {
  program: string;
  args: string[];
  /** As it stands in the Dockerfile; empty for an exec form. */
  text: string;
  environment: Record<string, string>;
}

/** What belongs to the operating system of the image, of which the rehearsal has none. */
const systemCommands = new Set(
  (
    'adduser addgroup apk apt apt-get chgrp chmod chown corepack curl dnf groupadd install ln rm rmdir set true ' +
    'update-ca-certificates useradd usermod yum'
  ).split(' '),
);

/** The steps of a RUN that need a process of their own; all others are done, or skipped, on the way. */
export function isExecuted(instruction: Instruction): boolean {
  return stepsOf(instruction).some(
    ({ program, args }) => program === 'node' || program === 'npx' || isScript(program, args),
  );
}

/** Replays a RUN without Docker. Throws `ImageError` where a step fails or cannot be replayed. */
export async function replayRun(instruction: Instruction, place: RunPlace): Promise<void> {
  for (const step of stepsOf(instruction)) await replayStep(step, instruction, place);
}

async function replayStep(step: Step, instruction: Instruction, place: RunPlace): Promise<void> {
  const { stage } = place;
  const { program, args } = step;
  const folder = stage.path(stage.workingDirectory);
  if (program === 'npm' && ['ci', 'install', 'i', 'clean-install'].includes(args[0] ?? '')) {
    linkDependencies(instruction, place);
  } else if (program === 'npm' && isScript(program, args)) {
    const script = npmScript(args, folder, instruction, place);
    await execute(script.command, undefined, script.folder, step, instruction, place);
  } else if (program === 'npm' && ['cache', 'prune', 'config', 'set'].includes(args[0] ?? '')) {
    return;
  } else if (program === 'node' && /[|<>`$*]/.test(step.text)) {
    await execute(step.text, undefined, folder, step, instruction, place);
  } else if (program === 'node') {
    const mapped = args.map((argument) => stage.mapArgument(argument));
    await execute(process.execPath, mapped, folder, step, instruction, place);
  } else if (program === 'npx') {
    const words = args.filter((word) => !['--yes', '-y', '--no-install', '--no'].includes(word));
    await execute(words.map(quote).join(' '), undefined, folder, step, instruction, place);
  } else if (program === 'mkdir') {
    for (const path of args.filter((word) => !word.startsWith('-'))) {
      mkdirSync(stage.path(path), { recursive: true });
    }
  } else if (!systemCommands.has(program)) {
    throw buildError(
      place.dockerfile,
      instruction.line,
      `RUN ${program} cannot be replayed without Docker; node, npm ci, npm run, npx and mkdir can, and what installs ` +
        'packages of the operating system is passed over',
    );
  }
}

function stepsOf(instruction: Instruction): Step[] {
  const form = execForm(instruction.rest);
  if (form !== undefined) return [{ program: form[0] ?? '', args: form.slice(1), text: '', environment: {} }];
  // Quoted text and `2>&1` stay whole; `&&` and `;` part commands.
  const commands =
    instruction.rest.match(/(?:>&\d|[^&;"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g) ?? [];
  return commands
    .map((command) => {
      const words = wordsOf(command);
      const environment: Record<string, string> = {};
      while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) {
        const [name = '', ...value] = (words.shift() ?? '').split('=');
        environment[name] = value.join('=');
      }
      return { program: words[0] ?? '', args: words.slice(1), text: command, environment };
    })
    .filter(({ program }) => program !== '');
}

function isScript(program: string, args: readonly string[]): boolean {
  return program === 'npm' && ['run', 'run-script', 'rum', 'test', 't'].includes(args[0] ?? '');
}

/** Installed already, in the context: a link stands for what npm would install into the image. */
function linkDependencies(instruction: Instruction, { stage, contextDirectory, dockerfile }: RunPlace): void {
  const installed = join(contextDirectory, 'node_modules');
  if (!existsSync(installed)) {
    throw buildError(
      dockerfile,
      instruction.line,
      `${installed} is missing; run "npm ci" in ${contextDirectory}`,
    );
  }
  const folder = stage.path(stage.workingDirectory);
  const link = (target: string, path: string): void => {
    if (existsSync(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    // A junction needs no privilege on Windows; elsewhere the type is ignored.
    symlinkSync(target, path, 'junction');
  };
  link(installed, join(folder, 'node_modules'));
  // What a workspace needs in another version lies in a folder of its own.
  for (const workspace of workspacesOf(folder)) {
    const own = join(contextDirectory, workspace, 'node_modules');
    const copied = existsSync(join(folder, workspace));
    if (copied && existsSync(own)) link(own, join(folder, workspace, 'node_modules'));
  }
}

function npmScript(
  args: readonly string[],
  folder: string,
  instruction: Instruction,
  place: RunPlace,
): { command: string; folder: string } {
  const words: string[] = [];
  let workspace: string | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (word === '--workspace' || word === '-w') workspace = args[(index += 1)];
    else if (/^(?:--workspace|-w)=/.test(word)) workspace = word.slice(word.indexOf('=') + 1);
    else if (!word.startsWith('-')) words.push(word);
  }
  const name = words[0]?.startsWith('t') === true ? 'test' : (words[1] ?? '');
  const home = workspace === undefined ? folder : workspaceFolder(folder, workspace);
  const command = home === undefined ? undefined : readPackage(home)?.scripts?.[name];
  if (home === undefined || command === undefined) {
    throw buildError(
      place.dockerfile,
      instruction.line,
      `there is no script "${name}" in the package.json ${workspace === undefined ? 'copied so far' : `of workspace ${workspace}`}`,
    );
  }
  return { command, folder: home };
}

interface PackageFile {
  name?: string;
  scripts?: Record<string, string>;
  workspaces?: string[] | { packages?: string[] };
}

function readPackage(folder: string): PackageFile | undefined {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PackageFile) : undefined;
}

/** Workspaces that are named without a pattern. */
function workspacesOf(folder: string): string[] {
  const { workspaces } = readPackage(folder) ?? {};
  return (Array.isArray(workspaces) ? workspaces : (workspaces?.packages ?? [])).filter(
    (path) => !path.includes('*'),
  );
}

function workspaceFolder(folder: string, workspace: string): string | undefined {
  const path = [workspace, ...workspacesOf(folder)].find(
    (candidate) => candidate === workspace || readPackage(join(folder, candidate))?.name === workspace,
  );
  const direct = join(folder, path ?? workspace);
  if (existsSync(join(direct, 'package.json'))) return direct;
  const named = workspacesOf(folder).find(
    (candidate) => readPackage(join(folder, candidate))?.name === workspace,
  );
  return named === undefined ? undefined : join(folder, named);
}

/** Runs a program with arguments, or a shell command without; nothing of this process's environment leaks in. */
function execute(
  command: string,
  args: readonly string[] | undefined,
  folder: string,
  step: Step,
  instruction: Instruction,
  { stage, variables, dockerfile }: RunPlace,
): Promise<void> {
  const binaries = [folder, stage.path(stage.workingDirectory)].map((path) =>
    join(path, 'node_modules', '.bin'),
  );
  const path = [...binaries, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  const system = ['SystemRoot', 'COMSPEC', 'TEMP', 'PATHEXT'].filter(
    (name) => process.env[name] !== undefined,
  );
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(system.map((name) => [name, process.env[name]])),
    HOME: stage.root,
    ...variables,
    ...step.environment,
    PATH: path,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args ?? [], {
      cwd: folder,
      env,
      shell: args === undefined,
      timeout: 300_000,
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const fail = (what: string, cause?: unknown): void => {
      const last = Buffer.concat(output).toString('utf8').trim().split('\n').slice(-20).join('\n');
      reject(
        buildError(
          dockerfile,
          instruction.line,
          `RUN ${instruction.rest} ${what}${last && `:\n${last}`}`,
          cause,
        ),
      );
    };
    child.on('error', (error) => fail('could not be started', error));
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : fail(`ended with ${signal ?? `exit status ${code}`}`),
    );
  });
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}
