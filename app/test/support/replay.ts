import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import type { Instruction, Stage } from './dockerfile';

/** A stage after its last step: a folder that stands for its file system, and what its image remembers. */
export interface Built {
  root: string;
  workingDirectory: string;
  environment: Record<string, string>;
  user: string | undefined;
  command: string[] | undefined;
}

export interface Context {
  directory: string;
  /** By .dockerignore. */
  includes: (path: string) => boolean;
  buildArguments: Readonly<Record<string, string>>;
}

/**
 * Replays the steps of every stage in empty folders below `scratch`, with this machine's Node and npm in place of the
 * base image's. Gives the last stage. A step that fails is an error with its output.
 */
export function replay(stages: readonly Stage[], context: Context, scratch: string): Built {
  const built = new Map<string, Built>();
  let last: Built | undefined;
  for (const stage of stages) {
    const root = join(scratch, stage.name);
    mkdirSync(root, { recursive: true });
    const base = built.get(stage.from);
    if (base) cpSync(base.root, root, { recursive: true, verbatimSymlinks: true });
    last = base
      ? { ...base, root, environment: { ...base.environment } }
      : { root, workingDirectory: '/', environment: {}, user: undefined, command: undefined };
    const buildArguments: Record<string, string> = {};
    for (const instruction of stage.instructions) {
      step(instruction, last, { stages: built, context, buildArguments });
    }
    built.set(stage.name, last);
  }
  if (!last) throw new Error('a Dockerfile without FROM');
  return last;
}

interface Surroundings {
  stages: ReadonlyMap<string, Built>;
  context: Context;
  /** ARG values known so far in this stage. */
  buildArguments: Record<string, string>;
}

function step(
  { name, text, line }: Instruction,
  stage: Built,
  { stages, context, buildArguments }: Surroundings,
): void {
  const expand = (value: string) =>
    value.replace(
      /\$\{?(\w+)\}?/g,
      (_, variable: string) => stage.environment[variable] ?? buildArguments[variable] ?? '',
    );
  const inStage = (path: string) => join(stage.root, posix.resolve(stage.workingDirectory, path));

  switch (name) {
    case 'ARG': {
      const [variable = '', fallback = ''] = text.split('=', 2);
      buildArguments[variable] = context.buildArguments[variable] ?? fallback;
      return;
    }
    case 'ENV':
      for (const pair of text.split(' ')) {
        const [variable = '', value] = pair.split('=', 2);
        if (value === undefined) throw new Error(`line ${line}: ENV ${pair} has no "="`);
        stage.environment[variable] = expand(value);
      }
      return;
    case 'WORKDIR':
      stage.workingDirectory = posix.resolve(stage.workingDirectory, expand(text));
      mkdirSync(inStage('.'), { recursive: true });
      return;
    case 'COPY': {
      const words = text.split(' ');
      const from = words[0]?.startsWith('--from=') ? words.shift()!.slice('--from='.length) : undefined;
      const target = words.pop();
      if (target === undefined || words.length === 0 || words.some((word) => word.startsWith('--'))) {
        throw new Error(`line ${line}: COPY ${text} is not understood`);
      }
      const source = from === undefined ? undefined : stages.get(from);
      if (from !== undefined && !source) throw new Error(`line ${line}: there is no stage ${from}`);
      for (const word of words) {
        if (source) copy(join(source.root, word), inStage(target), target.endsWith('/'));
        else copyFromContext(word, inStage(target), target.endsWith('/'), context);
      }
      return;
    }
    case 'RUN':
      run(text, inStage('.'), { ...buildArguments, ...stage.environment }, line);
      return;
    case 'USER':
      stage.user = text;
      return;
    case 'EXPOSE':
      return;
    case 'CMD':
      stage.command = JSON.parse(text) as string[];
      return;
    default:
      throw new Error(`line ${line}: ${name} cannot be replayed`);
  }
}

/** As the engine does: the content of a folder goes into the target, a file takes the target's name or goes into it. */
function copy(source: string, target: string, intoFolder: boolean, filter?: (path: string) => boolean): void {
  if (!existsSync(source)) throw new Error(`COPY: ${source} does not exist`);
  const destination = statSync(source).isFile() && intoFolder ? join(target, basename(source)) : target;
  cpSync(source, destination, { recursive: true, verbatimSymlinks: true, ...(filter && { filter }) });
}

function copyFromContext(path: string, target: string, intoFolder: boolean, context: Context): void {
  const source = join(context.directory, path);
  const sent = statSync(source).isFile()
    ? context.includes(path)
    : readdirSync(source).some((name) => context.includes(`${path}/${name}`));
  if (!sent) throw new Error(`COPY: .dockerignore keeps ${path} out of the context`);
  copy(source, target, intoFolder, (each) => {
    const relative = each.slice(context.directory.length + 1).replaceAll('\\', '/');
    return statSync(each).isDirectory() || context.includes(relative);
  });
}

function run(command: string, directory: string, variables: Record<string, string>, line: number): void {
  // Of npm's own variables only those say where packages come from; the others would point at this repository.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) || /^npm_config_(registry|userconfig|globalconfig|cache)$/i.test(name),
  );
  const result = spawnSync(command, {
    cwd: directory,
    shell: true,
    encoding: 'utf8',
    env: {
      ...Object.fromEntries(inherited),
      npm_config_prefer_offline: 'true',
      ...variables,
      NODE_ENV: variables.NODE_ENV,
    },
  });
  if (result.status !== 0) {
    throw new Error(
      `line ${line}: RUN ${command} ended with ${result.status}\n${result.stdout}\n${result.stderr}`,
    );
  }
}
