import { cp } from 'node:fs/promises';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BuildContext } from './build-context';
import { relativePath } from './build-context';
import { buildError, execForm, substitute, wordsOf, type Instruction } from './dockerfile';
import type { StageState } from './stage-state';

/** Replays COPY, and ADD of local files: from the context, or from another stage (`source`). */
export async function replayCopy(
  instruction: Instruction,
  stage: StageState,
  context: BuildContext,
  source: StageState | undefined,
  dockerfile: string,
): Promise<void> {
  const text = substitute(instruction.rest, stage.variables);
  const words = execForm(text) ?? wordsOf(text);
  const target = words.at(-1);
  const sources = words.slice(0, -1);
  if (target === undefined || sources.length === 0) {
    throw buildError(dockerfile, instruction.line, `${instruction.keyword} needs a source and a destination`);
  }
  const to = stage.path(target);
  const intoFolder =
    /(?:^|\/)\.{0,2}$/.test(target) ||
    sources.length > 1 ||
    statSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
  for (const from of sources) {
    if (/^[a-z+]+:\/\//i.test(from)) {
      throw buildError(
        dockerfile,
        instruction.line,
        `${from} cannot be fetched in a rehearsal; copy a file instead`,
      );
    }
    if (source !== undefined) await copyFromStage(from, source, to, intoFolder, instruction, dockerfile);
    else copyFromContext(from, context, to, intoFolder, instruction, dockerfile);
  }
}

function copyFromContext(
  from: string,
  context: BuildContext,
  to: string,
  intoFolder: boolean,
  instruction: Instruction,
  dockerfile: string,
): void {
  const matches = context.files(from);
  if (matches.length === 0) {
    throw buildError(
      dockerfile,
      instruction.line,
      `there is no "${from}" in ${context.directory}, or .dockerignore leaves it out`,
    );
  }
  for (const { base, isFolder, files } of matches) {
    if (isFolder) mkdirSync(to, { recursive: true });
    for (const { path, content, executable } of files) {
      const place = isFolder || intoFolder || matches.length > 1 ? join(to, relativePath(base, path)) : to;
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content, { mode: executable ? 0o755 : 0o644 });
    }
  }
}

async function copyFromStage(
  from: string,
  source: StageState,
  to: string,
  intoFolder: boolean,
  instruction: Instruction,
  dockerfile: string,
): Promise<void> {
  // A source in another stage starts at its root, not in its working directory.
  const full = join(source.root, source.absolute(`/${from}`));
  if (!existsSync(full)) {
    throw buildError(
      dockerfile,
      instruction.line,
      `there is no "${from}" in stage ${instruction.flags.from ?? ''}`,
    );
  }
  const isFolder = statSync(full).isDirectory();
  const place = !isFolder && intoFolder ? join(to, basename(from)) : to;
  mkdirSync(dirname(place), { recursive: true });
  await cp(full, place, { recursive: true, verbatimSymlinks: true, force: true });
}
