import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BuildContext, relativePath, type Edit } from './build-context';
import { replayCopy } from './copy-step';
import {
  assignmentsOf,
  buildError,
  execForm,
  parseDockerfile,
  substitute,
  type Dockerfile,
  type Instruction,
  type Stage,
} from './dockerfile';
import type { ImageStore, PackagedImage } from './image-store';
import { buildManifest, digestOf } from './manifest';
import { isExecuted, replayRun } from './run-step';
import { StageState } from './stage-state';

export interface PackageOptions {
  /** What `docker build` would get as its context. */
  contextDirectory: string;
  /** Path of the Dockerfile, absolute or relative to the context. Default `Dockerfile`. */
  dockerfile?: string;
  buildArguments?: Readonly<Record<string, string>>;
  /** Default amd64. */
  architecture?: 'amd64' | 'arm64';
  edits?: readonly Edit[];
}

/**
 * Makes of an application what `docker build` would, without Docker: replays the Dockerfile's instructions on folders
 * of the store. A base image gives nothing; `npm ci` becomes a link to the context's node_modules, for which the hash
 * of the lock file stands in the digest. What a RUN made of the same files is taken from the store the next time.
 *
 * Throws `ImageError`, code `ImageBuildFailed` with file and line, or `EditNotFound`.
 */
export async function packageApplication(store: ImageStore, options: PackageOptions): Promise<PackagedImage> {
  const build = new Build(store, options);
  try {
    return await build.run();
  } finally {
    rmSync(build.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

class Build {
  readonly directory: string;
  private readonly contextDirectory: string;
  private readonly path: string;
  private readonly dockerfile: Dockerfile;
  private readonly context: BuildContext;
  private readonly architecture: 'amd64' | 'arm64';
  private readonly buildArguments: Readonly<Record<string, string>>;
  private readonly finished = new Map<Stage, StageState>();

  constructor(
    private readonly store: ImageStore,
    options: PackageOptions,
  ) {
    this.contextDirectory = resolve(options.contextDirectory);
    this.path = resolve(this.contextDirectory, options.dockerfile ?? 'Dockerfile');
    this.dockerfile = parseDockerfile(this.readDockerfile(), this.path);
    this.context = new BuildContext(this.contextDirectory, this.path, options.edits ?? []);
    this.architecture = options.architecture ?? 'amd64';
    this.buildArguments = options.buildArguments ?? {};
    this.directory = join(store.directory, 'work', randomBytes(8).toString('hex'));
  }

  async run(): Promise<PackagedImage> {
    const stage = await this.replay(this.dockerfile.stages.at(-1) as Stage);
    this.context.expectEditsUsed();
    return this.store.package({
      architecture: this.architecture,
      root: stage.root,
      workingDirectory: stage.workingDirectory,
      entryPoint: stage.entryPoint,
      command: stage.command,
      environment: stage.environment,
      user: stage.user,
      dependencies: this.dependencies(stage.root),
    });
  }

  /** Replays a stage, and before it those that it needs; never one that nothing needs. */
  private async replay(stage: Stage): Promise<StageState> {
    const done = this.finished.get(stage);
    if (done !== undefined) return done;
    const state = new StageState(join(this.directory, String(this.finished.size)));
    this.finished.set(stage, state);
    mkdirSync(state.root, { recursive: true });
    const globals = this.globalArguments();
    const base = this.stageNamed(substitute(stage.from, globals), stage);
    if (base !== undefined) {
      const from = await this.replay(base);
      await cp(from.root, state.root, { recursive: true, verbatimSymlinks: true });
      state.inherit(from);
    }
    for (const instruction of stage.instructions) await this.apply(instruction, state, stage, globals);
    return state;
  }

  private async apply(
    instruction: Instruction,
    state: StageState,
    stage: Stage,
    globals: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { keyword, rest } = instruction;
    if (keyword === 'ENV') {
      const before = state.variables;
      for (const [name, value = ''] of assignmentsOf(instruction, before)) state.environment[name] = value;
    } else if (keyword === 'ARG') {
      for (const [name, value] of assignmentsOf(instruction, state.variables)) {
        const known = this.buildArguments[name] ?? value ?? globals[name] ?? this.predefined()[name];
        if (known !== undefined) state.arguments[name] = known;
      }
    } else if (keyword === 'WORKDIR') {
      state.workingDirectory = state.absolute(substitute(rest, state.variables));
      mkdirSync(state.path('.'), { recursive: true });
    } else if (keyword === 'USER') state.user = substitute(rest, state.variables);
    else if (keyword === 'CMD') {
      state.command = commandOf(rest);
      state.hasOwnCommand = true;
    } else if (keyword === 'ENTRYPOINT') {
      state.entryPoint = commandOf(rest);
      if (!state.hasOwnCommand) state.command = [];
    } else if (keyword === 'COPY' || keyword === 'ADD') {
      await replayCopy(
        instruction,
        state,
        this.context,
        await this.copySource(instruction, stage),
        this.path,
      );
    } else if (keyword === 'RUN') await this.runCached(instruction, state);
    else if (
      !['EXPOSE', 'LABEL', 'HEALTHCHECK', 'STOPSIGNAL', 'VOLUME', 'SHELL', 'MAINTAINER', 'ONBUILD'].includes(
        keyword,
      )
    ) {
      throw buildError(this.path, instruction.line, `${keyword} is no instruction of a Dockerfile`);
    }
  }

  private async copySource(instruction: Instruction, stage: Stage): Promise<StageState | undefined> {
    const { from } = instruction.flags;
    if (from === undefined) return undefined;
    const other = this.stageNamed(from, stage);
    if (other !== undefined) return this.replay(other);
    throw buildError(
      this.path,
      instruction.line,
      `COPY --from=${from}: no stage before this one has that name, and a rehearsal cannot pull images`,
    );
  }

  /** A RUN that starts programs is done once for the same files, variables and command, as Docker's cache does. */
  private async runCached(instruction: Instruction, state: StageState): Promise<void> {
    const place = {
      stage: state,
      contextDirectory: this.contextDirectory,
      dockerfile: this.path,
      variables: state.variables,
    };
    if (!isExecuted(instruction)) return replayRun(instruction, place);
    const layer = join(this.store.directory, 'layers', this.layerKey(instruction, state));
    if (!existsSync(layer)) {
      await replayRun(instruction, place);
      const staging = `${state.root}-layer`;
      await cp(state.root, staging, { recursive: true, verbatimSymlinks: true });
      mkdirSync(join(layer, '..'), { recursive: true });
      try {
        renameSync(staging, layer);
      } catch (error) {
        // Another process may have put it there meanwhile.
        if (!existsSync(layer)) throw error;
      }
    } else {
      rmSync(state.root, { recursive: true, force: true });
      await cp(layer, state.root, { recursive: true, verbatimSymlinks: true });
    }
  }

  private layerKey(instruction: Instruction, state: StageState): string {
    const content = buildManifest({
      architecture: this.architecture,
      root: state.root,
      workingDirectory: state.workingDirectory,
      entryPoint: [],
      command: [this.contextDirectory, process.version, instruction.rest],
      environment: state.variables,
      user: '',
      dependencies: this.dependencies(state.root),
    });
    return digestOf(content).replace('sha256:', '');
  }

  /** Links that `npm ci` made, each with what stands for its content. */
  private dependencies(root: string): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (folder: string, prefix: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = prefix + entry.name;
        if (entry.isDirectory()) walk(join(folder, entry.name), `${path}/`);
        if (!entry.isSymbolicLink()) continue;
        const target = relativePath(this.contextDirectory, resolve(readlinkSync(join(folder, entry.name))));
        if (/(?:^|\/)node_modules$/.test(target) && !target.startsWith('..'))
          found[path] = `${this.lockHash()} ${target}`;
      }
    };
    walk(root, '');
    return found;
  }

  private lockHash(): string {
    const file = ['package-lock.json', 'npm-shrinkwrap.json', 'package.json']
      .map((name) => join(this.contextDirectory, name))
      .find((path) => existsSync(path));
    return createHash('sha256')
      .update(file === undefined ? '' : readFileSync(file))
      .digest('hex');
  }

  private stageNamed(name: string, before: Stage): Stage | undefined {
    const { stages } = this.dockerfile;
    const earlier = stages.slice(0, stages.indexOf(before));
    return (
      earlier.findLast((stage) => stage.name === name.toLowerCase()) ??
      earlier[/^\d+$/.test(name) ? Number(name) : -1]
    );
  }

  private globalArguments(): Record<string, string> {
    const values: Record<string, string> = this.predefined();
    for (const instruction of this.dockerfile.globalArguments) {
      for (const [name, value] of assignmentsOf(instruction, values)) {
        const known = this.buildArguments[name] ?? value;
        if (known !== undefined) values[name] = known;
      }
    }
    return values;
  }

  private predefined(): Record<string, string> {
    const platform = `linux/${this.architecture}`;
    return {
      TARGETARCH: this.architecture,
      TARGETOS: 'linux',
      TARGETPLATFORM: platform,
      BUILDPLATFORM: platform,
    };
  }

  private readDockerfile(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      throw buildError(this.path, 1, 'the Dockerfile cannot be read', error);
    }
  }
}

/** A shell form is run by `/bin/sh -c`. */
function commandOf(rest: string): string[] {
  return execForm(rest) ?? ['/bin/sh', '-c', rest];
}
