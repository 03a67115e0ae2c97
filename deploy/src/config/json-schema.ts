import { configSchema, type KeySchema } from './schema';

/** Go's duration. */
const durationPattern = '^([0-9]+(\\.[0-9]*)?(h|m|s|ms|us|ns))+$';
const template = '\\{\\{';

/** The JSON Schema (draft 7) of slipway.yml for editors; values may always be templates. */
export function configJsonSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'slipway.yml',
    ...convert(configSchema),
  };
}

function convert(schema: KeySchema): object {
  const { description, type, choices, values, least } = schema;
  const common = { description, ...(schema.default === undefined ? {} : { default: schema.default }) };
  const orTemplate = { type: 'string', pattern: template };
  switch (type) {
    case 'string':
      return { ...common, type: 'string', ...(choices === undefined ? {} : { enum: choices }) };
    case 'number':
      return {
        ...common,
        anyOf: [{ type: 'number', ...(least === undefined ? {} : { minimum: least }) }, orTemplate],
      };
    case 'boolean':
      return { ...common, anyOf: [{ type: 'boolean' }, orTemplate] };
    case 'duration':
      return { ...common, type: 'string', anyOf: [{ pattern: durationPattern }, { pattern: template }] };
    case 'json':
      return common;
    case 'object':
      return { ...common, ...object(schema) };
    case 'map': {
      const text = { type: ['string', 'number', 'boolean'] };
      return { ...common, type: 'object', additionalProperties: values === 'text' ? text : object(schema) };
    }
    case 'list':
      return { ...common, type: 'array', items: values === 'text' ? { type: 'string' } : object(schema) };
  }
}

function object({ keys = {}, either }: KeySchema): object {
  const required = Object.keys(keys).filter((key) => keys[key]?.required);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(keys).map(([key, schema]) => [key, convert(schema)])),
    ...(required.length === 0 ? {} : { required }),
    ...(either === undefined ? {} : { anyOf: either.map((keys) => ({ required: keys })) }),
    additionalProperties: false,
  };
}
