import { configSchema, type KeySchema } from './schema';

/** Go's duration, without the units that no deployment needs. */
export const durationPattern = '^([0-9]+(\\.[0-9]+)?(h|m|s|ms))+$';

/** The JSON Schema (draft 7) of slipway.yml for editors; values may always be templates. */
export function configJsonSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'slipway.yml',
    ...convert(configSchema),
  };
}

function convert(schema: KeySchema): object {
  const { description, type, choices, values } = schema;
  const common = { description, ...(schema.default === undefined ? {} : { default: schema.default }) };
  switch (type) {
    case 'string':
      return { ...common, type: 'string', ...(choices === undefined ? {} : { enum: choices }) };
    case 'duration':
      return { ...common, type: 'string', anyOf: [{ pattern: durationPattern }, { pattern: '\\{\\{' }] };
    case 'object':
      return { ...common, ...object(schema) };
    case 'map': {
      const text = { type: ['string', 'number', 'boolean'] };
      return { ...common, type: 'object', additionalProperties: values === 'text' ? text : object(schema) };
    }
    case 'list':
      return { ...common, type: 'array', items: object(schema) };
  }
}

function object({ keys = {} }: KeySchema): object {
  const required = Object.keys(keys).filter((key) => keys[key]?.required);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(keys).map(([key, schema]) => [key, convert(schema)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
