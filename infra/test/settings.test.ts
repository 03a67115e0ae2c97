import * as fc from 'fast-check';
import { names, shorten } from '../names';
import { arns, partitionOf, registryHost } from '../arns';
import { SettingsError } from '../settings/problems';
import { formatCidr, parseCidr, subnetCidr, TIERS, ZONE_LETTERS } from '../settings/cidr';
import { resolvePlatform } from '../settings/resolve';
import type { EnvironmentSettings, ProjectSettings, ServiceSettings } from '../settings/settings';
import { githubRepositoryOf, readVariables } from '../settings/variables';

const nothing = readVariables({}, () => undefined);

function problems(
  environment: Partial<EnvironmentSettings>,
  project: Partial<ProjectSettings> = {},
): string[] {
  const settings = {
    project: { name: 'slipway', ...project },
    environments: [{ name: 'staging', services: [{ name: 'web' }], ...environment }],
  };
  try {
    resolvePlatform(settings, nothing);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return [...error.problems];
    throw error;
  }
}
const ofService = (service: Partial<ServiceSettings>) =>
  problems({ services: [{ name: 'web', ...service }] });

test('settings that say nothing are right', () => {
  expect(problems({})).toEqual([]);
});

test.each<[string, string[], RegExp]>([
  [
    'an account with a digit too few',
    problems({}, { account: '12345678901' }),
    /^project: account is "12345678901"; .*twelve digits/,
  ],
  [
    'a region that is a zone',
    problems({ region: 'eu-west-1a' }),
    /staging: region is "eu-west-1a"; a region such as/,
  ],
  ['a name in capitals', problems({}, { name: 'Shop' }), /^project: name is "Shop"/],
  [
    'a bucket with its scheme',
    problems({ stateBucket: 's3://state' }),
    /staging: stateBucket is "s3:\/\/state"; .*without s3:\/\//,
  ],
  [
    'a CIDR that is none',
    problems({ network: { cidr: '10.0.0.0' } }),
    /cidr is "10.0.0.0"; a network such as/,
  ],
  [
    'a CIDR with bits behind its prefix',
    problems({ network: { cidr: '10.0.0.1/16' } }),
    /cidr is "10.0.0.1\/16"/,
  ],
  [
    'a CIDR that is too small',
    problems({ network: { cidr: '10.0.0.0/22' } }),
    /room for 4 subnets of \/24, and 16 are kept .*take \/26/,
  ],
  ['one zone', problems({ network: { zones: ['a'] } }), /zones is \["a"\]; a load balancer needs two/],
  [
    'a zone with its region',
    problems({ network: { zones: ['a', 'us-east-1b'] } }),
    /zones is "us-east-1b"; the letter/,
  ],
  ['a zone twice', problems({ network: { zones: ['a', 'a'] } }), /zones is "a"; each may stand there once/],
  [
    'private tasks that reach nothing',
    problems({ network: { nat: 'none' } }),
    /nat is "none"; private tasks reach ECR/,
  ],
  [
    'a retention that CloudWatch has not',
    problems({ observability: { logRetentionDays: 31 } }),
    /logRetentionDays is 31; .*30, 60/,
  ],
  [
    'a test listener for the world',
    problems({ ingress: { testSources: ['0.0.0.0/0'] } }),
    /name your own networks/,
  ],
  ['no service', problems({ services: [] }), /services is \[\]; an environment carries at least one/],
  [
    'a service twice',
    problems({ services: [{ name: 'web' }, { name: 'web' }] }),
    /services.name is "web"; each/,
  ],
  [
    'a priority twice',
    problems({ services: [{ name: 'web' }, { name: 'api', hosts: ['api.example.com'], priority: 20_100 }] }),
    /services.priority is 20100/,
  ],
  ['a name with an underscore', ofService({ name: 'web_api' }), /services.name is "web_api"/],
  [
    'a name too long for its roles',
    ofService({ name: 'a'.repeat(50) }),
    /its role slipway-staging-a+-execution has 76 characters/,
  ],
  ['a port that is none', ofService({ port: 0 }), /services.web.port is 0/],
  [
    'a path without a slash',
    ofService({ healthCheck: { path: 'health' } }),
    /services.web.healthCheck.path is "health"/,
  ],
  [
    'a timeout as long as the interval',
    ofService({ healthCheck: { timeout: 5 } }),
    /timeout is 5; .*below the interval of 5/,
  ],
  [
    'an owner with its host',
    problems({}, { github: { owner: 'github.com/octo', repository: 'shop' } }),
    /github.owner is "github.com\/octo"/,
  ],
  [
    'an app of a service that is not there',
    problems({}, { github: { owner: 'octo', apps: [{ repository: 'api', services: ['api'] }] } }),
    /github.apps.services is "api"; one of web/,
  ],
  [
    'an app without an owner',
    problems({}, { github: { apps: [{ repository: 'web', services: ['web'] }] } }),
    /github.apps.owner is ""/,
  ],
  [
    'a service that two repositories ship',
    problems(
      {},
      {
        github: {
          owner: 'octo',
          apps: [
            { repository: 'one', services: ['web'] },
            { repository: 'two', services: ['web'] },
          ],
        },
      },
    ),
    /github.apps.services is "web"; each may stand there once/,
  ],
  [
    'a service whose requests another one has first',
    problems({ services: [{ name: 'web' }, { name: 'api' }] }),
    /services.api.paths is \["\/\*"\]; web \(priority 20100\) has all of these first: give api hosts/,
  ],
  [
    'a path below that of another service, behind it',
    problems({
      services: [
        { name: 'api', paths: ['/api/*'] },
        { name: 'users', paths: ['/api/users/*'] },
      ],
    }),
    /services.users.paths .*; api \(priority 100\) has all of these first/,
  ],
  [
    'an option that there is not',
    problems({ netwrok: { nat: 'none' } } as Partial<EnvironmentSettings>),
    /staging: netwrok is {"nat":"none"}; there is no such option \(did you mean "network"\?\)/,
  ],
  [
    'a word that no option takes',
    problems({ network: { nat: 'one' as 'single' } }),
    /network.nat is "one"; one of none, single, per-az/,
  ],
  [
    'a number in quotes',
    ofService({ port: '3000' as unknown as number }),
    /services.web.port is "3000"; a number/,
  ],
  [
    'one zone without its list',
    problems({ network: { zones: 'a' as unknown as string[] } }),
    /network.zones is "a"; a list: \[a text, ...\]/,
  ],
  [
    'services that are missing',
    problems({ services: undefined as unknown as [] }),
    /services is missing; it is needed: a list/,
  ],
  [
    'an address without a host',
    problems({ observability: { emails: ['ops'] } }),
    /emails is "ops"; an address/,
  ],
  [
    'tasks that ECR of another region cannot reach',
    problems({ preset: 'isolated', region: 'eu-west-1' }),
    /region is "eu-west-1"; images are in ap-northeast-1, .*take network.nat: "single"/,
  ],
  [
    'tasks of an account that may not pull',
    problems({ account: '222222222222' }, { account: '111111111111' }),
    /account is "222222222222"; .*add it to registry.pullAccounts/,
  ],
  [
    'a name that AWS keeps for itself',
    problems({ cluster: { capacity: 'ec2' } }, { name: 'ecsshop' }),
    /cluster.capacity is "ec2"; .*begin with aws, ecs and fargate/,
  ],
])('%s is refused, with its value and what would be right', (_, found, expected) => {
  expect(found).toEqual([expect.stringMatching(expected)]);
});

test('all problems are told at once', () => {
  expect(
    problems({ network: { zones: ['a'], cidr: 'x' }, services: [{ name: 'web', port: -1 }] }),
  ).toHaveLength(3);
});

test('problems of types and of values are told together, each once', () => {
  const found = problems({
    preset: 'tiny' as 'small',
    network: { zones: ['a'], nat: 'one' as 'none' },
    observability: { emails: ['ops', 5 as unknown as string] },
  });
  expect(found.map((problem) => problem.slice(0, problem.indexOf(' is ')))).toEqual([
    'staging: preset',
    'staging: network.nat',
    'staging: observability.emails[1]',
    'staging: network.zones',
    'staging: observability.emails',
  ]);
});

describe('networks of two environments', () => {
  const both = (staging: string | undefined, production: string | undefined): readonly string[] => {
    const environment = (name: string, cidr: string | undefined): EnvironmentSettings => ({
      name,
      ...(cidr === undefined ? {} : { network: { cidr } }),
      services: [{ name: 'web' }],
    });
    try {
      const environments = [environment('staging', staging), environment('production', production)];
      resolvePlatform({ project: { name: 'slipway' }, environments }, nothing);
      return [];
    } catch (error) {
      return (error as SettingsError).problems;
    }
  };

  test.each([
    ['both left to the default', undefined, undefined],
    ['beside each other', '10.0.0.0/16', '10.1.0.0/16'],
    ['beside the default', undefined, '10.1.0.0/16'],
  ])('may be %s', (_, staging, production) => expect(both(staging, production)).toEqual([]));

  test.each([
    [
      'the same',
      '10.0.0.0/16',
      '10.0.0.0/16',
      'production: network.cidr is "10.0.0.0/16"; it overlaps 10.0.0.0/16 of staging',
    ],
    [
      'a part of the other',
      '10.4.0.0/16',
      '10.4.64.0/18',
      'it overlaps 10.4.0.0/16 of staging: take another',
    ],
    [
      'over the default',
      '10.0.0.0/17',
      undefined,
      'staging: network.cidr is "10.0.0.0/17"; it overlaps 10.0.0.0/16 of production',
    ],
  ])('may not be %s', (_, staging, production, message) =>
    expect(both(staging, production)).toEqual([expect.stringContaining(message)]),
  );
});

test('settings win over variables, and variables over settings in a rehearsal', () => {
  const home = (env: Record<string, string>, project: Partial<ProjectSettings>) => {
    const settings = { project: { name: 'slipway', ...project }, environments: [] };
    return resolvePlatform(
      settings,
      readVariables(env, () => undefined),
    ).project;
  };
  const env = { AWS_ACCOUNT_ID: '111111111111', AWS_REGION: 'eu-west-1', SLIPWAY_STATE_BUCKET: 'theirs' };
  const own = { account: '222222222222', region: 'us-east-1', stateBucket: 'ours' };
  expect(home(env, own)).toMatchObject(own);
  expect(home(env, {})).toMatchObject({
    account: '111111111111',
    region: 'eu-west-1',
    stateBucket: 'theirs',
  });
  expect(home({ ...env, SLIPWAY_REHEARSAL: '1' }, own)).toMatchObject({
    account: '111111111111',
    region: 'eu-west-1',
    stateBucket: 'theirs',
  });
  expect(home({ SLIPWAY_REHEARSAL: '1' }, own)).toMatchObject({ stateBucket: undefined });
  expect(home({}, {})).toMatchObject({
    account: undefined,
    region: 'ap-northeast-1',
    stateBucket: undefined,
  });
});

test.each([
  ['https://github.com/octo/shop.git', 'octo/shop'],
  ['git@github.com:octo/shop.git\n', 'octo/shop'],
  ['ssh://git@github.com/octo/shop.web', 'octo/shop.web'],
  ['https://gitlab.com/octo/shop', undefined],
  [undefined, undefined],
])('the remote %s is the repository %s', (remote, repository) => {
  expect(githubRepositoryOf(remote)).toBe(repository);
});

test('a rehearsal does not look at the checkout it runs in', () => {
  const origin = () => 'https://github.com/octo/shop';
  expect(readVariables({}, origin).repository).toBe('octo/shop');
  expect(readVariables({ SLIPWAY_REHEARSAL: '1' }, origin).repository).toBeUndefined();
});

test('subnets never overlap, and stay in their VPC', () => {
  const vpc = fc.record({ second: fc.nat(255), prefix: fc.integer({ min: 16, max: 20 }) });
  fc.assert(
    fc.property(vpc, fc.integer({ min: 5, max: 8 }), ({ second, prefix }, more) => {
      const cidr = `10.${second}.0.0/${prefix}`;
      const all = TIERS.flatMap((tier) =>
        ZONE_LETTERS.map((zone) => parseCidr(subnetCidr(cidr, prefix + more, tier, zone))),
      );
      const bases = all.map((one) => one?.base ?? 0).sort((one, other) => one - other);
      const size = 2 ** (32 - prefix - more);
      expect(bases.every((base, index) => index === 0 || base - (bases[index - 1] ?? 0) >= size)).toBe(true);
      expect((bases.at(-1) ?? 0) + size).toBeLessThanOrEqual(
        (parseCidr(cidr)?.base ?? 0) + 2 ** (32 - prefix),
      );
    }),
  );
});

test('a CIDR reads as it is written', () => {
  for (const text of ['10.0.0.0/16', '192.168.10.64/26', '0.0.0.0/0']) {
    const parsed = parseCidr(text);
    expect(parsed && formatCidr(parsed)).toBe(text);
  }
  for (const text of ['10.0.0.0/33', '10.0.300.0/24', '10.0.0.0/8x']) expect(parseCidr(text)).toBeUndefined();
});

test('names that are too long for a load balancer are cut, and stay apart', () => {
  const long = names('slipway').targetGroup('production', 'recommendations', 'blue');
  expect(long).toHaveLength(32);
  expect(long).toMatch(/^slipway-production-recomm.*-[0-9a-f]{6}$/);
  expect(names('slipway').targetGroup('production', 'recommendations', 'green')).not.toBe(long);
  expect(shorten('slipway-staging-web-blue')).toBe('slipway-staging-web-blue');
});

test('ARNs know their partition', () => {
  expect(['eu-west-1', 'cn-north-1', 'us-gov-west-1'].map(partitionOf)).toEqual([
    'aws',
    'aws-cn',
    'aws-us-gov',
  ]);
  const place = { account: '123456789012', region: 'cn-north-1' };
  expect(arns(place).cluster('shop-staging')).toBe(
    'arn:aws-cn:ecs:cn-north-1:123456789012:cluster/shop-staging',
  );
  expect(registryHost(place)).toBe('123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn');
});
