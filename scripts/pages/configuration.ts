import { configSchema, type KeySchema } from '../../deploy/src/config/schema';
import { prose } from './markdown';

/** docs/configuration.md: every key of slipway.yml, from the schema that checks it. */
export function configurationPage(): string {
  const lines = [
    '# The keys of slipway.yml',
    '',
    'This page is generated from the schema that checks the file ("npm run generate"). `deploy/schema/slipway.json` is the same for editors.',
    '',
    'The file is sought as `slipway.yml`, `.yaml`, `.json` or `.jsonnet`, then as `ecspresso.yml`, `.yaml`, `.json` or `.jsonnet`: in the working directory, the directories above it, then in `app/`; `--config` names another. It is a template as a whole, before it is parsed: every value may be `{{ ... }}`. A key that is not listed here is an error, but for keys on top that start with `x-`.',
    '',
    'Durations are written as Go writes them: `90s`, `15m`, `1h30m`.',
  ];
  section(lines, 'On top', configSchema);
  return `${lines.join('\n')}\n`;
}

function section(lines: string[], title: string, schema: KeySchema): void {
  const { keys = {}, either = [] } = schema;
  lines.push('', `## ${title}`, '');
  const inner: [string, KeySchema][] = [];
  for (const [key, one] of Object.entries(keys)) {
    const needed = one.required
      ? 'required'
      : either[0]?.includes(key)
        ? 'required, or `services`'
        : defaultOf(one);
    const facts = [valueOf(one), ...(needed === '' ? [] : [needed])].join('; ');
    lines.push(`- \`${key}\` (${facts}): ${prose(one.description)}`);
    if (one.keys !== undefined) inner.push([key, one]);
  }
  const path = title === 'On top' ? '' : title.replaceAll('`', '');
  for (const [key, one] of inner) {
    // A service among several has the keys that stand on top where it is the only one.
    if (path.startsWith('services') && Object.hasOwn(configSchema.keys ?? {}, key)) continue;
    const suffix = one.type === 'list' ? '[]' : one.type === 'map' ? '.NAME' : '';
    section(lines, `\`${path === '' ? '' : `${path}.`}${key}${suffix}\``, one);
  }
}

function defaultOf({ default: value }: KeySchema): string {
  return value === undefined ? '' : `default \`${value}\``;
}

function valueOf({ type, choices, values, least }: KeySchema): string {
  if (choices !== undefined) return choices.map((one) => `\`${one}\``).join(', ');
  const texts = values === 'text';
  switch (type) {
    case 'string':
      return 'text';
    case 'number':
      return least === undefined ? 'number' : `number, ${least} or more`;
    case 'boolean':
      return 'true or false';
    case 'duration':
      return 'duration';
    case 'object':
      return 'keys, below';
    case 'map':
      return texts ? 'names with texts' : 'names with keys, below';
    case 'list':
      return texts ? 'list of texts' : 'list of keys, below';
    case 'json':
      return 'anything';
  }
}
