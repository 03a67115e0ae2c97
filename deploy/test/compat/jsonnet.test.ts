import { spawnSync } from 'node:child_process';
import { config, project, taskDefinition } from '../project';

const hasJsonnet = spawnSync('jsonnet', ['--version']).status === 0;
const withJsonnet = hasJsonnet ? describe : describe.skip;

const terraform = {
  version: 4,
  terraform_version: '1.11.4',
  serial: 1,
  lineage: 'x',
  outputs: {
    ports: { value: [8080, 9090], type: ['list', 'number'] },
    role: { value: 'arn:role', type: 'string' },
    labels: { value: { team: 'web' }, type: ['map', 'string'] },
  },
  resources: [],
};
const configs = {
  'ecspresso.yml':
    'service: web\ntask_definition: ecs/td.jsonnet\nplugins: [{ name: tfstate, func_prefix: my_, config: { path: terraform.tfstate } }]\n',
  'terraform.tfstate': terraform,
};
const small = (more: string) =>
  `{ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1' }] } + { ${more} }`;

withJsonnet(`Jsonnet${hasJsonnet ? '' : ' (no jsonnet on PATH)'}`, () => {
  const render = async (jsonnet: string, env = {}, argv: string[] = [], more = {}) => {
    const made = project({ ...configs, 'ecs/td.jsonnet': jsonnet, ...more });
    const { code, stdout, stderr } = await made.run([...argv, 'render', 'taskdef'], env);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as unknown;
  };

  test('native functions give values of their own type', async () => {
    const jsonnet = `
      local env = std.native('env'), must_env = std.native('must_env'), tfstate = std.native('my_tfstate');
      ${small(`
        cpu: env('CPU', 256) + '',
        taskRoleArn: tfstate('output.role'),
        containerDefinitions: [super.containerDefinitions[0] + {
          portMappings: [{ containerPort: port } for port in tfstate('output.ports')],
          dockerLabels: tfstate('output.labels'),
          environment: [{ name: 'X', value: must_env('EMPTY') + env('EMPTY', 'filled') }],
        }],
      `)}`;
    expect(await render(jsonnet, { EMPTY: '' })).toEqual({
      family: 'web',
      cpu: '256',
      taskRoleArn: 'arn:role',
      containerDefinitions: [
        {
          name: 'web',
          image: 'nginx:1',
          portMappings: [{ containerPort: 8080 }, { containerPort: 9090 }],
          dockerLabels: { team: 'web' },
          environment: [{ name: 'X', value: 'filled' }],
        },
      ],
    });
  });

  test('calls that hang on the result of others, and calls that are never made', async () => {
    const jsonnet = `
      local env = std.native('env'), must_env = std.native('must_env'), tfstate = std.native('my_tfstate');
      ${small(`
        family: if env('STAGE', '') == 'prod' then must_env('NEVER') else tfstate('output.' + env('WHICH', 'role')),
      `)}`;
    expect(await render(jsonnet)).toMatchObject({ family: 'arn:role' });
  });

  test('imported files may use them, and import others', async () => {
    const jsonnet = `local c = import 'lib/container.libsonnet'; local d = import "lib/sub/deep.libsonnet";
      // import 'not/this.libsonnet'
      ${small("family: c.family + d.suffix + (importstr 'lib/text.txt')")}`;
    const more = {
      'ecs/lib/container.libsonnet':
        "local d = import 'sub/deep.libsonnet'; { family: std.native('must_env')('N') + d.suffix + (import 'plain.libsonnet') }",
      'ecs/lib/sub/deep.libsonnet': "{ suffix: std.native('env')('S', '-s') }",
      'ecs/lib/plain.libsonnet': "'-plain'",
      'ecs/lib/text.txt': '-text',
    };
    expect(await render(jsonnet, { N: 'n' }, [], more)).toMatchObject({ family: 'n-s-plain-s-text' });
  });

  test('std.extVar, from options and from the environment', async () => {
    const jsonnet = small("family: std.extVar('a') + std.extVar('n')");
    const options = ['--ext-str', 'a=x=y', '--ext-code', 'n=std.toString(20+1)'];
    expect(await render(jsonnet, {}, options)).toMatchObject({ family: 'x=y21' });
    const env = { ECSPRESSO_EXT_STR: 'a=x;b=y', ECSPRESSO_EXT_CODE: 'n=local x = 1; "z"' };
    expect(await render(jsonnet, env)).toMatchObject({ family: 'xz' });
  });

  test('templates inside of strings are rendered afterwards', async () => {
    const jsonnet = small("family: '{{ env `F` `a` }}' + std.native('env')('G', 'b')");
    expect(await render(jsonnet)).toMatchObject({ family: 'ab' });
  });

  test('the config may be Jsonnet too', async () => {
    const made = project({
      'ecspresso.jsonnet':
        "{ service: std.native('must_env')('S'), task_definition: 'td.json', timeout: '5m' }",
      'td.json': taskDefinition,
    });
    const { stdout } = await made.run(['render', 'config'], { S: 'web' });
    expect(JSON.parse(stdout)).toMatchObject({ service: 'web', timeout: 300 });
  });

  test.each<[string, string, string]>([
    ['a syntax error', '{ family: }', 'ecs/td.jsonnet:1:11: '],
    ['an error of the file', `{\n  family: error 'no family',\n}`, 'ecs/td.jsonnet:2:11: no family'],
    [
      'an error behind a native function',
      `local e = std.native('env');\n{\n  family: error e('X', 'boom'),\n}`,
      'ecs/td.jsonnet:3:11: boom',
    ],
    [
      'a variable that is not set',
      `{\n  family: std.native('must_env')('NOT_SET'),\n}`,
      'ecs/td.jsonnet:2:11: the environment variable NOT_SET is not set',
    ],
    [
      'an address that is not there',
      `{ family: std.native('my_tfstate')('output.rol') }`,
      'ecs/td.jsonnet:1:11: "output.rol" is not in terraform.tfstate, or null there (did you mean "output.role"?)',
    ],
    [
      'a function that is not there',
      `{ family: std.native('tfstat')('x') }`,
      'there is no native function "tfstat"',
    ],
    ['an import that is not there', `{ family: import 'none.libsonnet' }`, 'none.libsonnet'],
    [
      'what ECS does not know',
      small("familly: 'x'"),
      'ecs/td.jsonnet (evaluated):8:4: unknown field "familly"',
    ],
  ])('%s has its place', async (_name, jsonnet, message) => {
    const made = project({ ...configs, 'ecs/td.jsonnet': jsonnet });
    const { code, stdout, stderr } = await made.run(['render', 'taskdef']);
    expect([code === 10 || code === 11, stdout]).toEqual([true, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/stdin|slipway-|slipway_/);
  });

  test('check knows the outputs of the contract, and takes what only a run knows to be right', async () => {
    const made = project({
      'slipway.yml': 'service: web\ntask_definition: ecs/td.jsonnet\n',
      'ecs/contract.json': {
        version: 1,
        hash: 'a',
        environment: { role_arn: { type: 'string' }, count: { type: 'number' } },
        service: {},
      },
      'ecs/td.jsonnet': small(
        "taskRoleArn: std.native('output')('role_arn'), cpu: std.native('must_env')('CPU')",
      ),
    });
    const good = await made.run(['check']);
    expect(good.stderr).not.toContain('[');
    expect(good.code).toBe(0);
    made.write('ecs/td.jsonnet', small("taskRoleArn: std.native('output')('role_arm')"));
    const bad = await made.run(['check']);
    expect(bad.code).toBe(11);
    expect(bad.stderr).toContain('there is no output "role_arm" (did you mean "role_arn"?)');
  });
});

test('without the executable the error says how to get it', async () => {
  const made = project({
    'ecspresso.yml': `${config.replace('td.json', 'td.jsonnet')}`,
    'td.jsonnet': small('a: 1'),
  });
  const { code, stderr } = await made.run(['render', 'taskdef'], { PATH: made.directory });
  expect(code).toBe(40);
  expect(stderr).toContain('JSONNET_MISSING');
  expect(stderr).toContain('apt-get install jsonnet');
});
