import type { InitResult, SplitResult } from '../release/result';

/** Data alone: the blocks for Terraform, behind the files where they were not written. */
export function initLines({ files, removed }: InitResult): string[] {
  const texts = files.flatMap(({ path, text }) =>
    text === undefined ? [] : [`# ${path}`, ...linesOf(text), ''],
  );
  return [...texts, ...linesOf(removed)];
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The files where they were not written, and what to do next. */
export function splitLines({ files, next, outcome }: SplitResult): string[] {
  const listed = outcome === 'planned' ? [...files, ''] : [];
  const steps = next.flatMap(({ title, lines }, index) => [
    ...(index === 0 ? [] : ['']),
    `${index + 1}. ${title}`,
    ...lines.map((line) => `   ${line}`),
  ]);
  return [...listed, ...steps];
}
