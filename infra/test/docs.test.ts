import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as ts from 'typescript';
import { settingsOptions, settingsPage, settingsTypes } from '../../scripts/pages/settings';
import type { Option } from '../../scripts/pages/settings-types';
import { production } from '../environments/production';
import { SettingsError } from '../settings/problems';
import { resolvePlatform } from '../settings/resolve';
import type { EnvironmentSettings, ProjectSettings } from '../settings/settings';
import golden from './addresses.json';
import { resources, synthesiseFrom, variables } from './synth';

const infra = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(infra, path), 'utf8').replaceAll('\r\n', '\n');
const pages = ['README.md', ...readdirSync(join(infra, 'docs')).map((name) => `docs/${name}`)];
const readme = read('README.md');
const options = settingsTypes().flatMap((settings) =>
  settings.options.map((option): [string, Option] => [`${settings.name}.${option.name}`, option]),
);

const known = new Set(options.map(([, { name }]) => name));

test.each([
  ['docs/settings.md', settingsPage],
  ['settings/options.json', settingsOptions],
])('%s is what npm run generate writes', (path, write) => expect(read(path)).toBe(write()));

describe('every option', () => {
  const lacking = (lacks: (option: Option) => boolean) =>
    options.filter(([, option]) => lacks(option)).map(([name]) => name);
  const isList = ({ type }: Option, of: string) =>
    typeof type === 'object' && 'list' in type && type.list === of;
  const isSwitch = ({ type }: Option) => type === 'boolean' || (typeof type === 'object' && 'oneOf' in type);

  test('says what it is', () => {
    expect(options.length).toBeGreaterThan(80);
    expect(lacking(({ description }) => description === '')).toEqual([]);
  });

  test('says what it is without being set, unless it must be', () => {
    expect(lacking((option) => (option.default === undefined) !== option.required)).toEqual([]);
  });

  test('that is a number says its unit', () => {
    const isNumber = (option: Option) => option.type === 'number' || isList(option, 'number');
    expect(lacking((option) => isNumber(option) && option.unit === undefined)).toEqual([]);
  });

  test('that is a choice says its cost, by a class that is told on the page', () => {
    expect(lacking((option) => isSwitch(option) && option.cost === undefined)).toEqual([]);
    const classes = ['free', 'low', 'medium', 'high'];
    expect(lacking(({ cost = 'free' }) => !classes.includes(cost))).toEqual([]);
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('leads to pages that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)];
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(infra, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor.slice(1));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('names options that there are', () => {
    const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
    const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
    const named = spans.flatMap((span) => {
      const keys = /^[a-z]\w*: /.test(span) ? [...span.matchAll(/(\w+):/g)].map(([, key = '']) => key) : [];
      if (/^[a-z]+[A-Z]\w*$/.test(span)) return [span];
      const [first = '', ...rest] = /^\w+(\.\w+)+$/.test(span) ? span.split('.') : [];
      return known.has(first) ? rest : keys;
    });
    expect(named.filter((name) => !known.has(name) && !notOptions.has(name))).toEqual([]);
  });

  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
    .map(([, block = '']) => block)
    .filter((block) => block.includes('export const'));
  if (blocks.length > 0)
    test.each(blocks.map((block, index) => [index + 1, block] as const))(
      'block %i has settings that can be built',
      (_, block) => {
        const { project = { name: 'shop' }, ...environments } = evaluate(block);
        const all = Object.values(environments) as EnvironmentSettings[];
        expect(all.length + ('project' in evaluate(block) ? 1 : 0)).toBeGreaterThan(0);
        const carried = all.length > 0 ? all : [{ name: 'staging', services: [{ name: 'web' }] }];
        const stack = synthesiseFrom({ project: project as ProjectSettings, environments: carried });
        for (const { name } of carried) expect(stack(name).resource).toHaveProperty('aws_ecs_cluster');
      },
    );
});

/** Of ECS and of tutorials: they look like options. */
const notOptions = new Set([
  'capacityProviderStrategy',
  'deploymentConfiguration',
  'ecsTaskExecutionRole',
  'service',
]);

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}

/** What a block exports. */
function evaluate(block: string): Record<string, unknown> {
  const { outputText } = ts.transpileModule(block, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const exported: Record<string, unknown> = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function('exports', outputText)(exported);
  return exported;
}

test('wrong settings are told as the README shows', () => {
  const wrong = {
    name: 'staging',
    netwrok: { nat: 'none' },
    network: { zones: ['a'] },
    services: [{ name: 'web', healthCheck: { timeout: 5 } }],
  };
  const build = () => resolvePlatform({ project: { name: 'shop' }, environments: [wrong] }, variables);
  expect(build).toThrow(SettingsError);
  const shown = /^```text\n(the settings have [\s\S]*?)\n```$/m.exec(readme)?.[1];
  expect(build).toThrow(shown);
});

test('the address that the README imports is in state', () => {
  const [, address] = /import (\S+) BUCKET/.exec(readme) ?? [];
  expect(golden.main.state).toContain(address);
});

test('what the README says each preset costs is what it makes', () => {
  const services = [{ name: 'web' }];
  const environments: EnvironmentSettings[] = [
    ...(['small', 'standard', 'isolated'] as const).map((preset) => ({ name: preset, preset, services })),
    production,
  ];
  const stack = synthesiseFrom({ environments });
  const columns = environments.map(({ name }) => monthly(stack(name)));
  const table = readme.slice(readme.indexOf('| in dollars a month'));
  const rows = table
    .slice(0, table.indexOf('\n\n'))
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(2, -1)
        .map((cell) => cell.replaceAll('*', '').trim()),
    );
  const dollars = (amounts: number[]) => amounts.map((amount) => String(Math.round(amount)));
  const lines = columns[0]?.map((_, line) => columns.map((column) => column[line] ?? 0)) ?? [];
  const together = columns.map((column) => column.reduce((sum, amount) => sum + amount, 0));
  expect(rows).toEqual([...lines, together].map(dollars));
});

const HOURS = 730;
const ADDRESS = 0.005 * HOURS;
const TASKS = 2;

/** List prices of us-east-1, in the order of the README's rows. */
function monthly(document: ReturnType<ReturnType<typeof synthesiseFrom>>): number[] {
  const of = (type: string) => Object.values(resources(document, type));
  const subnets = (list: Record<string, unknown>[], member: string) =>
    list.reduce((sum, one) => sum + (one[member] as unknown[]).length, 0);
  const interfaces = of('aws_vpc_endpoint').filter((one) => one.vpc_endpoint_type === 'Interface');
  const rules = of('aws_wafv2_web_acl').flatMap(({ rule }) => rule as unknown[]);
  const metrics = of('aws_cloudwatch_metric_alarm').map(({ metric_query: queries }) =>
    Array.isArray(queries) ? queries.filter((one: object) => 'metric' in one).length : 1,
  );
  const [load] = of('aws_lb');
  const isPublic = document.output?.assign_public_ip?.value === 'ENABLED';
  return [
    of('aws_nat_gateway').length * 0.045 * HOURS + of('aws_eip').length * ADDRESS,
    subnets(interfaces, 'subnet_ids') * 0.01 * HOURS,
    0.0225 * HOURS + subnets(load ? [load] : [], 'subnets') * ADDRESS,
    of('aws_kms_key').length + of('aws_wafv2_web_acl').length * 5 + rules.length,
    metrics.reduce((sum, count) => sum + count, 0) * 0.1,
    5 * 0.1,
    TASKS * (0.5 * 0.04048 + 0.004445) * HOURS,
    isPublic ? TASKS * ADDRESS : 0,
  ];
}
