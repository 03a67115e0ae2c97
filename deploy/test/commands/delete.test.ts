import { CLUSTER, testService, type TestService } from '../helpers/service';

const status = async (service: TestService) =>
  (await service.run(['status', 'staging', '--json'])).result['status'];

it('removes the service and waits until it is gone', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['delete', 'staging', '--yes', '--json']);
  expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'delete', outcome: 'deleted' } });
  expect(await status(service)).toBe('INACTIVE');
  const { taskArns } = await service.ecs('ListTasks', { cluster: CLUSTER });
  expect(taskArns).toEqual([]);
  expect(await service.run(['delete', 'staging', '--yes', '--json'])).toMatchObject({
    exitCode: 0,
    result: { outcome: 'unchanged' },
  });
});

it('does nothing without --yes, where nobody can be asked', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['delete', 'staging', '--json']);
  expect(ran).toMatchObject({ exitCode: 40, result: { code: 'USAGE', hint: 'confirm with --yes' } });
  expect(await status(service)).toBe('ACTIVE');
});

it('does nothing with --dry-run', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['delete', 'staging', '--dry-run', '--json']);
  expect(ran).toMatchObject({ exitCode: 0, result: { outcome: 'planned' } });
  expect(await status(service)).toBe('ACTIVE');
});

it('of a service that does not exist changes nothing', async () => {
  const service = await testService();
  expect(await service.run(['delete', 'staging', '--yes', '--json'])).toMatchObject({
    exitCode: 0,
    result: { outcome: 'unchanged' },
  });
});

it('says so when it takes longer than it may', async () => {
  const service = await testService({ settings: { deactivate: 36_000_000 } });
  await service.deploy('ok-1');
  const ran = await service.run(['delete', 'staging', '--yes', '--timeout', '50ms', '--json']);
  expect(ran).toMatchObject({ exitCode: 23, result: { outcome: 'in-progress' } });
  expect(await status(service)).toBe('DRAINING');
});
