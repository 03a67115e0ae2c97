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
    problems({ services: [{ name: 'web' }, { name: 'api', priority: 100 }] }),
    /services.priority is 100/,
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
])('%s is refused, with its value and what would be right', (_, found, expected) => {
  expect(found).toEqual([expect.stringMatching(expected)]);
});

test('all problems are told at once', () => {
  expect(
    problems({ network: { zones: ['a'], cidr: 'x' }, services: [{ name: 'web', port: -1 }] }),
  ).toHaveLength(3);
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
  });
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
