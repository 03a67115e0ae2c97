import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage } from '../../scripts/pages/configuration';
import { loadTarget, loadTargets } from '../src/load-target';
import { config, project, taskDefinition } from './project';

const files = { 'td.json': taskDefinition };
const renderConfig = ['render', 'config'];

const json = async (made: ReturnType<typeof project>, argv: readonly string[], env = {}, cwd = '.') => {
  const { code, stdout, stderr } = await made.run(argv, env, cwd);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe('where the config is found', () => {
  test.each([
    ['in the working directory', 'slipway.yml', '.'],
    ['above it', 'slipway.yml', 'a/b c'],
    ['in app/ below it', 'app/slipway.yml', '.'],
    ['as ecspresso.yml', 'ecspresso.yml', '.'],
    ['as JSON', 'slipway.json', '.'],
  ])('%s', async (_name, path, cwd) => {
    const directory = path.startsWith('app/') ? 'app/' : '';
    const text = path.endsWith('.json') ? '{"service": "web", "task_definition": "td.json"}' : config;
    const made = project({ [path]: text, [`${directory}td.json`]: taskDefinition, 'a/b c/x': '' });
    expect(await json(made, ['render', 'task-definition'], {}, cwd)).toMatchObject({ family: 'web' });
  });

  test('--config goes first, and paths in it are relative to it', async () => {
    const made = project({
      'slipway.yml': 'service: wrong\n',
      'other dir/my.yml': config,
      'other dir/td.json': taskDefinition,
    });
    expect(await json(made, ['--config', 'other dir/my.yml', 'render', 'task-definition'])).toMatchObject({
      family: 'web',
    });
  });

  test('slipway.yml goes before ecspresso.yml', async () => {
    const made = project({
      'slipway.yml': config,
      'ecspresso.yml': 'service: other\ntask_definition: x.json\n',
    });
    expect(await json(made, renderConfig)).toMatchObject({ service: 'web' });
  });

  test.each([
    [['status'], 'there is no slipway.yml in'],
    [['--config', 'nope.yml', 'status'], 'the config file nope.yml is not there'],
  ])('not at all: %j', async (argv, message) => {
    const { code, stderr } = await project(files).run(argv);
    expect(code).toBe(40);
    expect(stderr).toContain(message);
    expect(stderr).toContain('CONFIG_NOT_FOUND');
  });
});

test('templates in the config see the outputs, env and the variables of the environment', async () => {
  const made = project({
    ...files,
    'out.json': { staging: { cluster_name: 'slipway-staging', names: ['a'] } },
    'slipway.yml': [
      'service: {{ env `SERVICE` `web` }}',
      'cluster: "{{ output `cluster_name` }}"',
      '{{ if env `LONG` `` }}timeout: 20m{{ end }}',
      'task_definition: td.json',
      'environments:',
      '  staging: { outputs: "{{ env `WHERE` `out` }}.json", env: { TD: td.json, N: 1, E: } }',
      '',
    ].join('\n'),
  });
  expect(await json(made, renderConfig)).toMatchObject({ service: 'web', cluster: 'slipway-staging' });
  expect(await json(made, ['render', 'staging', 'config'], { LONG: '1', SERVICE: 'api' })).toMatchObject({
    service: 'api',
    timeout: 1200,
  });

  made.write(
    'slipway.yml',
    'service: web\ntask_definition: td.json\ncluster: {{ output `cluster_nam` }}\nenvironments: {staging: {outputs: out.json}}\n',
  );
  const { code, stderr } = await made.run(renderConfig);
  expect(code).toBe(11);
  expect(stderr).toContain(
    'slipway.yml:3:13: there is no output "cluster_nam" (did you mean "cluster_name"?)',
  );
});

test("the process's variables come before the environment's, and --image before both", async () => {
  const made = project({
    'slipway.yml': `${config}environments: { staging: { env: { IMAGE: "below:1", X: "below" } } }\n`,
    'td.json': { ...taskDefinition, family: '{{ must_env `X` }}' },
  });
  const image = async (argv: string[], env = {}) => {
    const { family, containerDefinitions } = await json(made, ['render', 'task-definition', ...argv], env);
    return [family, (containerDefinitions as { image: string }[])[0]?.image];
  };
  expect(await image([])).toEqual(['below', 'below:1']);
  expect(await image([], { IMAGE: 'process:1', X: 'process' })).toEqual(['process', 'process:1']);
  expect(await image(['--image', 'option:1'], { IMAGE: 'process:1' })).toEqual(['below', 'option:1']);
});

test('everything that is wrong is said at once, with its place', async () => {
  const made = project({
    ...files,
    'slipway.yml': [
      'servce: web',
      'cluster: [a]',
      'task_definition: td.json',
      'timeout: 600',
      'environments:',
      '  staging: { region: 5, output: x, env: { A: [1] } }',
      '  production: text',
      'plugins: [{ name: tfstat }]',
      '',
    ].join('\n'),
  });
  const { code, stderr } = await made.run(['status', 'staging']);
  expect(code).toBe(40);
  expect(stderr.trim().split('\n')).toEqual([
    'slipway: slipway.yml:1:1: "service" is missing: Name of the ECS service.',
    'slipway.yml:1:1: unknown key "servce" (did you mean "service"?)',
    'slipway.yml:2:10: "cluster" must be a text, but is a list',
    'slipway.yml:4:10: "timeout" is 600, a number without a unit: write "600s" for seconds',
    'slipway.yml:6:22: "environments.staging.region" must be a text, but is the number 5',
    'slipway.yml:6:25: unknown key "environments.staging.output" (did you mean "outputs"?)',
    'slipway.yml:6:46: "environments.staging.env.A" must be a text, but is a list',
    'slipway.yml:7:15: "environments.production" must hold keys with their values, but is the string "text"',
    'slipway.yml:8:19: "plugins[0].name" is "tfstat", which is not one of tfstate, ssm, secretsmanager, cloudformation (did you mean "tfstate"?) [CONFIG_INVALID]',
  ]);
});

test.each([
  ['service: web\n  task: x\n', 'slipway.yml:1:10: Nested mappings'],
  ['', 'the file is empty'],
  ['- a\n', 'the config must hold keys with their values, but is a list'],
  ['service: ""\ntask_definition: td.json\n', '"service" is empty'],
  [`${config}timeout: soon\n`, '"timeout" is "soon", which is not a duration'],
  [`${config}timeout: 0s\n`, '"timeout" is "0s", which is not a duration'],
  [`${config}outputs: "x-{{ output \`a\` }}"\n`, 'only env and must_env work in it'],
  [`${config}plugins: [{ name: tfstate }]\n`, 'the tfstate plugin wants "path" or "url"'],
])('a config of %j is refused', async (text, message) => {
  const { code, stderr } = await project({ ...files, 'slipway.yml': text }).run(['status']);
  expect(code).toBe(40);
  expect(stderr).toContain(message);
  expect(stderr).toContain('CONFIG_INVALID');
});

describe('the environment', () => {
  const two = `${config}environments: { staging: , production: }\n`;
  test.each([
    [
      two,
      ['status', 'stagin'],
      'there is no environment "stagin" in slipway.yml: it declares staging, production (did you mean "staging"?)',
    ],
    [two, ['status'], 'say which environment: slipway.yml declares staging, production'],
    [config, ['status', 'staging'], 'there is no environment "staging" in slipway.yml: it declares none'],
  ])('%j with %j', async (text, argv, message) => {
    const { code, stderr } = await project({ ...files, 'slipway.yml': text }).run(argv);
    expect(code).toBe(40);
    expect(stderr).toContain(message);
    expect(stderr).toContain('ENVIRONMENT_UNKNOWN');
  });

  test('one that is declared alone need not be named, and a word of the command is not one', async () => {
    const made = project({
      ...files,
      'slipway.yml': `${config}environments: { staging: { env: { IMAGE: "s:1" } } }\n`,
    });
    expect((await made.run(['render', 'taskdef'])).stdout).toContain('"s:1"');
    expect((await made.run(['render', 'staging', 'taskdef'])).stdout).toContain('"s:1"');
  });

  test('may be called like a word of the command', async () => {
    const made = project({
      ...files,
      'slipway.yml': `${config}environments: { service: { env: { IMAGE: "s:1" } } }\n`,
    });
    expect((await made.run(['render', 'service', 'task-definition'])).stdout).toContain('"s:1"');
  });
});

test('what is no text in a Terraform state is written as JSON, as Go writes it', async () => {
  const value = { b: ['<a&b>', 1.5], a: true };
  const made = project({
    'slipway.yml': `${config}outputs: state.json\n`,
    'state.json': {
      version: 4,
      terraform_version: '1',
      outputs: { all: { value, type: 'dynamic' } },
      resources: [],
    },
    'td.json': {
      ...taskDefinition,
      family: '{{ tfstate `output.all` | json_escape }} {{ tfstatef `output.all.b[%d]` 1 }}',
    },
  });
  const { family } = await json(made, ['render', 'task-definition']);
  expect(family).toBe('{"a":true,"b":["\\u003ca\\u0026b\\u003e",1.5]} 1.5');
});

test('Terraform states by the name of their plugin', async () => {
  const state = (name: string) => ({
    version: 4,
    terraform_version: '1',
    outputs: { name: { value: name, type: 'string' } },
    resources: [],
  });
  const made = project({
    'one.json': state('one'),
    'two.json': state('two'),
    'ecspresso.yml': `${config}plugins:\n  - name: tfstate\n    config: { path: one.json }\n  - name: tfstate\n    func_prefix: other_\n    config: { path: two.json }\n  - name: ssm\n`,
    'td.json': { ...taskDefinition, family: '{{ tfstate `output.name` }}-{{ other_tfstate `output.name` }}' },
  });
  expect(await json(made, ['render', 'task-definition'])).toMatchObject({ family: 'one-two' });
  made.write('two.json', { version: 1, hash: 'a', outputs: {} });
  const { code, stderr } = await made.run(['render', 'task-definition']);
  expect(code).toBe(40);
  expect(stderr).toContain(
    'two.json, which the tfstate plugin names, is not a Terraform state [FILE_FOREIGN]',
  );
});

describe('several services', () => {
  const definition = (name: string) => ({
    family: name,
    containerDefinitions: [{ name, image: '{{ must_env `IMAGE` }}' }],
  });
  const several = (services: string, more = '') =>
    project({
      'slipway.yml': `cluster: blue\ntimeout: 5m\noutputs: out.json\n${more}services:\n${services}`,
      'out.json': {
        staging: {
          services: { web: { url: 'http://web', only: 'w' }, api: { url: 'http://api', port: 80 } },
        },
      },
      'web.json': definition('web'),
      'api.json': definition('api'),
      'jobs.json': definition('jobs'),
    });
  const three = [
    '  web: { task_definition: web.json, depends_on: [api, jobs] }',
    '  api: { task_definition: api.json, cluster: green, timeout: 1m }',
    '  jobs: { task_definition: jobs.json, depends_on: [api] }',
    '',
  ].join('\n');
  const context = (directory: string) => ({
    cwd: directory,
    env: { AWS_REGION: 'ap-northeast-1' },
    stdout: () => undefined,
    stderr: () => undefined,
    signal: new AbortController().signal,
    isTerminal: false,
    sink: () => undefined,
  });

  test('come in the order of their dependencies, each with its image', async () => {
    const { directory } = several(three);
    const input = { positionals: [], options: { image: ['any:1', 'api=own:2'] } };
    const targets = await loadTargets(context(directory), input, { definitions: true });
    const images = targets.map(({ definitions }) => definitions.taskDefinition.value['containerDefinitions']);
    expect(targets.map(({ service, cluster, timeoutSeconds }) => [service, cluster, timeoutSeconds])).toEqual(
      [
        ['api', 'green', 60],
        ['jobs', 'blue', 300],
        ['web', 'blue', 300],
      ],
    );
    expect(images).toEqual([
      [{ name: 'api', image: 'own:2' }],
      [{ name: 'jobs', image: 'any:1' }],
      [{ name: 'web', image: 'any:1' }],
    ]);
    const some = { positionals: [], options: { service: ['web', 'jobs'] } };
    const chosen = await loadTargets(context(directory), some, { definitions: false });
    expect(chosen.map(({ service }) => service)).toEqual(['jobs', 'web']);
  });

  test('one of them has to be named for what does one thing', async () => {
    const { directory } = several(three);
    const loading = loadTarget(context(directory), { positionals: [], options: {} }, { definitions: false });
    await expect(loading).rejects.toThrow('say which service: there are web, api, jobs');
  });

  test('render names each of them, or prints one document each', async () => {
    const made = several(three);
    expect(await json(made, ['render', '--image', 'a:1'])).toMatchObject({
      web: { taskDefinition: { family: 'web' } },
      api: { taskDefinition: { family: 'api' } },
      jobs: {},
    });
    const only = ['render', '--image', 'a:1', '--service', 'api', 'task-definition'];
    expect(await json(made, only)).toMatchObject({ family: 'api' });
  });

  test('each reads its own outputs, in the config too', async () => {
    const smoke = (name: string) =>
      `  ${name}: { task_definition: ${name}.json, smoke: [{ url: "{{ output \`url\` }}/up" }] }\n`;
    const made = several(`${smoke('web')}${smoke('api')}`);
    expect(await json(made, renderConfig)).toMatchObject({
      services: { web: { smoke: [{ url: 'http://web/up' }] }, api: { smoke: [{ url: 'http://api/up' }] } },
    });
    const own = several(
      '  web: { task_definition: web.json }\n  api: { task_definition: api.json, smoke: [{ url: "http://x:{{ output `port` }}" }] }\n',
    );
    expect(await json(own, renderConfig)).toMatchObject({
      services: { api: { smoke: [{ url: 'http://x:80' }] } },
    });
  });

  test.each([
    [
      "another's output",
      '  web: { task_definition: "{{ output `port` }}.json" }\n  api: { task_definition: api.json }\n',
      '',
    ],
    [
      "a service's output on top",
      '  web: { task_definition: web.json }\n  api: { task_definition: api.json }\n',
      'region: "{{ output `port` }}"\n',
    ],
  ])('%s is not its own', async (_name, services, more) => {
    const { code, stderr } = await several(services, more).run(renderConfig);
    expect(code).toBe(11);
    expect(stderr).toContain('there is no output "port"');
  });

  test.each([
    [['status', '--service', 'wbe'], 'there is no service "wbe" in slipway.yml (did you mean "web"?)'],
    [['render', '--image', 'wbe=a:1'], 'there is no service "wbe" in slipway.yml (did you mean "web"?)'],
    [
      ['render', '--image', 'a:1', '--image', 'b:1'],
      '--image names two images for every service: a:1 and b:1',
    ],
  ])('%j', async (argv, message) => {
    const { code, stderr } = await several(three).run(argv);
    expect(code).toBe(40);
    expect(stderr).toContain(message);
  });

  test.each([
    [
      '  web: { task_definition: a, depends_on: [wbe] }\n  api: { task_definition: b }\n',
      '"services.web.depends_on[0]": there is no service "wbe" (did you mean "web"?); there are web, api',
    ],
    [
      '  web: { task_definition: a, depends_on: [api] }\n  api: { task_definition: b, depends_on: [web] }\n',
      'slipway.yml:5:42: services wait for each other: web -> api -> web',
    ],
    ['  web: { task_definition: a, depends_on: [web] }\n', 'services wait for each other: web -> web'],
    ['  web: { }\n', '"services.web.task_definition" is missing'],
    ['  web:\n', '"services.web.task_definition" is missing'],
    [
      '  web: { task_definition: a, autoscaling: { min: 3, max: 2 } }\n',
      '"services.web.autoscaling.min" is 3, above "max" (2)',
    ],
    ['  web: { task_definition: a, before: [{ name: x }] }\n', '"services.web.before[0].command" is missing'],
    [
      '  web: { task_definition: a, before: [{ name: x, command: go }] }\n',
      '"services.web.before[0].command" must be a list',
    ],
    [
      '  web: { task_definition: a, smoke: [{ url: x, status: ok }] }\n',
      '"services.web.smoke[0].status" must be a number',
    ],
    ['  {}\n', '"services" names none'],
  ])('%j is refused', async (services, message) => {
    const { code, stderr } = await several(services).run(['status']);
    expect(code).toBe(40);
    expect(stderr).toContain(message);
  });

  test('what belongs to one service does not stand on top of several', async () => {
    const { code, stderr } = await several(three, 'task_definition: td.json\n').run(['status']);
    expect(code).toBe(40);
    expect(stderr).toContain(
      'slipway.yml:4:1: "task_definition" belongs to one service: put it under "services"',
    );
  });
});

test('steps, smoke tests and autoscaling of a service', async () => {
  const { directory } = project({
    ...files,
    'slipway.yml': [
      config,
      'before: [{ name: migrate, command: [node, migrate.js, 1], timeout: 5m }]',
      'after: [{ name: warm, command: [true], container: side }]',
      'smoke: [{ url: http://x/, contains: ok }, { url: http://y/, status: "{{ env `S` `204` }}", timeout: 5s }]',
      'autoscaling:',
      '  min: 2',
      '  max: "{{ env `MAX` `10` }}"',
      '  target_tracking: [{ metric: cpu, target: 60, scale_in_cooldown: 1m }]',
      '  step: [{ name: busy, metric: memory, threshold: 80, adjustments: [{ from: 80, to: 90, by: 1 }, { from: 90, by: -2 }], cooldown: 90s }]',
      'ignore: { tags: [Owner] }',
      'codedeploy: { application_name: a }',
      'appspec: { Hooks: [{ BeforeInstall: f }] }',
      'x-anything: [1]',
    ].join('\n'),
  });
  const sink = () => undefined;
  const { signal } = new AbortController();
  const world = {
    cwd: directory,
    env: { AWS_REGION: 'r' },
    stdout: sink,
    stderr: sink,
    signal,
    isTerminal: false,
    sink,
  };
  const input = { positionals: [], options: {} };
  const { serviceConfig } = await loadTarget(world, input, { definitions: false });
  expect(serviceConfig).toMatchObject({
    before: [
      { name: 'migrate', command: ['node', 'migrate.js', '1'], timeoutSeconds: 300, container: undefined },
    ],
    after: [{ name: 'warm', command: ['true'], timeoutSeconds: 600, container: 'side' }],
    smoke: [
      { url: 'http://x/', status: 200, contains: 'ok', timeoutSeconds: 60 },
      { url: 'http://y/', status: 204, contains: undefined, timeoutSeconds: 5 },
    ],
    autoscaling: {
      min: 2,
      max: 10,
      targetTracking: [{ metric: 'cpu', target: 60, scaleInCooldownSeconds: 60 }],
      step: [
        {
          name: 'busy',
          metric: 'memory',
          comparison: '>=',
          threshold: 80,
          adjustments: [
            { from: 80, to: 90, by: 1 },
            { from: 90, by: -2 },
          ],
          cooldownSeconds: 90,
        },
      ],
    },
    ignoreTags: ['Owner'],
    codedeploy: { applicationName: 'a' },
    appspec: { Hooks: [{ BeforeInstall: 'f' }] },
  });
});

test('docs/configuration.md is what npm run generate makes of the schema', () => {
  const page = readFileSync(join(__dirname, '../docs/configuration.md'), 'utf8').replaceAll('\r\n', '\n');
  expect(page).toBe(configurationPage());
});
