import type { Keys } from '../../rehearsal/scenario/file/reader';
import type { NamedScenario } from '../../rehearsal/scenario/library';

/** Keys of a scenario file as rows of a Markdown table. */
export function keysTable(keys: Keys): string {
  return Object.entries(keys)
    .map(
      ([name, { about, required }]) => `| \`${name}\` | ${required ? 'required' : ''} | ${cell(about)} |\n`,
    )
    .join('');
}

/** The library as rows of a Markdown table. */
export function libraryTable(library: readonly NamedScenario[]): string {
  return library
    .map(({ name, scenario: { title, expect } }) => {
      const outcome = expect.outcome === undefined ? '' : expect.outcome;
      return `| \`${name}\` | ${cell(title)} | ${outcome} | ${expect.exit} |\n`;
    })
    .join('');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
