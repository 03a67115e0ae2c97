import { parseDuration } from '../../src/config/duration';
import { parseEnvfile } from '../../src/config/envfile';
import { satisfies } from '../../src/config/required-version';
import { config, project, taskDefinition } from '../project';

const files = { 'td.json': taskDefinition };
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

test.each<[string, boolean | undefined]>([
  ['>= 2.0.0, < 3', true],
  ['>= v2.4', true],
  ['2.8.7', true],
  ['= 2.8.7', true],
  ['!= 2.8.7', false],
  ['< 2.8.7', false],
  ['<= 2.8.7', true],
  ['> 2.8.6, != 2.8.8', true],
  ['~> 2.8.0', true],
  ['~> 2.8', true],
  ['~> 2', true],
  ['~> v1.1.0', false],
  ['~> 2.7.0', false],
  ['~> 2.9', false],
  ['>= 9.0.0', false],
  ['>= 2.8.7-beta1', true],
  ['> 2.9.0-rc1', false],
  ['~> 2.8.0-beta', false],
  ['>= 2.8.7.1', false],
  ['=> 2', undefined],
  ['two', undefined],
  ['>= 2,', undefined],
  ['', undefined],
])('2.8.7 with the constraint "%s": %s', (constraint, expected) => {
  expect(satisfies('2.8.7', constraint)).toBe(expected);
});

test.each([
  ['2.8.7-beta1', '>= 2.8.7-alpha', true],
  ['2.8.7-beta1', '>= 2.0.0', false],
  ['2.8.7-beta.2', '> 2.8.7-beta.10', false],
])('the preview %s with "%s": %s', (version, constraint, expected) => {
  expect(satisfies(version, constraint)).toBe(expected);
});

test('required_version that is no constraint, or not met, is refused with its place', async () => {
  const made = project({ ...files, 'ecspresso.yml': `${config}required_version: "~> 9"\n` });
  const refused = await made.run(['render', 'config']);
  expect(refused.code).toBe(40);
  expect(refused.stderr).toContain(
    'ecspresso.yml:3:19: "required_version" is "~> 9", but slipway is compatible with ecspresso 2.8.7',
  );
  made.write('ecspresso.yml', `${config}required_version: newest\n`);
  expect((await made.run(['render', 'config'])).stderr).toContain('is "newest", which is no constraint');
});

test.each<[string, number | undefined]>([
  ['10s', 10],
  ['10m0s', 600],
  ['5m10s', 310],
  ['1h0m0s', 3600],
  ['1.5h', 5400],
  ['.5m', 30],
  ['+1m', 60],
  ['500ms', 0.5],
  ['0s', undefined],
  ['-1m', undefined],
  ['10', undefined],
  ['10 m', undefined],
  ['1d', undefined],
])('the duration %s is %s seconds', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test('envfiles', () => {
  const text = [
    '# comment',
    '',
    'PLAIN=one',
    '  export EXPORTED=two words   # comment',
    'SPACED = spaced ',
    'SINGLE=\'as $it "stands" # here\'',
    'DOUBLE="line\\nend \\"q\\" \\u00e9"',
    'MIXED=a"b c"\'d\'e',
    'EMPTY=',
    'HASH=abc#def',
    'EQUALS=a=b=c',
    'NOT_EXPANDED=$PLAIN ${PLAIN}',
    'PLAIN=last',
  ].join('\r\n');
  expect(parseEnvfile(text, 'x.env')).toEqual({
    PLAIN: 'last',
    EXPORTED: 'two words',
    SPACED: 'spaced',
    SINGLE: 'as $it "stands" # here',
    DOUBLE: 'line\nend "q" é',
    MIXED: 'ab cde',
    EMPTY: '',
    HASH: 'abc',
    EQUALS: 'a=b=c',
    NOT_EXPANDED: '$PLAIN ${PLAIN}',
  });
});

test.each([
  ['A=1\nno separator', 'x.env:2: "no separator" has no "="'],
  ['1A=x', 'x.env:1: "1A" is no name of a variable'],
  ['A="x', 'x.env:1: the quote " is not closed on its line'],
  ["A='x", "x.env:1: the quote ' is not closed on its line"],
  ['A="\\q"', 'x.env:1: unknown escape "\\q"'],
])('an envfile of %j is refused', (text, message) => {
  expect(() => parseEnvfile(text, 'x.env')).toThrow(message);
});

describe('--envfile', () => {
  const made = () =>
    project({
      ...files,
      'ecspresso.yml': 'service: "{{ must_env `S` }}"\ntask_definition: td.json\n',
      'a.env': 'S=a\nIMAGE=a:1\n',
      'b.env': 'S=b\n',
    });
  test.each<[string[], Record<string, string>, string]>([
    [['--envfile', 'a.env'], {}, 'a'],
    [['--envfile', 'a.env', '--envfile', 'b.env'], {}, 'b'],
    [['--envfile', 'b.env,a.env'], {}, 'a'],
    [['--envfile', 'a.env'], { S: 'process' }, 'a'],
    [[], { ECSPRESSO_ENVFILE: 'a.env,b.env' }, 'b'],
    [['--envfile', 'a.env'], { ECSPRESSO_ENVFILE: 'b.env' }, 'a'],
  ])('%j with %j', async (argv, env, service) => {
    const { code, stdout, stderr } = await made().run([...argv, 'render', 'config'], env);
    expect([code, stderr]).toEqual([0, '']);
    expect(json(stdout)).toMatchObject({ service });
  });

  test('stands behind the command too, and its variables reach the definitions', async () => {
    const { stdout } = await made().run(['render', 'taskdef', '--envfile', 'a.env']);
    expect(json(stdout)).toMatchObject({ containerDefinitions: [{ image: 'a:1' }] });
  });

  test('that is not there', async () => {
    const { code, stderr } = await made().run(['--envfile', 'none.env', 'status']);
    expect(code).toBe(40);
    expect(stderr).toContain('the envfile none.env is not there [FILE_NOT_FOUND]');
  });
});

test('ECSPRESSO_CONFIG names the config, and --config goes before it', async () => {
  const made = project({
    ...files,
    'one.yml': 'service: one\ntask_definition: td.json\n',
    'two.yml': 'service: two\ntask_definition: td.json\n',
  });
  const env = { ECSPRESSO_CONFIG: 'one.yml' };
  expect(json((await made.run(['render', 'config'], env)).stdout)).toMatchObject({ service: 'one' });
  expect(json((await made.run(['render', 'config', '--config', 'two.yml'], env)).stdout)).toMatchObject({
    service: 'two',
  });
});

test('every key of ecspresso.yml is read, filter_command with a note', async () => {
  const made = project({
    ...files,
    'ecspresso.yml': [
      'required_version: ">= 2"',
      'region: us-west-2',
      'cluster: blue',
      'service: web',
      'task_definition: td.json',
      'timeout: 1h30m',
      'filter_command: peco',
      'plugins:',
      '  - name: ssm',
      '  - name: ssm',
      '  - name: secretsmanager',
      '  - name: cloudformation',
      '  - { name: cloudformation, func_prefix: other_ }',
      'codedeploy: { application_name: a, deployment_group_name: g, deployment_config_name: c }',
      'appspec: { Hooks: [{ BeforeInstall: f }] }',
      'ignore: { tags: [Owner, 12] }',
    ].join('\n'),
  });
  const { code, stdout, stderr } = await made.run(['render', 'config']);
  expect(code).toBe(0);
  expect(json(stdout)).toMatchObject({
    region: 'us-west-2',
    cluster: 'blue',
    timeout: 5400,
    ignore: { tags: ['Owner', 12] },
  });
  expect(stderr).toContain('ecspresso.yml:7:1: "filter_command" has no effect');
});

test.each([
  ['{ name: external, config: { command: [a], num_args: 1 } }', 'run the command beforehand'],
  ['{ name: extern }', 'which is not one of tfstate, ssm, secretsmanager, cloudformation'],
  ['{ name: tfstate, config: { url: "gs://b/k" } }', 'slipway cannot read Google Cloud Storage'],
  ['{ name: tfstate, config: { url: "azurerm://g/a/c/k" } }', 'slipway cannot read Azure Blob Storage'],
  ['{ name: tfstate, config: { path: none.tfstate } }', 'none.tfstate is not there'],
  [
    '{ name: cloudformation }, { name: cloudformation }',
    'two cloudformation plugins make the same function cfn_output',
  ],
  [
    '{ name: tfstate, func_prefix: a_, config: { path: x } }, { name: tfstate, func_prefix: a_, config: { path: y } }',
    'two tfstate plugins make the same function a_tfstate: give one a "func_prefix"',
  ],
])('plugins: [%s]', async (plugins, message) => {
  const made = project({ ...files, 'ecspresso.yml': `${config}plugins: [${plugins}]\n` });
  const { code, stderr } = await made.run(['render', 'taskdef']);
  expect(code).toBe(40);
  expect(stderr).toContain(message);
});

test('a state that is optional may be missing: a warning, and nothing in it', async () => {
  const made = project({
    'td.json': taskDefinition,
    'ecspresso.yml': `${config}plugins: [{ name: tfstate, config: { path: none.tfstate, optional: true } }]\n`,
  });
  const { code, stderr } = await made.run(['render', 'taskdef']);
  expect(code).toBe(0);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'none.tfstate is not there; it is optional, and taken as empty',
  );
  made.write('td.json', { ...taskDefinition, family: '{{ tfstate `output.x` }}' });
  expect((await made.run(['render', 'taskdef'])).stderr).toContain('"output.x" is not in none.tfstate');
});

test('a config without a service, or without a task definition, still renders what it has', async () => {
  const made = project({ ...files, 'ecspresso.yml': 'task_definition: td.json\n' });
  expect(json((await made.run(['render', 'taskdef'])).stdout)).toMatchObject({ family: 'web' });
  const { code, stderr } = await made.run(['status']);
  expect(code).toBe(40);
  expect(stderr).toContain('"service" is missing');
  made.write('ecspresso.yml', 'service: web\n');
  expect(json((await made.run(['render', 'config'])).stdout)).toMatchObject({ service: 'web' });
  expect((await made.run(['render', 'taskdef'])).stderr).toContain('ecspresso.yml names no task_definition');
});
