import { recordCalls } from '../helpers/calls';
import { CLUSTER, FAMILY, testService, type TestService } from '../helpers/service';

async function tasks(service: TestService): Promise<string[]> {
  const { taskArns } = await service.ecs('ListTasks', { cluster: CLUSTER, serviceName: 'web' });
  return taskArns as string[];
}

it('replaces every task by a new one of the same revision, with one call', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  await service.run(['scale', 'staging', '--tasks', '3']);
  const before = await tasks(service);
  const calls = await recordCalls(service);
  const ran = await service.run(['refresh', 'staging', '--json'], { env: calls.env });
  expect(ran).toMatchObject({
    exitCode: 0,
    result: {
      kind: 'deployment',
      command: 'refresh',
      outcome: { kind: 'live', release: { taskDefinition: `${FAMILY}:1` } },
    },
  });
  expect(calls.writes()).toEqual(['UpdateService']);
  const after = await tasks(service);
  expect(after).toHaveLength(3);
  expect(after.filter((arn) => before.includes(arn))).toEqual([]);
  expect(await service.revisions()).toHaveLength(1);
});

it('is rolled back like a deploy when the new tasks do not run', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  service.behave('sample/ok:1', { output: ['Error: the database is away'], exits: { after: 300, code: 1 } });
  const ran = await service.run(['refresh', 'staging', '--json']);
  expect(ran).toMatchObject({
    exitCode: 21,
    result: { outcome: { kind: 'rolled-back', by: 'circuit-breaker' } },
  });
  expect(await tasks(service)).toHaveLength(2);
});

it('says what it would do, or does not wait', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const before = await tasks(service);
  expect(await service.run(['refresh', 'staging', '--dry-run', '--json'])).toMatchObject({
    exitCode: 0,
    result: {
      outcome: 'planned',
      message: `would replace all 2 tasks of ${FAMILY}:1 (web in ${CLUSTER})`,
    },
  });
  expect(await tasks(service)).toEqual(before);
  expect(await service.run(['refresh', 'staging', '--detach', '--json'])).toMatchObject({
    exitCode: 0,
    result: { outcome: { kind: 'started' } },
  });
});

it('is refused while a deployment is in progress, and where there is no service', async () => {
  const service = await testService();
  expect(await service.run(['refresh', 'staging', '--json'])).toMatchObject({
    exitCode: 10,
    result: { code: 'SERVICE_NOT_FOUND' },
  });
  await service.deploy('ok-1');
  service.behave('sample/ok:2', { startsAfter: 60_000 });
  await service.deploy('ok-2', ['--detach']);
  expect(await service.run(['refresh', 'staging', '--json'])).toMatchObject({
    exitCode: 12,
    result: { code: 'DEPLOYMENT_IN_PROGRESS' },
  });
});
