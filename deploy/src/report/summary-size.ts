/** GitHub takes 1 MiB for all that the steps of a job write; a larger one is not shown at all. */
export const SUMMARY_BYTES = 1024 * 1024;

const NOTE = '_Left out: too long for a job summary. The log has it._';
const LONGEST_LINE = 2_000;

/** The parts that fit, in their order; a note stands for each that does not. */
export function fitParts(parts: readonly string[], bytes: number): string {
  const all = parts.filter((part) => part !== '');
  // Every part may have to be a note.
  let left = bytes - all.length * (Buffer.byteLength(NOTE) + 2);
  if (left < 0) return '';
  const fitting = all.map((part) => {
    const size = Buffer.byteLength(part) + 2;
    if (size > left) return NOTE;
    left -= size;
    return part;
  });
  return fitting.length === 0 ? '' : `${fitting.join('\n\n')}\n\n`;
}

/** A line that somebody may read: a log line of a megabyte is cut. */
export function cutLine(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}... (${line.length} characters)`;
}
