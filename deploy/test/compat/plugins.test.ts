import { PutObjectCommand, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { config, project, taskDefinition } from '../project';

const state = (name: string) =>
  JSON.stringify({
    version: 4,
    terraform_version: '1.11.4',
    serial: 1,
    lineage: 'x',
    outputs: { name: { value: name, type: 'string' } },
    resources: [],
  });
const reading = '{{ tfstate `output.name` }}';
const withState = (settings: string, family = reading) =>
  project({
    'ecspresso.yml': `${config}plugins: [{ name: tfstate, config: { ${settings} } }]\n`,
    'td.json': { ...taskDefinition, family },
  });
const familyOf = (stdout: string) => (JSON.parse(stdout) as { family: string }).family;

describe('AWS', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal({ runtime: 'simulated', speed: 400 });
    const put = (Name: string, Type: string, Value: string) =>
      rehearsal.call('ssm', 'PutParameter', { Name, Type, Value });
    await put('/shop/name', 'String', 'web');
    await put('/shop/list', 'StringList', 'a,b,c');
    await put('/shop/secret', 'SecureString', 'hunter2-long');
    await rehearsal.call('secretsmanager', 'CreateSecret', { Name: 'db', SecretString: 'x' });
    const {
      AWS_ENDPOINT_URL = '',
      AWS_ACCESS_KEY_ID = '',
      AWS_SECRET_ACCESS_KEY = '',
    } = rehearsal.environment;
    const s3 = new S3Client({
      endpoint: AWS_ENDPOINT_URL,
      region: 'ap-northeast-1',
      forcePathStyle: true,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'states' }));
    await s3.send(new PutObjectCommand({ Bucket: 'states', Key: 'shop/a.tfstate', Body: state('from-s3') }));
    await s3.send(
      new PutObjectCommand({ Bucket: 'states', Key: 'env:/green/b.tfstate', Body: state('workspace') }),
    );
    s3.destroy();
  });
  afterAll(() => rehearsal.stop());

  const family = async (template: string, plugins = '') => {
    const made = project({
      'ecspresso.yml': `${config}${plugins}`,
      'td.json': { ...taskDefinition, family: template },
    });
    return made.run(['render', 'taskdef'], rehearsal.environment);
  };

  test.each([
    ['{{ ssm `/shop/name` }}', 'web'],
    ['{{ ssm `/shop/list` 0 }}-{{ ssm `/shop/list` 2 }}', 'a-c'],
    ['{{ ssm (printf `/shop/%s` (env `X` `name`)) | printf `%s!` }}', 'web!'],
    ['{{ ssm `/shop/secret` }}', 'hunter2-long'],
  ])('%s', async (template, expected) => {
    const { code, stdout, stderr } = await family(template);
    if (code !== 0) throw new Error(stderr);
    expect(familyOf(stdout)).toBe(expected);
  });

  test('secretsmanager_arn, also behind a prefix', async () => {
    const plugins =
      'plugins: [{ name: secretsmanager, func_prefix: my_ }, { name: ssm, func_prefix: my_ }]\n';
    const template =
      '{{ secretsmanager_arn `db` }} {{ my_secretsmanager_arn `db` }} {{ my_ssm `/shop/name` }}';
    const { stdout } = await family(template, plugins);
    const arn = /^arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-\w{6}$/;
    const [first, second, third] = familyOf(stdout).split(' ');
    expect(first).toMatch(arn);
    expect([second, third]).toEqual([first, 'web']);
  });

  test.each([
    ['{{ ssm `/shop/none` }}', 'there is no SSM parameter /shop/none in ap-northeast-1'],
    ['{{ ssm `/shop/name` 0 }}', 'the parameter /shop/name is a String: it takes no index'],
    ['{{ ssm `/shop/list` }}', 'is a StringList of 3: it wants an index from 0 to 2'],
    ['{{ ssm `/shop/list` 3 }}', 'is a StringList of 3: it wants an index from 0 to 2'],
    ['{{ secretsmanager_arn `none` }}', 'there is no secret "none" in Secrets Manager'],
  ])('%s is refused', async (template, message) => {
    const { code, stderr } = await family(template);
    expect(code).toBe(11);
    expect(stderr).toContain('td.json:2:');
    expect(stderr).toContain(message);
  });

  test('a state on S3', async () => {
    const env = rehearsal.environment as Record<string, string>;
    const { stdout } = await withState('url: s3://states/shop/a.tfstate').run(['render', 'taskdef'], env);
    expect(familyOf(stdout)).toBe('from-s3');
    const missing = await withState('url: s3://states/none').run(['render', 'taskdef'], env);
    expect([missing.code, missing.stderr]).toEqual([
      40,
      expect.stringContaining('s3://states/none is not there'),
    ]);
  });

  test('.terraform/terraform.tfstate leads to the backend, in the workspace that is chosen', async () => {
    const made = withState('path: .terraform/terraform.tfstate');
    const backend = { type: 's3', config: { bucket: 'states', key: 'b.tfstate', region: 'ap-northeast-1' } };
    made.write('.terraform/terraform.tfstate', { version: 3, serial: 1, lineage: 'x', backend });
    made.write('.terraform/environment', 'green');
    const { code, stdout, stderr } = await made.run(['render', 'taskdef'], rehearsal.environment);
    if (code !== 0) throw new Error(stderr);
    expect(familyOf(stdout)).toBe('workspace');
    made.write('.terraform/terraform.tfstate', { version: 3, backend: { type: 'pg', config: {} } });
    expect((await made.run(['render', 'taskdef'])).stderr).toContain('in a backend of type "pg"');
  });
});

describe('HTTP', () => {
  let server: Server;
  let host: string;
  const requests: IncomingMessage[] = [];
  let answer: (request: IncomingMessage, body: string, response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        requests.push(request);
        answer(request, body, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => void requests.splice(0));

  test('a state behind http://', async () => {
    answer = (_request, _body, response) => response.end(state('from-http'));
    const { stdout } = await withState(`url: "http://${host}/state"`).run(['render', 'taskdef']);
    expect(familyOf(stdout)).toBe('from-http');
  });

  describe('remote://', () => {
    /** As HCP Terraform answers: workspace, current state version, the state itself. */
    const terraform = (request: IncomingMessage, _body: string, response: ServerResponse) => {
      const { url = '', headers } = request;
      const found: Record<string, string> = {
        '/api/v2/organizations/acme/workspaces/shop': JSON.stringify({
          data: { id: 'ws-1', type: 'workspaces' },
        }),
        '/api/v2/workspaces/ws-1/current-state-version': JSON.stringify({
          data: { id: 'sv-1', attributes: { 'hosted-state-download-url': `http://${host}/download/1` } },
        }),
        '/download/1': state('from-remote'),
      };
      if (headers.authorization !== 'Bearer s3cret') response.writeHead(401).end();
      else if (found[url] === undefined) response.writeHead(404).end();
      else response.end(found[url]);
    };
    const run = (env: Record<string, string>, workspace = 'shop') =>
      withState(`url: "remote://${host}/acme/${workspace}"`).run(['render', 'taskdef'], {
        HOME: '/nowhere',
        ...env,
      });

    test.each([[{ TFE_TOKEN: 's3cret' }], [{ TF_TOKEN_127_0_0_1: 's3cret', TFE_TOKEN: 'other' }]])(
      'with %j',
      async (env) => {
        answer = terraform;
        const { code, stdout, stderr } = await run(env);
        if (code !== 0) throw new Error(stderr);
        expect(familyOf(stdout)).toBe('from-remote');
        expect(requests).toHaveLength(3);
      },
    );

    test('with the token of "terraform login"', async () => {
      answer = terraform;
      const made = withState(`url: "remote://${host}/acme/shop"`);
      made.write('.terraform.d/credentials.tfrc.json', { credentials: { [host]: { token: 's3cret' } } });
      const { stdout } = await made.run(['render', 'taskdef'], { HOME: made.directory });
      expect(familyOf(stdout)).toBe('from-remote');
    });

    test('without one, with a wrong one, and with a workspace that is not there', async () => {
      answer = terraform;
      const none = await run({});
      expect(none.code).toBe(30);
      expect(none.stderr).toContain(`there is no token for ${host}`);
      const wrong = await run({ TFE_TOKEN: 'wrong' });
      expect(wrong.code).toBe(30);
      expect(wrong.stderr).not.toContain('wrong');
      const missing = await run({ TFE_TOKEN: 's3cret' }, 'shpo');
      expect(missing.code).toBe(40);
      expect(missing.stderr).toContain(`remote://${host}/acme/shpo answered 404`);
    });

    test('that is something else', async () => {
      answer = (_request, _body, response) => response.end('<html>');
      const { code, stderr } = await run({ TFE_TOKEN: 's3cret' });
      expect(code).toBe(40);
      expect(stderr).toContain('did not answer as HCP Terraform does: it is not JSON');
    });
  });

  describe('CloudFormation', () => {
    const stacks = `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>net</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>Subnet</OutputKey><OutputValue>subnet-1</OutputValue></member><member><OutputKey>Vpc</OutputKey><OutputValue>vpc-1</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
    const exported = (name: string, next: string) =>
      `<ListExportsResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListExportsResult><Exports><member><Name>${name}</Name><Value>value-of-${name}</Value></member></Exports>${next}</ListExportsResult></ListExportsResponse>`;
    const cloudformation = (_request: IncomingMessage, body: string, response: ServerResponse) => {
      const form = new URLSearchParams(body);
      response.setHeader('content-type', 'text/xml');
      if (form.get('Action') === 'ListExports') {
        return response.end(
          form.get('NextToken') === null
            ? exported('first', '<NextToken>2</NextToken>')
            : exported('second', ''),
        );
      }
      if (form.get('StackName') === 'net') return response.end(stacks);
      response
        .writeHead(400)
        .end(
          `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${form.get('StackName')} does not exist</Message></Error></ErrorResponse>`,
        );
    };
    const render = (family: string) => {
      answer = cloudformation;
      const plugins = 'plugins: [{ name: cloudformation }, { name: cloudformation, func_prefix: net_ }]\n';
      const made = project({
        'ecspresso.yml': `${config}${plugins}`,
        'td.json': { ...taskDefinition, family },
      });
      return made.run(['render', 'taskdef'], {
        AWS_ENDPOINT_URL: `http://${host}`,
        AWS_ACCESS_KEY_ID: 'key',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_MAX_ATTEMPTS: '1',
      });
    };

    test('outputs and exports, each stack read once', async () => {
      const template =
        '{{ cfn_output `net` `Subnet` }} {{ net_cfn_output `net` `Vpc` }} {{ cfn_export `second` }} {{ cfn_export `second` }}';
      const { code, stdout, stderr } = await render(template);
      if (code !== 0) throw new Error(stderr);
      expect(familyOf(stdout)).toBe('subnet-1 vpc-1 value-of-second value-of-second');
      expect(requests).toHaveLength(3);
    });

    test.each([
      ['{{ cfn_output `net` `Subnets` }}', 'stack "net" has no output "Subnets" (did you mean "Subnet"?)'],
      ['{{ cfn_output `ghost` `A` }}', 'there is no CloudFormation stack "ghost" in ap-northeast-1'],
      ['{{ cfn_export `third` }}', 'there is no CloudFormation export "third" in ap-northeast-1'],
    ])('%s is refused', async (template, message) => {
      const { code, stderr } = await render(template);
      expect(code).toBe(11);
      expect(stderr).toContain(message);
    });
  });

  describe('--assume-role-arn', () => {
    const role = 'arn:aws:iam::123456789012:role/deploy';
    const keys: string[] = [];
    const aws = (request: IncomingMessage, body: string, response: ServerResponse) => {
      const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (body.includes('AssumeRole')) {
        keys.push(`sts ${key} ${new URLSearchParams(body).get('RoleArn')}`);
        const end = new Date(Date.now() + 3_600_000).toISOString();
        response.setHeader('content-type', 'text/xml');
        return response.end(
          `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${end}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
        );
      }
      keys.push(`ssm ${key}`);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      return response.end(JSON.stringify({ Parameter: { Name: 'a', Type: 'String', Value: 'web' } }));
    };
    const made = () =>
      project({
        'ecspresso.yml': config,
        'td.json': { ...taskDefinition, family: '{{ ssm `/a` }}{{ ssm `/b` }}' },
      });
    const env = () => ({
      AWS_ENDPOINT_URL: `http://${host}`,
      AWS_ACCESS_KEY_ID: 'AKIAOWN',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_MAX_ATTEMPTS: '1',
    });
    beforeEach(() => void keys.splice(0));

    test.each<[string[], Record<string, string>]>([
      [['--assume-role-arn', role], {}],
      [[], { ECSPRESSO_ASSUME_ROLE_ARN: role }],
    ])('what templates read is read as the role, which is assumed once: %j %j', async (argv, more) => {
      answer = aws;
      const { code, stdout, stderr } = await made().run([...argv, 'render', 'taskdef'], {
        ...env(),
        ...more,
      });
      if (code !== 0) throw new Error(stderr);
      expect(familyOf(stdout)).toBe('webweb');
      expect(keys).toEqual([`sts AKIAOWN ${role}`, 'ssm ASIAROLE', 'ssm ASIAROLE']);
    });

    test('that may not be assumed, or is none', async () => {
      answer = (_request, _body, response) =>
        response
          .writeHead(403)
          .end(
            '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
          );
      const refused = await made().run(['--assume-role-arn', role, 'render', 'taskdef'], env());
      expect(refused.code).toBe(30);
      expect(refused.stderr).toContain('STS AssumeRole');
      const wrong = await made().run(['--assume-role-arn', 'deploy', 'render', 'taskdef'], env());
      expect(wrong.code).toBe(40);
      expect(wrong.stderr).toContain('--assume-role-arn deploy is no ARN of a role');
    });
  });
});
