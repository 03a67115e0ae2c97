import type { TemplateFunction } from './builtins';
import { TemplateProblem, Unread, printValue, unwrap, type Value } from './value';

/** What `env` and `must_env` read: layers, the first wins. Undefined is not set; empty is set. */
export type EnvironmentVariables = readonly Readonly<Record<string, string | undefined>>[];

/** The first that is set and not empty; an empty one hides nothing. */
function nonEmpty(layers: EnvironmentVariables, name: string): string | undefined {
  return layers.map((layer) => layer[name]).find((value) => value !== undefined && value !== '');
}

function set(layers: EnvironmentVariables, name: string): string | undefined {
  return layers.map((layer) => layer[name]).find((value) => value !== undefined);
}

/**
 * `env` takes the first of its arguments that names a variable which is not empty, else the last argument as text;
 * `must_env` fails where the variable is not set, and takes an empty one.
 *
 * @param unset what `must_env` gives for a variable that is not set, instead of failing.
 */
export function environmentFunctions(
  layers: EnvironmentVariables,
  unset?: (name: string) => Value,
): [string, TemplateFunction][] {
  const env = (...names: Value[]): Value => {
    for (const name of names) {
      const value = name instanceof Unread ? undefined : nonEmpty(layers, text('env', name));
      if (value !== undefined) return value;
    }
    return names.at(-1) ?? '';
  };
  const nativeEnv = (name: Value = null, otherwise: Value = null): Value =>
    nonEmpty(layers, text('env', name)) ?? otherwise;
  const mustEnv = (name: Value = null): Value => {
    const wanted = text('must_env', name);
    const value = set(layers, wanted) ?? unset?.(wanted);
    if (value !== undefined) return value;
    const hint =
      wanted === 'IMAGE'
        ? 'set it, or pass --image <reference>'
        : `set it, or give a default: {{ env \`${wanted}\` \`default\` }}`;
    throw new TemplateProblem('ENV_UNSET', `the environment variable ${wanted} is not set`, hint);
  };
  return [
    ['env', { least: 0, most: Number.POSITIVE_INFINITY, takesUnread: true, call: env, native: nativeEnv }],
    ['must_env', { least: 1, most: 1, call: mustEnv }],
    [
      'json_escape',
      { least: 1, most: 1, call: (value = null) => JSON.stringify(printValue(value)).slice(1, -1) },
    ],
  ];
}

/** @throws TemplateProblem where the argument is no text: a number without quotes, say. */
export function text(name: string, value: Value): string {
  const plain = unwrap(value);
  if (typeof plain === 'string') return plain;
  const shown = printValue(value);
  const hint = `write it in quotes: {{ ${name} \`${shown}\` }}`;
  throw new TemplateProblem('TEMPLATE_SYNTAX', `${name} takes a text, not ${shown}`, hint);
}
