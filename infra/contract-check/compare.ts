import { didYouMean } from '../../deploy/schema/did-you-mean';
import type { Contract, OutputPromise } from '../contract';
import type { Consumer, Use } from './consumer';
import type { Published } from './published';

export interface Comparison {
  /** What an app relies on and would no longer get: its place, what is wrong, what is near. */
  readonly problems: readonly string[];
  /** What changed and breaks no app, and what could not be checked. */
  readonly notes: readonly string[];
}

export interface Sides {
  /** As it is in this checkout. */
  readonly contract: Contract;
  readonly published: readonly Published[];
  readonly consumers: readonly Consumer[];
  /** As it is on the branch that this one goes to. */
  readonly base?: Contract | undefined;
}

/** Compares what is promised and published with what each app relies on. */
export function compareContract({ contract, published, consumers, base }: Sides): Comparison {
  const problems = new Set<string>();
  const notes = new Set<string>();
  const relied = new Set<string>();
  for (const consumer of consumers) {
    const places = placesOf(consumer, published, problems, notes);
    for (const use of consumer.uses) {
      const place = placeOf(consumer, use);
      const found = find(contract, use);
      const before = base && find(base, use);
      for (const one of [found, before]) if (one) relied.add(`${one.scope}.${one.name}`);
      if (found === undefined) {
        const was = base !== undefined && before === undefined ? 'there is no' : 'this takes away';
        problems.add(`${place}: ${was} output "${use.output}"${nearest(use, contract, base)}`);
        continue;
      }
      if (use.type !== 'unknown' && use.type !== found.promise.type)
        problems.add(
          `${place}: output "${use.output}" is a ${found.promise.type}, and the app relies on a ${use.type}`,
        );
      for (const name of use.environments) {
        const environment = places.get(name);
        if (environment === undefined) continue;
        if (found.scope === 'environment') {
          if (!environment.environment.has(found.name))
            problems.add(switchedOff(place, use, environment, found));
          continue;
        }
        const service = environment.services.get(found.service);
        if (service === undefined)
          problems.add(
            `${place}: ${environment.name} has no service "${found.service}"; its settings have ${[...environment.services.keys()].join(', ')}`,
          );
        else if (!service.has(found.name)) problems.add(switchedOff(place, use, environment, found));
      }
    }
  }
  if (base !== undefined) for (const note of unusedChanges(contract, base, relied)) notes.add(note);
  return { problems: [...problems], notes: [...notes] };
}

interface Found {
  readonly scope: keyof Contract;
  readonly name: string;
  /** Whose it is; only of the scope `service`. */
  readonly service: string;
  readonly promise: OutputPromise;
}

/** As templates look it up: the service's own first, then the environment's; `services.<service>.<name>` is another's. */
function find(contract: Contract, { output, service }: Use): Found | undefined {
  const [, other, rest] = /^services\.([^.]+)\.(.+)$/.exec(output) ?? [];
  const scopes = other === undefined ? (['service', 'environment'] as const) : (['service'] as const);
  const name = rest ?? output;
  for (const scope of scopes) {
    const promise = Object.hasOwn(contract[scope], name) ? contract[scope][name] : undefined;
    if (promise !== undefined) return { scope, name, service: other ?? service, promise };
  }
  return undefined;
}

/** The environment of these settings that each environment of an app reads. */
function placesOf(
  { app, environments }: Consumer,
  published: readonly Published[],
  problems: Set<string>,
  notes: Set<string>,
): Map<string, Published> {
  const places = new Map<string, Published>();
  for (const [name, location] of Object.entries(environments)) {
    const isHere = published.some(({ project }) => location?.startsWith(`ssm:///${project}/`));
    const found = published.find((one) =>
      location?.startsWith('ssm://') ? location.replace(/\/+$/, '') === one.location : one.name === name,
    );
    if (found !== undefined) places.set(name, found);
    else if (isHere)
      problems.add(
        `${app}: its environment ${name} reads ${location}, and nothing publishes there; there are ${published.map((one) => one.location).join(', ')}`,
      );
    else
      notes.add(
        `${app}: its environment ${name} reads ${location ?? 'what only a run knows'}; only names and types are checked there`,
      );
  }
  return places;
}

function placeOf({ app, folder }: Consumer, { at }: Use): string {
  return at.length === 0 ? app : `${app}: ${at.map((one) => `${folder}${one}`).join(', ')}`;
}

function switchedOff(place: string, { output }: Use, { name }: Published, { promise }: Found): string {
  return `${place}: ${name} does not publish output "${output}" (${promise.description})`;
}

/** What was renamed keeps its meaning; else what is spelled nearly like it. */
function nearest(use: Use, contract: Contract, base: Contract | undefined): string {
  const before = base && find(base, use);
  const heir = before && renamedTo(before.scope, before.name, contract, base);
  const names = [...Object.keys(contract.service), ...Object.keys(contract.environment)];
  const name = heir ?? didYouMean(use.output.slice(use.output.lastIndexOf('.') + 1), names);
  return name === undefined ? '' : `; did you mean "${name}"?`;
}

/** A new name with the meaning that this one had. */
function renamedTo(
  scope: keyof Contract,
  name: string,
  contract: Contract,
  base: Contract,
): string | undefined {
  const meaning = base[scope][name]?.description;
  return Object.entries<OutputPromise>(contract[scope]).find(
    ([other, { description }]) => !Object.hasOwn(base[scope], other) && description === meaning,
  )?.[0];
}

function unusedChanges(contract: Contract, base: Contract, relied: ReadonlySet<string>): string[] {
  return (['environment', 'service'] as const).flatMap((scope) =>
    Object.entries<OutputPromise>(base[scope])
      .filter(([name]) => !relied.has(`${scope}.${name}`))
      .flatMap(([name, { type }]) => {
        const now = Object.hasOwn(contract[scope], name) ? contract[scope][name] : undefined;
        if (now === undefined) {
          const heir = renamedTo(scope, name, contract, base);
          const what = heir === undefined ? 'goes away' : `is now "${heir}"`;
          return [`output "${name}" ${what}: no app that is known relies on it`];
        }
        if (now.type === type) return [];
        return [`output "${name}" is now a ${now.type}, not a ${type}: no app that is known relies on it`];
      }),
  );
}
