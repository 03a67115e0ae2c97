import { securityExceptions, type SecurityException } from '../security-exceptions';
import type { Environment } from '../settings/platform';
import { resolvePlatform } from '../settings/resolve';
import type { EnvironmentSettings, ProjectSettings } from '../settings/settings';
import { production } from '../environments/production';
import { project } from '../environments/project';
import { staging } from '../environments/staging';
import { everything } from './everything';
import { rules } from './security/rules';
import { Stack } from './security/rule';
import { wrong } from './security/wrong';
import { synthesiseFrom, variables } from './synth';

/** What is open beside all options: a domain without CloudFront, CloudFront without a domain. */
const more: readonly EnvironmentSettings[] = [
  {
    name: 'redirect',
    ingress: { domain: 'example.com', certificateArn: certificate() },
    services: [{ name: 'web' }],
  },
  { name: 'cdn', ingress: { cloudFront: true }, services: [{ name: 'web' }] },
];

interface Tested {
  /** `staging of the project`. */
  name: string;
  stack: Stack;
  environment: Environment | undefined;
  accepts: (exception: SecurityException, address: string) => boolean;
}

const tested: readonly Tested[] = [
  ...stacksOf('the project', { project, environments: [staging, production] }),
  ...stacksOf('all options', everything),
  ...stacksOf('more', { project: { name: 'slipway' }, environments: more }),
];

test.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const own = securityExceptions.filter((exception) => exception.rule === id);
  const broken = tested.flatMap(({ name, stack, accepts }) =>
    rule
      .broken(stack)
      .filter((address) => !own.some((exception) => accepts(exception, address)))
      .map((address) => `${name}: ${address} (${rule.says}; ${rule.checks})`),
  );
  expect(broken).toEqual([]);
});

test('every exception still occurs', () => {
  const gone = securityExceptions.filter((exception) => {
    const rule = rules.find(({ id }) => id === exception.rule);
    return !tested.some(({ stack, accepts }) =>
      rule?.broken(stack).some((address) => accepts(exception, address)),
    );
  });
  expect(gone.map(({ rule, at }) => `${rule} at ${at.source}`)).toEqual([]);
});

describe('a rule finds what is wrong', () => {
  test('each has an id of its own', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
    const candidates = wrong[id] === undefined ? empty() : [wrong[id]];
    const found = candidates.filter((resource) => rule.broken(new Stack({ ...bare, resource })).length > 0);
    expect(found).not.toEqual([]);
  });
});

const bare = { terraform: { backend: {} }, provider: { aws: [] } };

/** For rules that ask for something: a resource of each type, that says nothing. */
function empty(): Record<string, Record<string, Record<string, unknown>>>[] {
  const types = new Set(tested.flatMap(({ stack }) => stack.all.map(({ type }) => type)));
  return [...types].map((type) => ({ [type]: { it: {} } }));
}

function stacksOf(
  origin: string,
  settings: { project: ProjectSettings; environments: readonly EnvironmentSettings[] },
): Tested[] {
  const platform = resolvePlatform(settings, variables);
  const documents = synthesiseFrom(settings);
  return ['state', 'foundation', ...settings.environments.map(({ name }) => name)].map((name) => {
    const environment = platform.environments.find((one) => one.name === name);
    return {
      name: `${name} of ${origin}`,
      stack: new Stack(documents(name)),
      environment,
      accepts: ({ at, when }, address) =>
        at.test(address) && (when === undefined || when.holds(environment, platform.project)),
    };
  });
}

function certificate(): string {
  return 'arn:aws:acm:ap-northeast-1:123456789012:certificate/0f2b4c1e-0000-4000-8000-000000000000';
}
