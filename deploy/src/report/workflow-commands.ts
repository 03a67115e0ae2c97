/** Shows nothing, and ends what would be a command. */
const BREAK = '\u200b';

/** A line that begins with `::name ...::`, blanks before it or not; the runner ends a line at a carriage return too. */
const COMMAND = /(^|[\r\n])([\s\u0085]*):(?=:[^\r\n]*::)/g;
/** The older form, which counts anywhere in a line. */
const OLD_COMMAND = /##(?=\[)/g;

/**
 * Text of others (what a container wrote, a reason, an image's name) as GitHub's log may have it: none of it is a
 * workflow command any more (`::error::`, `::add-mask::`, `::stop-commands::`, `##[error]`). It reads the same.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function withoutCommands(text: string): string {
  return text.replace(COMMAND, `$1$2:${BREAK}`).replace(OLD_COMMAND, `##${BREAK}`);
}

/** The same for a line of JSON, which means the same afterwards: `##[` can only stand within a text. */
export function jsonWithoutCommands(line: string): string {
  return line.replaceAll('##[', String.raw`##\u005b`);
}
