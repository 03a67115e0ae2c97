import { movePaths, type Move } from './paths';

/**
 * A Dockerfile whose context was the repository around the app, with the app's own directory as the context. What the
 * image mirrored of the repository (`/srv/app`) moves too; what then says the same twice is said once.
 */
export function moveDockerfile(source: string, move: Move): string {
  const state: State = { stages: new Map(), stage: { directory: '/', copied: new Set() }, top: undefined };
  const lines: string[] = [];
  for (const line of source.split('\n')) {
    const moved = moveLine(line, move, state);
    if (moved !== undefined) lines.push(moved);
    // What was said about a line goes with it.
    else while (/^\s*#/.test(lines.at(-1) ?? '')) lines.pop();
  }
  return lines.join('\n');
}

interface Stage {
  directory: string;
  /** `FROM-WHERE SOURCE TARGET` */
  copied: ReadonlySet<string>;
}

interface State {
  stages: Map<string, Stage>;
  stage: Stage;
  /** The first working directory: the place in the image that mirrors the repository. */
  top: string | undefined;
}

/** @returns undefined for a line that is not needed any more. */
function moveLine(line: string, move: Move, state: State): string | undefined {
  const [name = '', ...words] = line.trim().split(/\s+/);
  switch (name.toUpperCase()) {
    case 'FROM': {
      const alias = /^AS$/i.test(words.at(-2) ?? '') ? words.at(-1) : undefined;
      state.stage = { ...(state.stages.get(words[0] ?? '') ?? { directory: '/', copied: new Set() }) };
      if (alias !== undefined) state.stages.set(alias, state.stage);
      return line;
    }
    case 'WORKDIR': {
      const moved = imagePaths(line.replace(words[0] ?? '', relative(words[0] ?? '', move)), move, state);
      const target = resolve(state.stage.directory, moved.trim().split(/\s+/)[1] ?? '.');
      if (moved !== line && target === state.stage.directory) return undefined;
      state.top ??= target === '/' ? undefined : target;
      update(state, { ...state.stage, directory: target });
      return moved;
    }
    case 'COPY':
    case 'ADD': {
      const moved = imagePaths(words.map((word) => relative(word, move)).join(' '), move, state);
      const rest = moved.split(' ');
      const target = resolve(state.stage.directory, rest.at(-1) ?? '');
      const from = rest.find((word) => word.startsWith('--from=')) ?? '';
      const copies = rest
        .slice(0, -1)
        .filter((word) => !word.startsWith('--'))
        .map((word) => `${from} ${word} ${target}`);
      const changed = moved !== words.join(' ');
      if (changed && copies.every((copy) => state.stage.copied.has(copy))) return undefined;
      update(state, { ...state.stage, copied: new Set([...state.stage.copied, ...copies]) });
      return changed ? `${name} ${moved}` : line;
    }
    default:
      return imagePaths(movePaths(line, move), move, state);
  }
}

function update(state: State, stage: Stage): void {
  for (const [name, one] of state.stages) if (one === state.stage) state.stages.set(name, stage);
  state.stage = stage;
}

/** A word of COPY or WORKDIR, which can be the directory itself. */
function relative(word: string, move: Move): string {
  if (word === move.app || word === `./${move.app}`) return '.';
  return movePaths(word, move);
}

function imagePaths(text: string, { app }: Move, { top }: State): string {
  if (top === undefined) return text;
  const escaped = `${top}/${app}`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w.-])${escaped}(?![\\w.-])`, 'g'), top);
}

function resolve(directory: string, path: string): string {
  const parts = (path.startsWith('/') ? path : `${directory}/${path}`).split('/');
  return `/${parts.filter((part) => part !== '' && part !== '.').join('/')}`;
}
