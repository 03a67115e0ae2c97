import { suggestion } from '../../schema/did-you-mean';
import { describe } from '../../schema/validate';
import { printPath, toJson, type Located } from '../definition/located';
import { parseDuration } from './duration';
import type { KeySchema } from './schema';

/** One thing that is wrong in the config. */
export interface ConfigProblem {
  /** Offset in the rendered text. */
  at: number;
  message: string;
}

/** Checks a parsed config against its schema and reports everything that is wrong. */
export function checkConfig(root: Located, schema: KeySchema): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const check = (node: Located, wanted: KeySchema, path: readonly (string | number)[]): void => {
    const found = (message: string, at = node.start) => problems.push({ at, message });
    const name = path.length === 0 ? 'the config' : `"${printPath(path)}"`;
    const { content } = node;
    if (content.type === 'scalar' && content.value === null) {
      if (wanted.required || path.length === 0) found(`${name} is empty`);
      return;
    }
    switch (wanted.type) {
      case 'string':
      case 'duration': {
        const value = toJson(node);
        const duration = wanted.type === 'duration';
        if (duration && typeof value === 'number') {
          found(`${name} is ${value}, a number without a unit: write "${value}s" for seconds`);
        } else if (typeof value !== 'string') found(`${name} must be a text, but is ${describe(value)}`);
        else if (duration && parseDuration(value) === undefined) {
          found(`${name} is "${value}", which is not a duration: write it like 15m, 1h30m or 90s`);
        } else if (wanted.choices !== undefined && !wanted.choices.includes(value)) {
          const known = wanted.choices.join(', ');
          found(`${name} is "${value}", which is not one of ${known}${suggestion(value, wanted.choices)}`);
        } else if (wanted.required && value === '') found(`${name} is empty`);
        return;
      }
      case 'list':
        if (content.type !== 'list')
          return void found(`${name} must be a list, but is ${describe(toJson(node))}`);
        content.items.forEach((item, index) => checkKeys(item, wanted, [...path, index]));
        return;
      case 'object':
        return checkKeys(node, wanted, path);
      case 'map':
        if (content.type !== 'object')
          return void found(`${name} must hold names with their values, but is ${describe(toJson(node))}`);
        for (const [key, value] of content.entries) {
          const isEmpty = value.content.type === 'scalar' && value.content.value === null;
          if (wanted.values === 'text') {
            const text = value.content.type === 'scalar';
            if (!text)
              found(
                `"${printPath([...path, key])}" must be a text, but is ${describe(toJson(value))}`,
                value.start,
              );
          } else if (!isEmpty) checkKeys(value, wanted, [...path, key]);
        }
    }
  };
  const checkKeys = (node: Located, { keys = {} }: KeySchema, path: readonly (string | number)[]): void => {
    const { content } = node;
    const name = path.length === 0 ? 'the config' : `"${printPath(path)}"`;
    if (content.type !== 'object') {
      problems.push({
        at: node.start,
        message: `${name} must hold keys with their values, but is ${describe(toJson(node))}`,
      });
      return;
    }
    for (const [key, schema] of Object.entries(keys)) {
      if (schema.required && !content.entries.has(key)) {
        problems.push({
          at: node.keyStart ?? node.start,
          message: `"${printPath([...path, key])}" is missing: ${schema.description}`,
        });
      }
    }
    for (const [key, value] of content.entries) {
      const schema = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (schema !== undefined) check(value, schema, [...path, key]);
      else {
        const near = suggestion(key, Object.keys(keys));
        const known = near === '' ? `; known are ${Object.keys(keys).join(', ')}` : '';
        problems.push({
          at: value.keyStart ?? value.start,
          message: `unknown key "${printPath([...path, key])}"${near}${known}`,
        });
      }
    }
  };
  check(root, schema, []);
  return problems;
}
