import { createHash, randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { globExpression } from '../../images/ignore';
import { StepFailure } from '../errors';
import type { StandIn } from './stand-in';

export const uploadArtifact: StandIn = {
  name: 'actions/upload-artifact',
  summary: 'keeps the files for the later jobs of the run',
  run({ job, input, log, warn, setOutput }) {
    const name = input('name', 'artifact');
    const target = join(job.artifacts, encodeURIComponent(name));
    const hidden = input('include-hidden-files', 'false') === 'true';
    const files = filesFor(job.workspace, input('path')).filter(
      (file) =>
        hidden ||
        !relative(job.workspace, file)
          .split(sep)
          .some((part) => part.startsWith('.') && part !== '..'),
    );
    if (files.length === 0) {
      const message = `No files were found with the provided path: ${input('path')}. No artifacts will be uploaded.`;
      const rule = input('if-no-files-found', 'warn');
      if (rule === 'error') throw new StepFailure(message);
      if (rule === 'warn') warn(message);
      return;
    }
    if (existsSync(target) && input('overwrite', 'false') !== 'true')
      throw new StepFailure(
        `Failed to CreateArtifact: an artifact with the name ${name} already exists on the run`,
      );
    const root = commonFolder(files);
    for (const file of files) {
      const to = join(target, relative(root, file));
      mkdirSync(dirname(to), { recursive: true });
      cpSync(file, to);
    }
    log(`artifact ${name}: ${files.length} files`);
    setOutput('artifact-id', String(randomInt(1_000_000, 9_999_999)));
    setOutput('artifact-digest', createHash('sha256').update(files.join('\n')).digest('hex'));
  },
};

export const downloadArtifact: StandIn = {
  name: 'actions/download-artifact',
  summary: 'gives what an earlier job of the run kept',
  run({ job, input, log, setOutput }) {
    const directory = resolve(job.workspace, input('path', '.'));
    const there = existsSync(job.artifacts) ? readdirSync(job.artifacts).map(decodeURIComponent) : [];
    const name = input('name');
    if (name !== '' && !there.includes(name)) {
      throw new StepFailure(
        `Unable to download artifact(s): Artifact not found for name: ${name}; the run has ${there.join(', ') || 'none'}`,
      );
    }
    const pattern = globExpression(input('pattern', '*'));
    const wanted = name === '' ? there.filter((one) => pattern.test(one)) : [name];
    const merge = name !== '' || input('merge-multiple', 'false') === 'true';
    for (const one of wanted) {
      const to = merge ? directory : join(directory, one);
      mkdirSync(to, { recursive: true });
      cpSync(join(job.artifacts, encodeURIComponent(one)), to, { recursive: true });
      log(`artifact ${one} is in ${to}`);
    }
    setOutput('download-path', directory);
  },
};

/** Lines of paths or patterns; a later one with `!` takes files out again. */
function filesFor(workspace: string, paths: string): string[] {
  const taken = new Set<string>();
  for (const line of paths.split('\n').map((text) => text.trim())) {
    if (line === '') continue;
    const without = line.startsWith('!');
    const path = resolve(workspace, without ? line.slice(1) : line);
    const start = path.split(sep).findIndex((part) => /[*?]/.test(part));
    const base = start < 0 ? path : path.split(sep).slice(0, start).join(sep);
    const expression = globExpression(path.split(sep).join('/'));
    for (const file of below(base)) {
      if (start >= 0 && !expression.test(file.split(sep).join('/'))) continue;
      if (without) taken.delete(file);
      else taken.add(file);
    }
  }
  return [...taken];
}

function below(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .flatMap((name) => below(join(path, name)));
}

/** What all files have in common; of one file the folder in which it lies. */
function commonFolder(files: readonly string[]): string {
  const [first = '', ...others] = files.map((file) => dirname(file).split(sep));
  let length = (first as string[]).length;
  for (const parts of others) {
    while ((first as string[]).slice(0, length).some((part, index) => parts[index] !== part)) length -= 1;
  }
  const folder = (first as string[]).slice(0, length).join(sep);
  return basename(folder) === '' ? sep : folder;
}
