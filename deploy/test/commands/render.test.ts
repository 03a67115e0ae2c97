import { config, project, taskDefinition } from '../project';

const files = {
  'slipway.yml': `${config}service_definition: sd.yml\ntimeout: 15m\n`,
  'td.json': taskDefinition,
  'sd.yml': 'desiredCount: 2\nloadBalancers: []\n',
};

test('without a name prints both definitions as one document', async () => {
  const { code, stdout } = await project(files).run(['render', '--image', 'web@sha256:abc']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    taskDefinition: { ...taskDefinition, containerDefinitions: [{ name: 'web', image: 'web@sha256:abc' }] },
    service: { desiredCount: 2, serviceName: 'web' },
  });
});

test('prints a document for each name, in the order of the names', async () => {
  const { code, stdout } = await project(files).run([
    'render',
    'config',
    'service',
    'task-definition',
    '--json',
  ]);
  expect(code).toBe(0);
  const { documents } = JSON.parse(stdout) as { documents: unknown };
  expect(documents).toEqual([
    {
      service: 'web',
      cluster: 'default',
      region: 'ap-northeast-1',
      task_definition: 'td.json',
      service_definition: 'sd.yml',
      timeout: 900,
    },
    { desiredCount: 2, serviceName: 'web' },
    { ...taskDefinition, containerDefinitions: [{ name: 'web', image: 'nginx:1' }] },
  ]);
});

test('a service that the config does not name', async () => {
  const { code, stderr } = await project({ ...files, 'slipway.yml': config }).run(['render', 'service']);
  expect(code).toBe(40);
  expect(stderr).toContain('names no service_definition');
});

test('needs no region and no credentials where nothing is read from AWS', async () => {
  const { code } = await project(files).run(['render'], { AWS_REGION: '' });
  expect(code).toBe(0);
});
