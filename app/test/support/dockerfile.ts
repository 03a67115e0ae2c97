/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  line: number;
  name: string;
  text: string;
}

export interface Stage {
  name: string;
  /** An image reference, or the name of an earlier stage. */
  from: string;
  instructions: Instruction[];
}

const known = ['FROM', 'ARG', 'ENV', 'WORKDIR', 'COPY', 'RUN', 'USER', 'EXPOSE', 'CMD'];

/** Reads what a Dockerfile of ours uses. Anything else is an error, so that no step is passed over in silence. */
export function parseDockerfile(source: string): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructionsOf(source)) {
    const { name, text, line } = instruction;
    if (!known.includes(name))
      throw new Error(`line ${line}: ${name} is not an instruction that can be replayed`);
    if (name === 'FROM') {
      const match = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(text);
      if (!match) throw new Error(`line ${line}: FROM ${text} is not understood`);
      stages.push({ from: match[1]!, name: match[2] ?? String(stages.length), instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (!stage) throw new Error(`line ${line}: ${name} stands before the first FROM`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

function instructionsOf(source: string): Instruction[] {
  const instructions: Instruction[] = [];
  let pending: Instruction | undefined;
  for (const [index, raw] of source.split(/\r?\n/).entries()) {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) continue;
    const continued = text.endsWith('\\');
    const part = continued ? text.slice(0, -1).trim() : text;
    if (pending) {
      pending.text = `${pending.text} ${part}`;
    } else {
      const [name = '', ...rest] = part.split(/\s+/);
      pending = { line: index + 1, name: name.toUpperCase(), text: rest.join(' ') };
    }
    if (!continued) {
      instructions.push(pending);
      pending = undefined;
    }
  }
  if (pending) throw new Error(`line ${pending.line}: the last line ends in a backslash`);
  return instructions;
}

/** The rules of a .dockerignore: says whether a file (path from the context, with slashes) is sent to the engine. */
export function parseDockerignore(source: string): (path: string) => boolean {
  const rules = source
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const include = line.startsWith('!');
      const pattern = include ? line.slice(1) : line;
      if (pattern !== '*' && /[*?[\]\\]/.test(pattern))
        throw new Error(`.dockerignore: ${line} is not understood`);
      return { include, pattern };
    });
  const covers = (pattern: string, path: string) =>
    pattern === '*' || path === pattern || path.startsWith(`${pattern}/`);
  // The last rule that matches decides.
  return (path) => rules.findLast(({ pattern }) => covers(pattern, path))?.include ?? true;
}
