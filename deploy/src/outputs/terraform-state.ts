import { didYouMean } from '../../schema/did-you-mean';
import type { Json } from './outputs';

/** A Terraform state (format 4) as far as addresses are looked up in it. */
export interface TerraformState {
  outputs: Readonly<Record<string, { value: Json; sensitive?: boolean }>>;
  resources: readonly StateResource[];
}

export interface StateResource {
  /** `module.app["web"].module.inner` */
  module?: string;
  mode: string;
  type: string;
  name: string;
  instances: readonly { index_key?: string | number; attributes?: { [key: string]: Json } }[];
}

type Step = string | number;

/**
 * Looks an address up: `output.name`, `aws_x.name.attribute`, `aws_x.name[0].id`, `aws_x.name['key'].list[0].field`,
 * `data.aws_x.name.id`, `module.a["k"].module.b.aws_x.name.id`. Without an attribute the whole object comes back;
 * without an index a resource with `count` is a list and one with `for_each` a map.
 *
 * @returns undefined where nothing stands there; null counts as nothing.
 */
export function lookUpState(state: TerraformState, address: string): Json | undefined {
  const steps = parseAddress(address);
  if (steps === undefined) return undefined;
  if (steps[0] === 'output') {
    const [, name, ...path] = steps;
    const output =
      typeof name === 'string' && Object.hasOwn(state.outputs, name) ? state.outputs[name] : undefined;
    return output === undefined ? undefined : walk(output.value, path);
  }
  const { module, rest } = takeModule(steps);
  const isData = rest[0] === 'data';
  const [type, name, ...path] = isData ? rest.slice(1) : rest;
  const resource = state.resources.find(
    (one) =>
      one.type === type &&
      one.name === name &&
      (one.mode === 'data') === isData &&
      printSteps(parseAddress(one.module ?? '') ?? []) === printSteps(module),
  );
  return resource === undefined ? undefined : walk(instances(resource), path);
}

function instances({ instances: all }: StateResource): Json | undefined {
  const [first] = all;
  if (first?.index_key === undefined) return first?.attributes;
  if (typeof first.index_key === 'number') {
    const list: Json[] = [];
    for (const { index_key, attributes } of all) list[Number(index_key)] = attributes ?? null;
    return Array.from(list, (one) => one ?? null);
  }
  return Object.fromEntries(all.map(({ index_key, attributes }) => [String(index_key), attributes ?? null]));
}

function takeModule(steps: readonly Step[]): { module: Step[]; rest: Step[] } {
  const module: Step[] = [];
  let at = 0;
  while (steps[at] === 'module' && steps[at + 1] !== undefined) {
    module.push('module', steps[at + 1] ?? '');
    at += 2;
    // An index: `module.a[0]`, or a key that was in brackets, which parseAddress marks.
    while (isIndex(steps[at])) module.push(steps[at++] ?? '');
  }
  return { module, rest: steps.slice(at) };
}

const keyMark = '\0';

function isIndex(step: Step | undefined): boolean {
  return typeof step === 'number' || (typeof step === 'string' && step.startsWith(keyMark));
}

/** `a.b["k"][0]` -> `a`, `b`, marked `k`, 0. Single quotes are as good as double ones. */
function parseAddress(address: string): Step[] | undefined {
  const step = /\.?(?:\[(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\d+))\]|([^.[\]\s]+))/y;
  const steps: Step[] = [];
  let at = 0;
  const text = address.trim();
  while (at < text.length) {
    step.lastIndex = at;
    const found = step.exec(text);
    if (found === null) return undefined;
    const [all, double, single, index, name] = found;
    const key = double ?? single;
    if (index !== undefined) steps.push(Number(index));
    else if (key !== undefined) steps.push(keyMark + key.replaceAll(/\\(.)/g, '$1'));
    else steps.push(name ?? '');
    at += all.length;
  }
  return steps;
}

function printSteps(steps: readonly Step[]): string {
  return JSON.stringify(steps);
}

function walk(start: Json | undefined, path: readonly Step[]): Json | undefined {
  let value = start;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = typeof step === 'number' ? value[step] : undefined;
    else {
      const key = typeof step === 'string' && step.startsWith(keyMark) ? step.slice(1) : String(step);
      value = Object.hasOwn(value, key) ? value[key] : undefined;
    }
  }
  return value ?? undefined;
}

/** Addresses of everything in the state, without attributes, as Terraform writes them. */
function stateAddresses(state: TerraformState): string[] {
  const outputs = Object.keys(state.outputs).map((name) => `output.${name}`);
  const resources = state.resources.flatMap(({ module, mode, type, name, instances }) =>
    instances.map(({ index_key }) => {
      const index = index_key === undefined ? '' : `[${JSON.stringify(index_key)}]`;
      return `${module === undefined ? '' : `${module}.`}${mode === 'data' ? 'data.' : ''}${type}.${name}${index}`;
    }),
  );
  return [...outputs, ...resources];
}

/** The nearest address that is there, its attribute included. */
export function nearestAddress(state: TerraformState, address: string): string | undefined {
  const written = address.replaceAll("'", '"');
  const addresses = stateAddresses(state);
  const dot = written.lastIndexOf('.');
  if (written.startsWith('output.') || dot < 0) return didYouMean(written, addresses);
  const [start, attribute] = [written.slice(0, dot), written.slice(dot + 1)];
  const resource = didYouMean(start, addresses);
  const attributes = resource === undefined ? undefined : lookUpState(state, resource);
  if (resource === undefined || typeof attributes !== 'object' || attributes === null) return undefined;
  const nearest = didYouMean(attribute, Object.keys(attributes));
  return nearest === undefined ? undefined : `${resource}.${nearest}`;
}
