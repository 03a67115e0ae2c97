import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { config, project, taskDefinition } from '../project';

const contract = {
  version: 1,
  hash: '0123456789abcdef',
  environment: {
    cluster_name: { type: 'string' },
    private_subnet_ids: { type: 'list(string)' },
    assign_public_ip: { type: 'string' },
  },
  service: {
    target_group_arn: { type: 'string' },
    container_port: { type: 'number' },
    service_url: { type: 'string' },
  },
};

const yml = `service: web
cluster: "{{ output \`cluster_name\` }}"
task_definition: ecs/td.json
service_definition: ecs/sd.json
environments:
  staging: { outputs: "ssm:///slipway/staging", env: { LOG_LEVEL: debug } }
  production: { outputs: "ssm:///slipway/production" }
`;

const td = {
  family: 'web',
  cpu: '{{ must_env `CPU` }}',
  taskRoleArn: '{{ tfstate `aws_iam_role.task.arn` }}',
  containerDefinitions: [
    {
      name: 'web',
      image: '{{ must_env `IMAGE` }}',
      environment: [
        { name: 'URL', value: '{{ output `services.api.service_url` }}' },
        { name: 'PORT', value: '{{ output `container_port` }}' },
        { name: 'LOG_LEVEL', value: '{{ env `LOG_LEVEL` `info` }}' },
      ],
      secrets: [{ name: 'S', valueFrom: '{{ secretsmanager_arn `s` }}' }],
      stopTimeout: 30,
    },
  ],
};

const sd = (
  subnets: unknown = '{{ output `private_subnet_ids` }}',
  port: unknown = '{{ output `container_port` }}',
) => ({
  networkConfiguration: {
    awsvpcConfiguration: { subnets, assignPublicIp: '{{ output `assign_public_ip` }}' },
  },
  loadBalancers: [{ containerPort: port, targetGroupArn: '{{ output `target_group_arn` }}' }],
});

const files = (more: Record<string, string | object> = {}) =>
  project({
    'slipway.yml': yml,
    'ecs/contract.json': contract,
    'ecs/td.json': td,
    'ecs/sd.json': sd(),
    ...more,
  });

test('passes with no credentials, no variables and nothing to reach', async () => {
  const { code, stdout, stderr } = await files().run(['check'], {
    AWS_REGION: '',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    '3 files fit for staging, production; they use 6 outputs of the contract',
  );
});

test('with --json says what the app relies on', async () => {
  const { code, stdout } = await files().run(['check', 'staging', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    type: 'result',
    kind: 'check',
    exitCode: 0,
    environments: ['staging'],
    files: ['slipway.yml', 'ecs/td.json', 'ecs/sd.json'],
    outputs: [
      'assign_public_ip',
      'cluster_name',
      'container_port',
      'private_subnet_ids',
      'services.api.service_url',
      'target_group_arn',
    ],
  });
});

test('an output that the contract does not promise, in a branch that is not taken too', async () => {
  const made = files({
    'ecs/sd.json':
      '{{ if env `NOPE` `` }}{{ output `nothing_like_it` }}{{ end }}\n{ "role": "{{ output `target_group_arm` }}" }\n',
  });
  const { code, stderr } = await made.run(['check']);
  expect(code).toBe(11);
  expect(stderr).toContain('ecs/sd.json:1:26: there is no output "nothing_like_it"\n');
  expect(stderr).toContain(
    'ecs/sd.json:2:15: there is no output "target_group_arm" (did you mean "target_group_arn"?) [OUTPUT_UNKNOWN]',
  );
});

test.each([
  [
    'a list where a text is wanted',
    ['{{ output `private_subnet_ids` }}'],
    undefined,
    'subnets[0]: must be a string, but output "private_subnet_ids" is a list [OUTPUT_TYPE]',
  ],
  [
    'a text where a list is wanted',
    '{{ output `cluster_name` }}',
    undefined,
    'subnets: must be a list, but output "cluster_name" is a string [OUTPUT_TYPE]',
  ],
  [
    'a text where a number is wanted',
    undefined,
    '{{ output `cluster_name` }}',
    'containerPort: must be a number, but output "cluster_name" is a string [OUTPUT_TYPE]',
  ],
  [
    'a list inside a text',
    ['x-{{ output `private_subnet_ids` }}'],
    undefined,
    'output "private_subnet_ids" is a list, which cannot stand inside a longer string [OUTPUT_TYPE]',
  ],
])('%s', async (_name, subnets, port, message) => {
  const { code, stderr } = await files({ 'ecs/sd.json': sd(subnets, port) }).run(['check']);
  expect(code).toBe(11);
  expect(stderr).toContain(message);
});

test('a definition that ECS would not take ends with 10', async () => {
  const { code, stderr } = await files({ 'ecs/sd.json': { launchTyp: 'FARGATE' } }).run(['check']);
  expect(code).toBe(10);
  expect(stderr).toContain(
    'ecs/sd.json:2:3: unknown field "launchTyp" (did you mean "launchType"?) [DEFINITION_INVALID]',
  );
});

test('everything that is wrong in all files is said at once, and the contract decides the exit code', async () => {
  const made = files({
    'ecs/td.json': { ...td, family: 5, volumes: '{{ output `nope` }}' },
    'ecs/sd.json': '{{ if }}',
  });
  const { code, stderr } = await made.run(['check']);
  expect(code).toBe(11);
  for (const message of [
    'family: must be a string, but is the number 5',
    'no output "nope"',
    'ecs/sd.json:1:7:',
  ])
    expect(stderr).toContain(message);
});

test('variables without a value stand where a number belongs, quoted or not', async () => {
  const made = files({
    'ecs/sd.json': '{ "desiredCount": {{ must_env `COUNT` }}, "launchType": "{{ must_env `TYPE` }}" }',
  });
  expect((await made.run(['check'])).code).toBe(0);
  expect((await made.run(['check'], { COUNT: '2', TYPE: 'FARGAT' })).stderr).toContain(
    '"FARGAT" is not one of',
  );
});

test.each([
  ['is not there', undefined, 11, 'ecs/contract.json is not there'],
  ['is no contract', { a: 1 }, 40, 'ecs/contract.json is not a contract'],
  ['is not JSON', '{', 40, 'ecs/contract.json is not a contract'],
])('a contract that %s', async (_name, content, exitCode, message) => {
  const made = project({
    'slipway.yml': yml,
    'ecs/td.json': td,
    'ecs/sd.json': sd(),
    ...(content === undefined ? {} : { 'ecs/contract.json': content }),
  });
  const { code, stderr } = await made.run(['check']);
  expect(code).toBe(exitCode);
  expect(stderr).toContain(message);
});

test('definitions that use no output need no contract', async () => {
  const { code } = await project({ 'slipway.yml': config, 'td.json': taskDefinition }).run(['check']);
  expect(code).toBe(0);
});

test('a missing definition', async () => {
  const { code, stderr } = await project({ 'slipway.yml': config }).run(['check']);
  expect(code).toBe(40);
  expect(stderr).toContain('the task definition td.json is not there [FILE_NOT_FOUND]');
});

describe('--write-uses', () => {
  const list = 'infra/consumers/shop.json';
  const read = (directory: string) =>
    JSON.parse(readFileSync(join(directory, list), 'utf8')) as {
      environments: unknown;
      uses: { output: string; service: string }[];
    };

  test('writes each output that the app relies on, with its type and its places', async () => {
    const made = files({
      'ecs/sd.json': `{ "role": "{{ if env \`NEVER\` \`\` }}{{ output \`service_url\` }}{{ end }}" }`,
    });
    const { code, stderr } = await made.run(['check', '--write-uses', list]);
    expect(code).toBe(0);
    expect(stderr).toContain(`wrote ${list}`);
    const both = ['production', 'staging'];
    expect(read(made.directory)).toEqual({
      version: 1,
      contract: '0123456789abcdef',
      environments: { staging: 'ssm:///slipway/staging', production: 'ssm:///slipway/production' },
      uses: [
        { output: 'cluster_name', type: 'string', environments: both, at: ['slipway.yml:2'] },
        { output: 'container_port', type: 'number', environments: both, at: ['ecs/td.json:16'] },
        { output: 'service_url', type: 'string', environments: [], at: ['ecs/sd.json:1'] },
        { output: 'services.api.service_url', type: 'string', environments: both, at: ['ecs/td.json:12'] },
      ].map((use) => ({ ...use, service: 'web' })),
    });
  });

  test('is the same for each working directory, and lists each service of its own', async () => {
    const made = files({
      'slipway.yml': `services:
  api: { task_definition: ecs/api.jsonnet }
  web: { task_definition: ecs/td.json, service_definition: ecs/sd.json }
outputs: "ssm:///{{ must_env \`PROJECT\` }}/staging"
`,
      'ecs/api.jsonnet': `local output = std.native('output');
{ family: output('cluster_' + 'name'), containerDefinitions: [{ name: 'api', image: 'api' }] }`,
    });
    await made.run(['check', '--write-uses', list]);
    const first = readFileSync(join(made.directory, list), 'utf8');
    await made.run(['check', '--write-uses', `../${list}`], {}, 'ecs');
    expect(readFileSync(join(made.directory, list), 'utf8')).toBe(first);
    const { environments, uses } = read(made.directory);
    expect(environments).toEqual({ default: null });
    expect(uses.filter(({ service }) => service === 'api')).toEqual([
      {
        output: 'cluster_name',
        type: 'string',
        service: 'api',
        environments: ['default'],
        at: ['ecs/api.jsonnet'],
      },
    ]);
    expect(uses.filter(({ service }) => service === 'web').length).toBeGreaterThan(3);
  });

  test.each([
    ['a part of the app', {}, ['staging'], 40, '--write-uses is for the whole app'],
    ['what does not fit', { 'ecs/sd.json': '{ "role": "{{ output `nope` }}" }' }, [], 11, 'no output "nope"'],
  ])('writes nothing of %s', async (_, more, words, exitCode, message) => {
    const made = files(more);
    const { code, stderr } = await made.run(['check', ...words, '--write-uses', list]);
    expect({ code, is: existsSync(join(made.directory, list)) }).toEqual({ code: exitCode, is: false });
    expect(stderr).toContain(message);
  });
});
