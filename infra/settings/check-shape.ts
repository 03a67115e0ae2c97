import { suggestion } from '../../deploy/schema/did-you-mean';
import options from './options.json';
import type { Problems } from './problems';

/** As `options.json` has it, which is generated from the types of the settings. */
type Type =
  | string
  | { readonly oneOf: readonly string[] }
  | { readonly list: Type }
  | { readonly settings: string; readonly orList?: boolean };

type Options = Readonly<Record<string, { readonly type: Type; readonly required?: boolean }>>;

const known = options as Readonly<Record<string, Options>>;

/**
 * What TypeScript would say, for whoever synthesises without asking it: options that there are not, values of another
 * type, words that no option takes, what is missing.
 */
export function checkShape(settings: string, value: unknown, problems: Problems): void {
  object(settings, value, '', problems);
}

function object(settings: string, value: unknown, path: string, problems: Problems): void {
  if (!isObject(value)) {
    problems.unless(false, path === '' ? 'all of it' : path, value, 'an object with options');
    return;
  }
  const own = known[settings] ?? {};
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined) continue;
    if (Object.hasOwn(own, name)) typed(own[name]?.type ?? '', one, at(name), problems);
    else
      problems.unless(
        false,
        at(name),
        one,
        `there is no such option${suggestion(name, Object.keys(own))}; infra/docs/settings.md has all`,
      );
  }
  for (const [name, { required = false, type }] of Object.entries(own))
    problems.unless(
      !required || value[name] !== undefined,
      at(name),
      undefined,
      `it is needed: ${wanted(type)}`,
    );
}

function typed(type: Type, value: unknown, path: string, problems: Problems): void {
  if (typeof type === 'string') {
    const fits = typeof value === type && !Number.isNaN(value);
    problems.unless(fits, path, value, wanted(type));
  } else if ('oneOf' in type) {
    problems.unless(
      type.oneOf.some((one) => one === value),
      path,
      value,
      wanted(type),
    );
  } else if ('settings' in type) {
    if (type.orList && Array.isArray(value))
      typed({ list: { settings: type.settings } }, value, path, problems);
    else object(type.settings, value, path, problems);
  } else if (Array.isArray(value)) {
    value.forEach((one: unknown, index) => typed(type.list, one, `${path}${place(one, index)}`, problems));
  } else problems.unless(false, path, value, wanted(type));
}

/** Those with a name are told by it, as in every other problem. */
function place(value: unknown, index: number): string {
  return isObject(value) && typeof value.name === 'string' ? `.${value.name}` : `[${index}]`;
}

function wanted(type: Type): string {
  if (type === 'string') return 'a text';
  if (type === 'number') return 'a number';
  if (type === 'boolean') return 'true or false';
  if (typeof type === 'string') return type;
  if ('oneOf' in type) return `one of ${type.oneOf.join(', ')}`;
  if ('list' in type) return `a list: [${wanted(type.list)}, ...]`;
  return 'an object with options';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
