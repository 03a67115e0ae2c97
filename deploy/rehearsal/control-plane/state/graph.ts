/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

type Member = { readonly [name: string]: unknown };

/**
 * Values that refer to each other, as JSON and back: plain objects, lists, maps, sets and primitives. What is referred
 * to more than once is written once, with `$id`, and is `{"$ref": id}` elsewhere; maps are `{"$map": [[key, value]]}`
 * and sets `{"$set": [value]}`. Members that are undefined are left out.
 * @throws TypeError for anything else, such as a function or an instance of a class, with its path.
 */
export function encodeGraph(root: unknown): Json {
  const shared = findShared(root);
  const ids = new Map<object, number>();
  const encode = (value: unknown, path: string): Json => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return value;
    if (value === undefined) return { $undefined: true };
    if (typeof value !== 'object')
      throw new TypeError(`${path} is a ${typeof value}, which no state can hold`);
    const known = ids.get(value);
    if (known !== undefined) return { $ref: known };
    const id = shared.has(value) ? ids.size + 1 : undefined;
    if (id !== undefined) ids.set(value, id);
    const mark = id === undefined ? {} : { $id: id };
    if (value instanceof Map) {
      const entries = [...value].map(([key, held], index) => [
        encode(key, `${path} key ${index}`),
        encode(held, `${path}[${String(key)}]`),
      ]);
      return { ...mark, $map: entries };
    }
    if (value instanceof Set)
      return { ...mark, $set: [...value].map((held, index) => encode(held, `${path}[${index}]`)) };
    if (Array.isArray(value)) {
      const list = value.map((held, index) => encode(held, `${path}[${index}]`));
      return id === undefined ? list : { ...mark, $list: list };
    }
    if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
      throw new TypeError(`${path} is an instance of ${value.constructor.name}, which no state can hold`);
    const members = Object.entries(value as Member)
      .filter(([, held]) => held !== undefined)
      .map(([name, held]): [string, Json] => [name, encode(held, `${path}.${name}`)]);
    if (members.some(([name]) => name.startsWith('$'))) return { ...mark, $object: members };
    return { ...mark, ...Object.fromEntries(members) };
  };
  return encode(root, 'state');
}

/**
 * The values that `encodeGraph` wrote.
 * @param change called for every number that is a member of an object or a value of a map, with the name of the
 *   member, or of the member that holds the map; its result takes the number's place.
 */
export function decodeGraph(json: Json, change: (name: string, value: number) => number): unknown {
  const known = new Map<number, unknown>();
  const decode = (value: Json, name: string): unknown => {
    if (typeof value === 'number') return change(name, value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((held) => decode(held, ''));
    if ('$ref' in value) return known.get(value.$ref as number);
    if ('$undefined' in value) return undefined;
    if ('$number' in value) return Number(value.$number);
    const { $id, ...rest } = value;
    const remember = <T>(made: T): T => {
      if (typeof $id === 'number') known.set($id, made);
      return made;
    };
    if ('$map' in rest) {
      const map = remember(new Map<unknown, unknown>());
      for (const [key, held] of rest.$map as [Json, Json][]) map.set(decode(key, ''), decode(held, name));
      return map;
    }
    if ('$set' in rest) {
      const set = remember(new Set<unknown>());
      for (const held of rest.$set as Json[]) set.add(decode(held, ''));
      return set;
    }
    if ('$list' in rest) {
      const list = remember<unknown[]>([]);
      for (const held of rest.$list as Json[]) list.push(decode(held, ''));
      return list;
    }
    const object = remember<Record<string, unknown>>({});
    const members = '$object' in rest ? (rest.$object as [string, Json][]) : Object.entries(rest);
    for (const [member, held] of members) object[member] = decode(held, member);
    return object;
  };
  return decode(json, '');
}

/** Objects that are referred to more than once. */
function findShared(root: unknown): Set<object> {
  const seen = new Set<object>();
  const shared = new Set<object>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (seen.has(value)) {
      shared.add(value);
      continue;
    }
    seen.add(value);
    if (value instanceof Map) for (const [key, held] of value) open.push(key, held);
    else if (value instanceof Set || Array.isArray(value)) open.push(...(value as Iterable<unknown>));
    else open.push(...Object.values(value as Member));
  }
  return shared;
}
