import { loadTarget } from '../src/load-target';
import { config, project, taskDefinition, type Project } from './project';

const both = `${config}service_definition: sd.json\n`;

async function rendered(made: Project, document: string, env = {}): Promise<unknown> {
  const { code, stdout, stderr } = await made.run(['render', document], env);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const small = { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1' }] };

describe('forms that are read', () => {
  test.each<[string, string, string | object]>([
    ['JSON', 'td.json', small],
    [
      'JSON with comments and trailing commas',
      'td.json',
      '// top\n{ "family": "web", /* in */ "containerDefinitions": [{ "name": "web", "image": "nginx:1", }], }',
    ],
    [
      '.jsonc with Windows line ends and a byte order mark',
      'td.jsonc',
      '\uFEFF{\r\n "family": "web", // x\r\n "containerDefinitions": [{ "name": "web", "image": "nginx:1" }]\r\n}\r\n',
    ],
    ['YAML', 'td.yml', 'family: web\ncontainerDefinitions:\n  - name: web\n    image: nginx:1\n'],
    [
      'YAML with anchors and merges',
      'td.yaml',
      'family: &n web\ncontainerDefinitions:\n  - <<: &d { name: x, image: "nginx:1" }\n    name: *n\n',
    ],
    [
      'describe-task-definition',
      'td.json',
      {
        taskDefinition: {
          ...small,
          revision: 3,
          status: 'ACTIVE',
          taskDefinitionArn: 'arn',
          requiresAttributes: [],
          registeredAt: 1,
        },
      },
    ],
    [
      'field names in another case',
      'td.json',
      { Family: 'web', ContainerDefinitions: [{ Name: 'web', Image: 'nginx:1' }] },
    ],
    [
      'null, empty lists, and empty texts for choices',
      'td.json',
      { ...small, ipcMode: '', pidMode: '', networkMode: null, volumes: [] },
    ],
  ])('%s', async (_name, path, content) => {
    const made = project({ 'slipway.yml': `service: web\ntask_definition: ${path}\n`, [path]: content });
    expect(await rendered(made, 'task-definition')).toEqual(small);
  });

  test('read-only fields are named in a note', async () => {
    const made = project({
      'slipway.yml': config,
      'td.json': {
        taskDefinition: { ...small, revision: 3, status: 'ACTIVE' },
        tags: [{ key: 'a', value: 'b' }],
      },
    });
    const { stdout, stderr } = await made.run(['render', 'task-definition']);
    expect(JSON.parse(stdout)).toEqual({ ...small, tags: [{ key: 'a', value: 'b' }] });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'td.json: left out what only ECS writes: revision, status',
    );
  });

  test('keys that are data keep their case', async () => {
    const dockerLabels = { Upper: 'a', 'com.example.x': 'b' };
    const volumes = [{ name: 'v', dockerVolumeConfiguration: { driverOpts: { type: 'nfs', Device: ':/' } } }];
    const containerDefinitions = [{ name: 'web', image: 'a', dockerLabels }];
    const made = project({
      'slipway.yml': config,
      'td.json': { family: 'web', containerDefinitions, volumes },
    });
    expect(await rendered(made, 'task-definition')).toEqual({ family: 'web', containerDefinitions, volumes });
  });

  test('a service as describe-services answers it; the config says which service', async () => {
    const service = {
      serviceName: 'other',
      serviceArn: 'arn',
      clusterArn: 'arn',
      status: 'ACTIVE',
      taskDefinition: 'arn',
      events: [],
      deployments: [],
      desiredCount: 2,
      runningCount: 2,
      launchType: 'FARGATE',
      createdAt: 1700000000.1,
      roleArn: 'arn',
      platformFamily: 'Linux',
    };
    const made = project({
      'slipway.yml': both,
      'td.json': small,
      'sd.json': { services: [service], failures: [] },
    });
    expect(await rendered(made, 'service')).toEqual({
      serviceName: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
    });
    made.write('sd.json', service);
    expect(await rendered(made, 'servicedef')).toEqual({
      serviceName: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
    });
  });

  test('a number or bool of an output fits where a text is wanted, a literal does not', async () => {
    const td = (value: unknown) => ({
      family: 'web',
      containerDefinitions: [
        {
          name: 'web',
          image: 'a',
          environment: [{ name: 'PORT', value }],
          stopTimeout: '{{ output `stop` }}',
        },
      ],
    });
    const made = project({
      'slipway.yml': `${config}outputs: out.json\n`,
      'out.json': { web: { port: 3000, stop: 30 } },
      'td.json': td('{{ output `port` }}'),
    });
    expect(await rendered(made, 'task-definition')).toMatchObject({
      containerDefinitions: [{ environment: [{ value: '3000' }], stopTimeout: 30 }],
    });
    made.write('td.json', td(3000));
    const { code, stderr } = await made.run(['render', 'task-definition']);
    expect(code).toBe(10);
    expect(stderr).toContain(
      'containerDefinitions[0].environment[0].value: must be a string, but is the number 3000',
    );
  });
});

test('every problem in both definitions is reported, with its place in the source', async () => {
  const made = project({
    'slipway.yml': both,
    'td.json':
      '{{/* a\n   comment */}}\n{\n  "family": "web",\n  "cpu": 256,\n  "containerDefinitions": [\n    { "name": "{{ env\n`A` }}", "imgae": "nginx" }\n  ]\n}\n',
    'sd.json':
      '{\n  "desiredCount": "2",\n  "launchTyp": "FARGATE",\n  "deploymentConfiguration": { "deploymentCircuitBreaker": { "enable": true } }\n}\n',
  });
  const { code, stdout, stderr } = await made.run(['deploy', '--image', 'x'], {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  });
  expect({ code, stdout }).toEqual({ code: 10, stdout: '' });
  expect(stderr).toContain(
    [
      'td.json:5:10: cpu: must be a string, but is the number 256',
      'td.json:8:10: containerDefinitions[0]: unknown field "imgae" (did you mean "image"?)',
      'sd.json:2:19: desiredCount: must be a number, but is the string "2"',
      'sd.json:3:3: unknown field "launchTyp" (did you mean "launchType"?)',
      'sd.json:4:60: deploymentConfiguration.deploymentCircuitBreaker: "rollback" is missing [DEFINITION_INVALID]',
    ].join('\n'),
  );
});

test.each([
  ['td.json', '{ "family": "web" "x": 1 }', 'td.json:1:19: a "," is missing here'],
  ['td.json', '{ "family": web }', 'td.json:1:13: this is not JSON'],
  ['td.json', '{ "family": "{{ must_env `QUOTED` }}" }', '{{ ... | json_escape }}'],
  ['td.json', '[]', 'a definition is an object'],
  ['td.json', '', 'the file is empty'],
  ['td.yml', 'a: b: c\n', 'td.yml:1:'],
  ['td.yml', 'a: &a [*a]\n', 'td.yml:1:'],
])('%s of %j cannot be read', async (path, text, message) => {
  const made = project({ 'slipway.yml': `service: web\ntask_definition: ${path}\n`, [path]: text });
  const { code, stderr } = await made.run(['render'], { QUOTED: 'a "b"' });
  expect(code).toBe(10);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
  expect(stderr).toContain('DEFINITION_INVALID');
});

test('the rendered target tells places in the source and the outputs it uses', async () => {
  const made = project({
    'slipway.yml': `${both}cluster: "{{ output \`cluster\` }}"\ntimeout: 90s\nenvironments: { staging: { outputs: out.json, region: eu-central-1 } }\n`,
    'out.json': {
      version: 1,
      hash: 'h4sh',
      outputs: { cluster: 'c', role: 'r', subnets: ['a', 'b'], services: { web: { url: 'u' } } },
    },
    'td.json':
      '{"family": "web",\n "taskRoleArn": "{{ output `role` }}",\n {{ if env `X` `` }}"executionRoleArn": "{{ output `other` }}",{{ end }}\n "containerDefinitions": [{"image": "x"}]}',
    'sd.json': '{"networkConfiguration": {"awsvpcConfiguration":\n {"subnets": "{{ output `subnets` }}"}}}',
  });
  const context = {
    cwd: made.directory,
    env: {},
    stdout: () => {},
    stderr: () => {},
    signal: new AbortController().signal,
    isTerminal: false,
    sink: () => {},
  };
  const target = await loadTarget(context, { positionals: ['staging'], options: {} }, { definitions: true });
  expect(target).toMatchObject({
    environment: 'staging',
    service: 'web',
    cluster: 'c',
    region: 'eu-central-1',
    timeoutSeconds: 90,
  });
  expect(target.outputs).toMatchObject({ contractHash: 'h4sh', services: { web: { url: 'u' } } });
  const { taskDefinition: td, service } = target.definitions;
  expect(td.outputsUsed).toEqual(['other', 'role']);
  expect(td.positionOf(['containerDefinitions', 0, 'image'])).toEqual({
    file: 'td.json',
    line: 4,
    column: 37,
  });
  expect(service?.value).toEqual({ networkConfiguration: { awsvpcConfiguration: { subnets: ['a', 'b'] } } });
  expect(service?.positionOf(['networkConfiguration', 'awsvpcConfiguration', 'subnets', 1])).toMatchObject({
    line: 2,
    column: 15,
  });
  expect(service?.positionOf(['nothing', 'like', 'it'])).toMatchObject({ line: 1, column: 1 });
  expect((await loadTarget(context, { positionals: [], options: {} }, { definitions: false })).cluster).toBe(
    'c',
  );
});

test('the small definition of the other tests is right', async () => {
  expect(
    await rendered(project({ 'slipway.yml': config, 'td.json': taskDefinition }), 'task-definition'),
  ).toMatchObject({ family: 'web' });
});
