import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookUpState, nearestAddress, type TerraformState } from '../src/outputs/terraform-state';
import { config, project, taskDefinition, type Project } from './project';

const state = readFileSync(join(__dirname, 'fixtures/terraform-state.json'), 'utf8');

/** A project whose task definition reads outputs, and its environment out of `outputs`. */
function reading(outputs: string, files: Record<string, string | object> = {}): Project {
  const td = {
    ...taskDefinition,
    taskRoleArn: '{{ output `task_role_arn` }}',
    family: '{{ output `family` }}',
  };
  const yml = `${config}environments: { staging: { outputs: "${outputs}" }, production: {} }\n`;
  return project({ 'slipway.yml': yml, 'td.json': td, ...files });
}

const expected = { family: 'web-staging', taskRoleArn: 'arn:aws:iam::123456789012:role/task' };
const environment = { family: 'hidden', task_role_arn: expected.taskRoleArn };
const services = { web: { family: 'web-staging' }, api: { family: 'api' } };

const show = ['render', 'staging', 'task-definition'];

describe('files', () => {
  const entry = (value: unknown) => ({ value, type: 'dynamic', sensitive: false });
  test.each<[string, object | string]>([
    [
      'a Terraform state',
      {
        version: 4,
        terraform_version: '1.9.0',
        serial: 1,
        lineage: 'x',
        outputs: { ...map(environment, entry), services: entry(services) },
        resources: [],
      },
    ],
    ['terraform output -json', { ...map(environment, entry), services: entry(services) }],
    ["cdktf's outputs file", { staging: { ...environment, services } }],
    [
      "cdktf's outputs file with several stacks",
      { production: { family: 'no' }, staging: { ...environment, services } },
    ],
    ["a contract's published JSON", { version: 1, hash: 'abc', outputs: { ...environment, services } }],
    [
      'a file with a byte order mark',
      `\uFEFF${JSON.stringify({ version: 1, hash: 'abc', outputs: { ...environment, services } })}`,
    ],
  ])('%s', async (_name, content) => {
    const { code, stdout, stderr } = await reading('out.json', { 'out.json': content }).run(show);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('reading outputs from out.json') as string,
    });
    expect(JSON.parse(stdout)).toMatchObject(expected);
  });

  test.each<[string, object | string, string]>([
    [
      'a plan',
      { format_version: '1.2', terraform_version: '1', planned_values: {} },
      'a plan ("terraform show -json" of a plan file)',
    ],
    [
      'terraform show -json',
      { format_version: '1.0', terraform_version: '1.9', values: {} },
      'the output of "terraform show -json"',
    ],
    ['Terraform code', 'resource "aws_vpc" "a" {\n}\n', 'it looks like Terraform code'],
    ['YAML', 'a: 1\n', 'it looks like YAML'],
    ['nothing', '  \n', 'it is empty'],
    ['half a file', '{"version": 4, "outpu', 'it is not valid JSON (cut off?)'],
    ['a list', '[1]', 'it is a list, not an object'],
    [
      'contract.json',
      { version: 1, hash: 'a', environment: {}, service: {} },
      "a contract's description (contract.json)",
    ],
    ['another JSON', { a: 1, b: 2 }, 'a JSON object with the keys a, b'],
    [
      'an old state',
      { version: 3, terraform_version: '0.11', serial: 1 },
      'a Terraform state of version 3, not 4',
    ],
    ['an encrypted state', { version: 4, encrypted_data: 'x', meta: {} }, 'an encrypted state'],
    [
      'a later contract',
      { version: 2, hash: 'a', outputs: {} },
      'a contract of version 2; this slipway reads version 1',
    ],
    ['stacks of another name', { a: { x: '1' }, b: { x: '2' } }, 'the outputs of several stacks (a, b)'],
    ['a task definition', { family: 'a', containerDefinitions: [] }, 'a task definition'],
  ])('%s is refused for what it is', async (_name, content, message) => {
    const { code, stderr, stdout } = await reading('out.json', { 'out.json': content }).run(show);
    expect({ code, stdout }).toEqual({ code: 40, stdout: '' });
    expect(stderr).toContain('FILE_FOREIGN');
    expect(stderr).toContain(message);
    expect(stderr).toContain('out.json');
  });

  test('one that is not there', async () => {
    const { code, stderr } = await reading('out.json').run(show);
    expect(code).toBe(40);
    expect(stderr).toContain('the outputs file out.json is not there [FILE_NOT_FOUND]');
  });

  test('an output of another service, and one that is nearly right', async () => {
    const files = { 'out.json': { staging: { ...environment, services } } };
    const made = reading('out.json', {
      ...files,
      'td.json': { ...taskDefinition, family: '{{ output `services.api.family` }}' },
    });
    expect(JSON.parse((await made.run(show)).stdout)).toMatchObject({ family: 'api' });
    made.write('td.json', { ...taskDefinition, family: '{{ output `task_rol_arn` }}' });
    const { code, stderr } = await made.run(show);
    expect(code).toBe(11);
    expect(stderr).toContain(
      'td.json:2:17: there is no output "task_rol_arn" (did you mean "task_role_arn"?) [OUTPUT_UNKNOWN]',
    );
  });
});

describe('other places', () => {
  let server: Server;
  let endpoint: string;
  const requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  let answer: (request: { path: string; body: string }, response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const path = request.url ?? '';
        requests.push({ method: request.method ?? '', path, headers: request.headers, body });
        answer({ path, body }, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => requests.splice(0));

  const json = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  };
  const environmentOf = () => ({
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
  });
  const published = (outputs: object) => JSON.stringify({ version: 1, hash: 'abc', outputs });

  test('SSM, over several pages', async () => {
    const pages = [
      {
        Parameters: [{ Name: '/slipway/staging/services/web/outputs', Value: published(services.web) }],
        NextToken: 'more',
      },
      {
        Parameters: [
          { Name: '/slipway/staging/services/api/outputs', Value: published(services.api) },
          { Name: '/slipway/staging/services/other', Value: 'not ours' },
        ],
      },
    ];
    const own = { Name: '/slipway/staging/outputs', Value: published(environment) };
    answer = ({ body }, response) => {
      const page = pages[body.includes('"NextToken"') ? 1 : 0];
      json(response, 200, body.includes('"Path"') ? page : { Parameter: own });
    };
    const { code, stdout } = await reading('ssm:///slipway/staging/').run(show, environmentOf());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(expected);
    expect(requests.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'AmazonSSM.GetParameter',
      'AmazonSSM.GetParametersByPath',
      'AmazonSSM.GetParametersByPath',
    ]);
    // Whoever may read a path may read all secrets below it.
    expect(requests.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { Name: '/slipway/staging/outputs' },
      { Path: '/slipway/staging/services', Recursive: true, WithDecryption: false },
      { Path: '/slipway/staging/services', Recursive: true, WithDecryption: false },
    ]);
  });

  test('SSM with nothing published is a missing contract', async () => {
    answer = ({ body }, response) =>
      body.includes('"Path"')
        ? json(response, 200, { Parameters: [] })
        : json(response, 400, { __type: 'ParameterNotFound' });
    const { code, stderr } = await reading('ssm:///slipway/staging').run(show, environmentOf());
    expect(code).toBe(11);
    expect(stderr).toContain(
      'no outputs are published below ssm:///slipway/staging in ap-northeast-1 [CONTRACT_MISSING]',
    );
  });

  test.each([
    ['ExpiredTokenException', 30, 'CREDENTIALS_EXPIRED'],
    ['UnrecognizedClientException', 30, 'NOT_ALLOWED'],
    ['AccessDeniedException', 30, 'NOT_ALLOWED'],
  ])('%s from AWS ends with %i', async (name, exitCode, errorCode) => {
    answer = (_request, response) => json(response, 400, { __type: name, message: 'who are you' });
    const { code, stderr } = await reading('ssm:///slipway/staging').run(show, environmentOf());
    expect(code).toBe(exitCode);
    expect(stderr).toContain(errorCode);
    expect(stderr).toContain('SSM GetParameter');
  });

  test('S3', async () => {
    answer = (_request, response) => response.end(JSON.stringify({ staging: { ...environment, services } }));
    const { code, stdout } = await reading('s3://states/staging/terraform.tfstate').run(
      show,
      environmentOf(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(expected);
    expect(requests[0]?.path).toMatch(/^\/states\/staging\/terraform\.tfstate/);
  });

  test('S3 without that object', async () => {
    answer = (_request, response) => {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end(
        '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>',
      );
    };
    const { code, stderr } = await reading('s3://states/staging/terraform.tfstate').run(
      show,
      environmentOf(),
    );
    expect(code).toBe(40);
    expect(stderr).toContain('s3://states/staging/terraform.tfstate is not there [FILE_NOT_FOUND]');
  });

  test('HTTP, with a password that is not shown', async () => {
    answer = (_request, response) => response.end(JSON.stringify({ staging: { ...environment, services } }));
    const url = endpoint.replace('//', '//me:secret%21@');
    const { code, stdout, stderr } = await reading(`${url}/state?x=1`).run(show);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, ...expected });
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:secret!').toString('base64')}`);
    expect(stderr).not.toContain('secret');
  });

  test.each([
    [404, 40, 'FILE_NOT_FOUND'],
    [403, 30, 'NOT_ALLOWED'],
    [502, 31, 'UNREACHABLE'],
  ])('HTTP %i ends with %i', async (status, exitCode, errorCode) => {
    answer = (_request, response) => response.writeHead(status).end('no');
    const { code, stderr } = await reading(`${endpoint}/state`).run(show);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(errorCode);
    expect(stderr).toContain(`answered ${status}`);
  });

  test('a scheme that nobody knows', async () => {
    const { code, stderr } = await reading('smm:///slipway/staging').run(show);
    expect(code).toBe(40);
    expect(stderr).toContain('"smm://" is not a place that can be read (did you mean "ssm://"?)');
  });

  test('{{ ssm }} and {{ secretsmanager_arn }} are read once a run', async () => {
    const made = project({
      'slipway.yml': config,
      'td.json': {
        family: '{{ ssm `/name` }}',
        taskRoleArn: '{{ ssm `/list` 1 }}',
        containerDefinitions: [
          {
            name: '{{ ssm `/name` }}',
            image: 'a',
            secrets: [{ name: 'S', valueFrom: '{{ secretsmanager_arn `db` }}' }],
          },
        ],
      },
    });
    answer = ({ body }, response) => {
      const { Name, SecretId } = JSON.parse(body) as { Name?: string; SecretId?: string };
      if (SecretId !== undefined) return json(response, 200, { ARN: 'arn:secret:db' });
      if (Name === '/name') return json(response, 200, { Parameter: { Name, Type: 'String', Value: 'web' } });
      return json(response, 200, { Parameter: { Name, Type: 'StringList', Value: 'a,b' } });
    };
    const { stdout } = await made.run(['render', 'task-definition'], environmentOf());
    expect(JSON.parse(stdout)).toMatchObject({
      family: 'web',
      taskRoleArn: 'b',
      containerDefinitions: [{ name: 'web', secrets: [{ valueFrom: 'arn:secret:db' }] }],
    });
    expect(requests).toHaveLength(3);

    made.write('td.json', { ...taskDefinition, family: '{{ ssm `/list` 2 }}' });
    const past = await made.run(['render', 'task-definition'], environmentOf());
    expect(past.code).toBe(11);
    expect(past.stderr).toContain('the parameter /list is a StringList of 2: it wants an index from 0 to 1');
  });
});

function map(values: object, entry: (value: unknown) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, entry(value)]));
}

describe('addresses in a Terraform state', () => {
  const parsed = JSON.parse(state) as TerraformState;
  test.each<[string, unknown]>([
    ['output.role_arn', 'arn:aws:iam::123456789012:role/exec'],
    ['output.labels.team', 'web'],
    [`output.labels['cost-center']`, '42'],
    ['output.labels["cost-center"]', '42'],
    ['output.subnet_ids[1]', 'subnet-c'],
    ['output.subnet_ids', ['subnet-a', 'subnet-c']],
    ['aws_iam_role.with-dash.arn', 'arn:aws:iam::123456789012:role/dash'],
    ['aws_iam_role.task.tags.env', 'prod'],
    ['aws_subnet.public[1].id', 'subnet-1'],
    ['aws_subnet.public', [{ id: 'subnet-0' }, { id: 'subnet-1' }]],
    [`aws_lb_target_group.http['blue'].health_check[0].path`, '/health'],
    ['data.aws_caller_identity.current.account_id', '123456789012'],
    ['module.ecs.aws_security_group.sg.id', 'sg-mod'],
    [
      'module.ecs.data.aws_ecr_repository.this.repository_url',
      '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web',
    ],
    [`module.app['web'].aws_cloudwatch_log_group.this[0].retention_in_days`, 14],
    ['module.vpc.module.inner.aws_subnet.public[0].id', 'subnet-deep0'],
    ['output.nothing', undefined],
    ['output.nobody', undefined],
    ['aws_subnet.public[7].id', undefined],
    ['aws_iam_role.task.nothing', undefined],
    ['aws_caller_identity.current.account_id', undefined],
    ['module.ecs', undefined],
    ['not an address', undefined],
    ['a[', undefined],
    ['', undefined],
  ])('%s', (address, value) => {
    expect(lookUpState(parsed, address)).toEqual(value);
  });

  test.each([
    ['output.rol_arn', 'output.role_arn'],
    ['aws_iam_role.task.arm', 'aws_iam_role.task.arn'],
    ['aws_iam_role.tsk.arn', 'aws_iam_role.task.arn'],
    ['aws_iam_role.task.nothing_like_it', undefined],
  ])('%s was perhaps meant as %s', (address, nearest) => {
    expect(nearestAddress(parsed, address)).toBe(nearest);
  });
});
