import { account } from './account';
import { configured, type Compute, type ComputeContext } from './identifiers';
import { loadBalancing } from './load-balancing';
import { network } from './network';

const known: Readonly<Record<string, Compute>> = { ...account, ...loadBalancing, ...network };

/** Arguments that stay maps in a state; every other nested object is a block, of which a state keeps a list. */
const maps = new Set([
  'tags',
  'tags_all',
  'dimensions',
  'variables',
  'parameters',
  'options',
  'environment_variables',
]);

/** Of an action of CodePipeline it is a map; of a cluster of ECS, a block. */
function isMap(name: string, value: unknown): boolean {
  if (maps.has(name)) return true;
  return (
    name === 'configuration' &&
    isObject(value) &&
    Object.values(value).every((entry) => typeof entry === 'string')
  );
}

/**
 * All attributes of a resource after its apply: what was configured wins over what AWS would have made up. A type
 * that is not known here has an `id`, and no other attribute of its own.
 */
export function attributesOf(
  type: string,
  arguments_: Readonly<Record<string, unknown>>,
  defaultTags: Readonly<Record<string, unknown>>,
  context: ComputeContext,
): Record<string, unknown> {
  const compute = Object.hasOwn(known, type) ? known[type] : undefined;
  const set = Object.fromEntries(
    Object.entries(arguments_)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, isMap(name, value) ? value : asBlocks(value)]),
  );
  const computed = compute?.(set, context) ?? { id: configured(set, 'bucket') || `tf-${context.hex(16)}` };
  const tagged = 'tags' in set || (compute !== undefined && 'arn' in computed);
  const tags = tagged ? { tags_all: { ...defaultTags, ...(set.tags as object | undefined) } } : {};
  return { ...computed, ...set, ...tags };
}

function asBlocks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => (isObject(entry) ? inside(entry) : entry));
  return isObject(value) ? [inside(value)] : value;
}

function inside(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, isMap(name, entry) ? entry : asBlocks(entry)]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
