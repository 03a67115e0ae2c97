import { join } from 'node:path';
import { table } from './markdown';
import { readSettingsTypes, type Option, type OptionType, type Settings } from './settings-types';

const FILE = join(__dirname, '../../infra/settings/settings.ts');

/** Where each object of settings stands, from the two that an environment file or the project file exports. */
const roots = {
  ProjectSettings: 'The project: `environments/project.ts`',
  EnvironmentSettings: 'An environment: `environments/NAME.ts`',
} as const;

const costs = [
  ['free', 'nothing'],
  ['low', 'up to $5'],
  ['medium', 'up to $40'],
  ['high', 'more'],
] as const;

export const settingsTypes = (): Settings[] => readSettingsTypes(FILE);

/** infra/docs/settings.md: every option, from the doc comments of the settings. */
export function settingsPage(): string {
  const all = new Map(settingsTypes().map((one) => [one.name, one]));
  const lines = [
    '# Settings',
    '',
    'This page is generated from [`settings/settings.ts`](../settings/settings.ts) ("npm run generate"). What is not set has the default; where presets differ, it is said which. A value that is wrong, and an option that is not here, end `cdktf synth` with what would be right.',
    '',
    'Cost classes are for one of its kind, a month, in one environment, before traffic:',
    '',
    table(['class', 'a month'], costs),
  ];
  for (const [name, title] of Object.entries(roots)) section(all, lines, name, title, '');
  return `${lines.join('\n')}\n`;
}

/** infra/settings/options.json: the same as data, with which settings are checked before anything is built. */
export function settingsOptions(): string {
  const inline = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const members = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${inline(one)}`);
    return `{ ${members.join(', ')} }`;
  };
  const blocks = settingsTypes().map((one) => {
    const options = one.options.map(
      ({ name, required, type }) =>
        `    ${JSON.stringify(name)}: ${inline({ type, ...(required ? { required } : {}) })}`,
    );
    return `  ${JSON.stringify(one.name)}: {\n${options.join(',\n')}\n  }`;
  });
  return `{\n${blocks.join(',\n')}\n}\n`;
}

/** Adds what one object of settings has, then what stands below it. */
function section(
  all: ReadonlyMap<string, Settings>,
  lines: string[],
  name: string,
  title: string,
  path: string,
): void {
  const settings = all.get(name);
  if (settings === undefined) throw new Error(`settings.ts has no interface ${name}`);
  lines.push('', `${path === '' ? '##' : '###'} ${title}`, '', settings.description, '');
  const inner: [string, string][] = [];
  for (const option of settings.options) {
    lines.push(
      `- \`${option.name}\` (${facts(option)})${option.description === '' ? '' : `: ${option.description}`}`,
    );
    const below = settingsIn(option.type);
    if (below !== undefined) inner.push([below, `${path}${option.name}${isList(option.type) ? '[]' : ''}`]);
  }
  for (const [below, at] of inner) section(all, lines, below, `\`${at}\``, `${at}.`);
}

function facts({ type, required, default: value, unit, cost }: Option): string {
  return [
    unit === undefined ? typeText(type) : `${typeText(type)}, ${unit}`,
    ...(required ? ['required'] : value === undefined ? [] : [`default ${value}`]),
    ...(cost === undefined ? [] : [`cost ${cost}`]),
  ].join('; ');
}

function typeText(type: OptionType): string {
  if (typeof type === 'string') return { string: 'text', number: 'number', boolean: 'true or false' }[type];
  if ('oneOf' in type) return type.oneOf.map((word) => `\`${word}\``).join(', ');
  if ('settings' in type) return type.orList ? 'options, below, or a list of them' : 'options, below';
  if (typeof type.list === 'object' && 'settings' in type.list) return 'list of options, below';
  return `list of ${typeText(type.list) === 'number' ? 'numbers' : 'texts'}`;
}

function settingsIn(type: OptionType): string | undefined {
  if (typeof type === 'string' || 'oneOf' in type) return undefined;
  return 'settings' in type ? type.settings : settingsIn(type.list);
}

function isList(type: OptionType): boolean {
  return typeof type === 'object' && 'list' in type;
}
