import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { config, project, taskDefinition } from '../project';

/**
 * A deploy with one thing wrong: one clear error, its exit code, and not one call that writes.
 * The endpoint answers reads of SSM and notes down everything else.
 */
let server: Server;
let endpoint: string;
let calls: string[];
let expired = false;

beforeAll(async () => {
  server = createServer((request, response) => {
    const target = String(request.headers['x-amz-target']);
    calls.push(target);
    request.resume().on('end', () => {
      const answer = expired
        ? {
            __type: 'ExpiredTokenException',
            message: 'The security token included in the request is expired',
          }
        : {};
      response
        .writeHead(expired ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  calls = [];
  expired = false;
});

const outputs = { staging: { cluster_name: 'c', subnet_ids: ['a', 'b'], role: 'r' } };
const yml = `${config}service_definition: sd.json\nenvironments: { staging: { outputs: out.json } }\n`;
const td = (more: object) => ({ ...taskDefinition, ...more });

interface Case {
  files?: Record<string, string | object>;
  argv?: string[];
  exitCode: number;
  code: string;
  says: string;
}

const cases: Record<string, Case> = {
  'JSON that is nested without end': {
    files: { 'td.json': `{"family":${'['.repeat(100_000)}` },
    exitCode: 10,
    code: 'DEFINITION_INVALID',
    says: 'td.json:1:1: this is nested too deeply',
  },
  'YAML that is nested without end': {
    files: { 'td.yml': `family: ${'['.repeat(100_000)}`, 'slipway.yml': yml.replace('td.json', 'td.yml') },
    exitCode: 10,
    code: 'DEFINITION_INVALID',
    says: 'this is nested too deeply',
  },
  'templates inside one another without end': {
    files: { 'td.json': '{{ if true }}'.repeat(20_000) },
    exitCode: 11,
    code: 'TEMPLATE_SYNTAX',
    says: 'td.json:1:1: the template is nested too deeply',
  },
  'an unknown output': {
    files: { 'td.json': td({ taskRoleArn: '{{ output `rol` }}' }) },
    exitCode: 11,
    code: 'OUTPUT_UNKNOWN',
    says: 'td.json:11:22: there is no output "rol" (did you mean "role"?)',
  },
  'a list inside a text': {
    files: { 'td.json': td({ taskRoleArn: 'x {{ output `subnet_ids` }}' }) },
    exitCode: 11,
    code: 'OUTPUT_TYPE',
    says: 'td.json:11:21: output "subnet_ids" is a list',
  },
  'a template that is not closed': {
    files: { 'td.json': '{\n  "family": "{{ output `role` "\n}' },
    exitCode: 11,
    code: 'TEMPLATE_SYNTAX',
    says: 'td.json:2:31: the string that starts with " is not closed on its line',
  },
  'a variable that is not set': {
    files: { 'td.json': td({ family: '{{ must_env `FAMILY` }}' }) },
    exitCode: 11,
    code: 'ENV_UNSET',
    says: 'td.json:2:17: the environment variable FAMILY is not set',
  },
  'an unknown field': {
    files: { 'td.json': td({ containerDefinition: [] }) },
    exitCode: 10,
    code: 'DEFINITION_INVALID',
    says: 'td.json:11:3: unknown field "containerDefinition" (did you mean "containerDefinitions"?)',
  },
  'a wrong type': {
    files: { 'sd.json': { desiredCount: 'two' } },
    exitCode: 10,
    code: 'DEFINITION_INVALID',
    says: 'sd.json:2:19: desiredCount: must be a number, but is the string "two"',
  },
  'a definition that is not there': {
    files: { 'slipway.yml': yml.replace('td.json', 'ecs/td.json') },
    exitCode: 40,
    code: 'FILE_NOT_FOUND',
    says: 'the task definition ecs/td.json is not there',
  },
  'a state that is not there': {
    files: { 'slipway.yml': yml.replace('out.json', 'terraform.tfstate') },
    exitCode: 40,
    code: 'FILE_NOT_FOUND',
    says: 'the outputs file terraform.tfstate is not there',
  },
  'a state file that is not one': {
    files: { 'out.json': { name: 'web', scripts: {} } },
    exitCode: 40,
    code: 'FILE_FOREIGN',
    says: 'out.json holds no outputs: it looks like a package.json',
  },
  'an environment that does not exist': {
    argv: ['deploy', 'stagign'],
    exitCode: 40,
    code: 'ENVIRONMENT_UNKNOWN',
    says: 'there is no environment "stagign" in slipway.yml: it declares staging (did you mean "staging"?)',
  },
  'an unknown key in the config': {
    files: { 'slipway.yml': `${yml}timout: 5m\n` },
    exitCode: 40,
    code: 'CONFIG_INVALID',
    says: 'slipway.yml:5:1: unknown key "timout" (did you mean "timeout"?)',
  },
  'a config that is not there': {
    argv: ['deploy', '--config', 'my.yml'],
    exitCode: 40,
    code: 'CONFIG_NOT_FOUND',
    says: 'the config file my.yml is not there',
  },
  'an option that does not exist': {
    argv: ['deploy', '--imag', 'x'],
    exitCode: 40,
    code: 'USAGE',
    says: "unknown option '--imag' (Did you mean --image?)",
  },
};

const made = (files: Record<string, string | object> = {}) =>
  project({
    'slipway.yml': yml,
    'out.json': outputs,
    'td.json': taskDefinition,
    'sd.json': { desiredCount: 2 },
    ...files,
  });

const env = (at: string) => ({
  AWS_ENDPOINT_URL: at,
  AWS_ACCESS_KEY_ID: 'k',
  AWS_SECRET_ACCESS_KEY: 's',
  AWS_MAX_ATTEMPTS: '1',
});

test.each(Object.entries(cases))('%s', async (_name, { files, argv, exitCode, code, says }) => {
  const ran = await made(files).run([...(argv ?? ['deploy', 'staging'])], env(endpoint));
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: exitCode, stdout: '' });
  expect(ran.stderr).toContain(says);
  expect(ran.stderr.match(/\[[A-Z_]+\]/g)).toEqual([`[${code}]`]);
  expect(calls).toEqual([]);
});

test.each(Object.entries(cases))('%s, as JSON', async (_name, { files, argv, exitCode, code, says }) => {
  const ran = await made(files).run([...(argv ?? ['deploy', 'staging']), '--json'], env(endpoint));
  expect(ran.code).toBe(exitCode);
  const last = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '') as { message: string };
  expect(last).toMatchObject({ type: 'error', code, exitCode });
  expect(last.message).toContain(says);
});

describe.each(['deploy', 'rollback', 'diff', 'status', 'history', 'delete', 'render'])('%s', (command) => {
  const ssm = { 'slipway.yml': `${config}outputs: "ssm:///slipway/staging"\n` };

  test('with an endpoint that refuses ends with 31', async () => {
    const { code, stderr } = await made(ssm).run([command], env('http://127.0.0.1:1'));
    const message = 'http://127.0.0.1:1 cannot be reached (SSM GetParameter: connect ECONNREFUSED';
    expect({ code, stderr }).toEqual({ code: 31, stderr: expect.stringContaining(message) as string });
  });

  test('with expired credentials ends with 30', async () => {
    expired = true;
    const { code, stderr } = await made(ssm).run([command], env(endpoint));
    expect(code).toBe(30);
    expect(stderr).toContain('the AWS credentials have expired');
    expect(calls).toEqual(['AmazonSSM.GetParameter']);
  });
});

test('a name that does not resolve ends with 31', async () => {
  const { code, stderr } = await made({ 'slipway.yml': `${config}outputs: "ssm:///a"\n` }).run(
    ['status'],
    env('http://nowhere.invalid:1'),
  );
  const message = 'http://nowhere.invalid:1 cannot be reached';
  expect({ code, stderr }).toEqual({ code: 31, stderr: expect.stringContaining(message) as string });
});
