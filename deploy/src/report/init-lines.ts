import type { InitResult } from '../release/result';

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
