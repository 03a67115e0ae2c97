import { CLUSTER, testService } from '../helpers/service';

const many = {
  taskDefinition: { memory: '4096' },
  container: { dependsOn: [{ containerName: 'db', condition: 'START' }] },
  service: { desiredCount: 1, deploymentConfiguration: { maximumPercent: 100 } },
};

it('says that all is well, and changes nothing', async () => {
  const service = await testService();
  const state = () => ({ ...service.rehearsal.snapshot().ecs, savedAt: 0 });
  const kept = () => service.rehearsal.snapshot().surroundings;
  const before = { ecs: state(), kept: kept() };
  const ran = await service.run(['verify', 'staging', '--image', service.image('ok-1')]);
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout).toMatch(/^\d+ checks of web passed\n$/);
  expect({ ecs: state(), kept: kept() }).toEqual(before);
});

it('reports everything in one run, with places and hints, and ends with 10', async () => {
  const service = await testService(many);
  const ran = await service.run(['verify', 'staging', '--image', service.image('gone')]);
  expect(ran.exitCode).toBe(10);
  const text = ran.stdout.replace(/\s+/g, ' ');
  expect(text).toContain('error Fargate has no 4096 MiB with 256 CPU units');
  expect(text).toMatch(/\(\S*ecs\/task-definition\.json:8:\d+\) \[task-size\] with 256 go 512, 1024, 2048/);
  expect(text).toContain('container web depends on "db", which the task does not have');
  expect(text).toContain('with 1 task, 100 and 100 percent mean at least 1 and at most 1');
  expect(text).toContain('ECR has no image');
  expect(text).toMatch(/warning the circuit breaker is off.* 4 errors, 1 warning in \d+ checks of web $/);
});

it('leaves out a check by its name', async () => {
  const service = await testService(many);
  const argv = ['verify', 'staging', '--image', service.image('ok-1'), '--json'];
  const checks = ['task-size', 'container-order', 'deployment-limits', 'circuit-breaker'];
  const ran = await service.run([...argv, ...checks.flatMap((name) => ['--skip-check', name])]);
  expect(ran).toMatchObject({ exitCode: 0, result: { findings: [] } });
  expect(JSON.stringify(ran.lines)).toContain('without task-size, container-order');
  expect(await service.run([...argv, '--skip-check', 'all'])).toMatchObject({
    exitCode: 0,
    result: { checks: 0 },
  });
  expect(await service.run([...argv, '--skip-check', 'task-sice'])).toMatchObject({
    exitCode: 40,
    result: { message: expect.stringContaining('did you mean "task-size"') as string },
  });
});

it('says on --verbose what nobody looked at', async () => {
  const service = await testService();
  const argv = ['verify', 'staging', '--image', 'public.ecr.aws/nginx/nginx:1', '--verbose'];
  const ran = await service.run(argv);
  expect(ran).toMatchObject({ exitCode: 0 });
  expect(ran.stderr.replace(/\s+/g, ' ')).toContain('nginx:1 (container web) is not in ECR');
});

it('names both accounts where the credentials are of another', async () => {
  const service = await testService();
  const outputs = service.rehearsal.store.parameters.get('/slipway/staging/outputs');
  if (outputs !== undefined) outputs.value = outputs.value.replace('123456789012', '210987654321');
  const ran = await service.run(['verify', 'staging', '--image', service.image('ok-1'), '--json']);
  expect(ran.result['findings']).toContainEqual(
    expect.objectContaining({
      check: 'account',
      message: expect.stringMatching(/account 123456789012 .* is in account 210987654321/) as string,
    }),
  );
});

it('knows that the cluster is gone', async () => {
  const service = await testService();
  await service.ecs('DeleteCluster', { cluster: CLUSTER });
  const ran = await service.run(['verify', 'staging', '--image', service.image('ok-1'), '--json']);
  expect(ran).toMatchObject({
    exitCode: 10,
    result: { findings: [{ check: 'cluster', code: 'CLUSTER_NOT_FOUND' }] },
  });
});

it('ends with 31 where nothing can be reached', async () => {
  const service = await testService();
  const ran = await service.run(['verify', 'staging', '--image', service.image('ok-1'), '--json'], {
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' },
  });
  expect(ran.exitCode).toBe(31);
});

describe('a deploy', () => {
  it('is refused by all that is wrong, and makes no write call', async () => {
    const service = await testService(many);
    const ran = await service.deploy('ok-1');
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'PREFLIGHT_FAILED' } });
    const found = ran.lines.flatMap(({ finding }) => finding ?? []) as { check: string; level: string }[];
    expect(found.map(({ check }) => check)).toEqual([
      'task-size',
      'container-order',
      'deployment-limits',
      'circuit-breaker',
    ]);
    expect(await service.revisions()).toEqual([]);
    expect(await service.revisions('INACTIVE')).toEqual([]);
  });

  it('goes on with warnings, and says them', async () => {
    const service = await testService({ service: { deploymentConfiguration: {} } });
    const ran = await service.deploy('ok-1');
    expect(ran.exitCode).toBe(0);
    expect(ran.lines.flatMap(({ finding }) => finding ?? [])).toMatchObject([
      { check: 'circuit-breaker', level: 'warning' },
    ]);
  });

  it('tells mistakes of the schema and of the preflight together', async () => {
    const service = await testService({ ...many, service: { ...many.service, desiredCuont: 1 } });
    const { result, exitCode } = await service.deploy('ok-1');
    expect({ exitCode, code: result['code'] }).toEqual({ exitCode: 10, code: 'DEFINITION_INVALID' });
    expect(result['message']).toContain('unknown field "desiredCuont" (did you mean "desiredCount"?)');
    expect(result['message']).toMatch(/task-definition\.json:8:\d+: Fargate has no 4096 MiB/);
  });

  it('annotates the lines of a pull request', async () => {
    const service = await testService(many);
    const ran = await service.run(['deploy', 'staging', '--image', service.image('ok-1')], {
      env: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: service.directory },
    });
    expect(ran.stderr).toMatch(
      /::error title=slipway task-size,file=app\/ecs\/task-definition\.json,line=8,col=\d+::Fargate has no/,
    );
    expect(ran.stderr).toContain('::warning title=slipway circuit-breaker');
  });
});

it('keeps a rollback from a release whose role and secret are gone', async () => {
  const service = await testService({ container: { secrets: [{ name: 'KEY', valueFrom: '/web/key' }] } });
  const { rehearsal } = service;
  await rehearsal.call('ssm', 'PutParameter', { Name: '/web/key', Value: 'x', Type: 'String' });
  const argv = ['--skip-check', 'execution-permissions'];
  expect((await service.deploy('ok-1', argv)).exitCode).toBe(0);
  expect((await service.deploy('ok-2', argv)).exitCode).toBe(0);
  await rehearsal.call('ssm', 'DeleteParameter', { Name: '/web/key' });
  rehearsal.store.roles.delete(`${CLUSTER}-web-execution`);
  const ran = await service.run(['rollback', 'staging', '--json']);
  expect(ran).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
  expect(ran.result['message']).toMatch(
    /cannot run: the execution role .* does not exist; container web: parameter \/web\/key does not exist/,
  );
});
