import { UsageError } from '../../errors';
import {
  isMap,
  listAt,
  mapAt,
  textAt,
  textOf,
  type TemplateMap,
  type Value,
  type ValueMap,
} from '../language/template';

/**
 * The inputs of a `workflow_dispatch` or `workflow_call`, as the workflow declares them.
 * @param given by name; texts become what the type of the input says.
 * @throws UsageError for one that is missing, unknown, or not of its type.
 */
export function resolveInputs(
  trigger: TemplateMap,
  given: Readonly<Record<string, Value>>,
  where: string,
): ValueMap {
  const declared = mapAt(trigger, 'inputs');
  const unknown = Object.keys(given).find((name) => !(name in declared));
  if (unknown !== undefined) {
    const known = Object.keys(declared).join(', ') || 'none';
    throw new UsageError(`${where} has no input "${unknown}"; it has ${known}`);
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const input = isMap(declaration) ? declaration : {};
      const value = given[name] ?? (input.default as Value | undefined);
      return [name, typed(name, value, input, where)];
    }),
  );
}

function typed(name: string, value: Value | undefined, input: TemplateMap, where: string): Value {
  const type = textAt(input, 'type') ?? 'string';
  const text = textOf(value);
  if (text === '' && textAt(input, 'required') === 'true')
    throw new UsageError(`${where}: the input "${name}" is required: give it as ${name}=VALUE`);
  if (type === 'boolean') {
    if (!['true', 'false', ''].includes(text)) throw wrong(where, name, text, 'true or false');
    return text === 'true';
  }
  if (type === 'number') {
    if (text !== '' && Number.isNaN(Number(text))) throw wrong(where, name, text, 'a number');
    return text === '' ? 0 : Number(text);
  }
  if (type === 'choice') {
    const options = listAt(input, 'options').map((option) => textOf(option as Value));
    if (value === undefined) return options[0] ?? '';
    if (!options.includes(text)) throw wrong(where, name, text, options.join(', '));
  }
  return text;
}

function wrong(where: string, name: string, text: string, wanted: string): UsageError {
  return new UsageError(`${where}: the input "${name}" is "${text}", but ${wanted} is wanted`);
}
