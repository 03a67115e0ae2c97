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

describe('what scales the service', () => {
  const place = {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${CLUSTER}/web`,
    ScalableDimension: 'ecs:service:DesiredCount',
  };
  const scaling = (service: TestService, operation: string, input: object = {}) =>
    service.rehearsal.call('application-autoscaling', operation, { ...place, ...input });
  async function scaled(policy: string): Promise<TestService> {
    const service = await testService();
    await service.deploy('ok-1');
    await scaling(service, 'RegisterScalableTarget', { MinCapacity: 1, MaxCapacity: 4 });
    await scaling(service, 'PutScalingPolicy', { PolicyName: policy, PolicyType: 'TargetTrackingScaling' });
    return service;
  }
  const targets = async (service: TestService) => {
    const { ServiceNamespace } = place;
    const answer = await service.rehearsal.call('application-autoscaling', 'DescribeScalableTargets', {
      ServiceNamespace,
    });
    return answer['ScalableTargets'];
  };

  it('goes with it where slipway made it', async () => {
    const service = await scaled('slipway-cpu');
    const ran = await service.run(['delete', 'staging', '--yes', '--json']);
    expect(ran.result['message']).toBe(
      `service web in ${CLUSTER} (ap-northeast-1) is deleted, with its autoscaling`,
    );
    expect(await targets(service)).toEqual([]);
  });

  it('stays where somebody else made it, and is named', async () => {
    const service = await scaled('by-hand');
    const planned = await service.run(['delete', 'staging', '--dry-run', '--json']);
    expect(planned.result['message']).toContain('(1 to 4 tasks) was not made by slipway and stays');
    expect((await service.run(['delete', 'staging', '--yes'])).exitCode).toBe(0);
    expect(await targets(service)).toHaveLength(1);
  });
});

it('waits for one that is being deleted already', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  await service.ecs('DeleteService', { cluster: CLUSTER, service: 'web', force: true });
  const ran = await service.run(['delete', 'staging', '--yes', '--json']);
  expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'delete' } });
  expect(await status(service)).toBe('INACTIVE');
});
