import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unexplained, type Removal } from '../moved';
import { everything } from './everything';
import { addresses, synthesise, synthesiseFrom, type StackDocument } from './synth';

/** Addresses of all resources, by where their settings come from and by stack. */
export type Addresses = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const FILE = join(__dirname, 'addresses.json');
const presets = ['small', 'standard', 'isolated'] as const;

/** What is committed: addresses that are in somebody's state. */
export function committedAddresses(): Addresses {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Addresses;
}

/** The stacks of `main.ts`, of each preset as it is, and of all options. */
export function stacksNow(): Record<string, Record<string, StackDocument>> {
  const of = (stack: (name: string) => StackDocument, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, stack(name)]));
  const pure = synthesiseFrom({
    environments: presets.map((preset) => ({ name: preset, preset, services: [{ name: 'web' }] })),
  });
  return {
    main: of(synthesise(), ['state', 'foundation', 'staging', 'production']),
    presets: of(pure, presets),
    everything: of(synthesiseFrom(everything), [
      'foundation',
      ...everything.environments.map(({ name }) => name),
    ]),
  };
}

export function addressesOf(stacks: Readonly<Record<string, Record<string, StackDocument>>>): Addresses {
  const each = Object.entries(stacks).map(([origin, byStack]) => {
    const listed = Object.entries(byStack).map(([name, document]) => [name, addresses(document)] as const);
    return [origin, Object.fromEntries(listed)] as const;
  });
  return Object.fromEntries(each);
}

/** Addresses of before that a stack has lost, by what it tells terraform. */
export function lostBy(
  document: StackDocument,
  before: readonly string[],
  reasons?: readonly Removal[],
): string[] {
  return unexplained(before, new Set(addresses(document)), document.moved ?? [], reasons);
}

/**
 * infra/test/addresses.json: what there is now, and what was there and went away without a move or a reason. So a rename
 * cannot be waved through by writing the file anew.
 */
export function addressesDocument(): string {
  const before = committedAddresses();
  const all = Object.entries(stacksNow()).map(([origin, stacks]) => {
    const kept = Object.entries(stacks).map(([name, document]): [string, string[]] => {
      const lost = lostBy(document, before[origin]?.[name] ?? []);
      return [name, [...addresses(document), ...lost].sort()];
    });
    return [origin, Object.fromEntries(kept)] as const;
  });
  return `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`;
}
