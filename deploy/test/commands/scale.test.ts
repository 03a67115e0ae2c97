import type { SimulatedRuntime } from '../../rehearsal/runtime/simulated';
import { recordCalls } from '../helpers/calls';
import { CLUSTER, testService, type Ran, type TestService } from '../helpers/service';

const RESOURCE = {
  ServiceNamespace: 'ecs',
  ResourceId: `service/${CLUSTER}/web`,
  ScalableDimension: 'ecs:service:DesiredCount',
};

const scale = (service: TestService, ...argv: string[]) =>
  service.run(['scale', 'staging', '--json', ...argv]);
const data = ({ result }: Ran) => result['data'] as Record<string, unknown>;

async function counts(service: TestService): Promise<unknown[]> {
  const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
  const [web] = services as Record<string, unknown>[];
  return [web?.['desiredCount'], web?.['runningCount']];
}

const autoscaled = (service: TestService, MinCapacity = 2, MaxCapacity = 6) =>
  service.rehearsal.call('application-autoscaling', 'RegisterScalableTarget', {
    ...RESOURCE,
    MinCapacity,
    MaxCapacity,
  });

async function scalableTarget(service: TestService): Promise<Record<string, unknown> | undefined> {
  const { ScalableTargets } = await service.rehearsal.call(
    'application-autoscaling',
    'DescribeScalableTargets',
    { ServiceNamespace: 'ecs' },
  );
  return (ScalableTargets as Record<string, unknown>[])[0];
}

it('sets the count with one call, waits until the tasks are there, and goes to none and back', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const calls = await recordCalls(service);
  const up = await service.run(['scale', 'staging', '--tasks', '4', '--json'], { env: calls.env });
  expect(up).toMatchObject({ exitCode: 0, result: { kind: 'done', command: 'scale', outcome: 'done' } });
  expect(data(up)).toMatchObject({ desiredCount: 4, runningCount: 4 });
  expect(await counts(service)).toEqual([4, 4]);
  expect(calls.writes()).toEqual(['UpdateService']);

  const again = await service.run(['scale', 'staging', '--tasks', '4', '--json'], { env: calls.env });
  expect(again).toMatchObject({ exitCode: 0, result: { outcome: 'unchanged' } });
  expect(calls.writes()).toEqual(['UpdateService']);

  expect((await scale(service, '--tasks', '0')).exitCode).toBe(0);
  expect(await counts(service)).toEqual([0, 0]);
  const back = await service.run(['scale', 'staging', '--tasks', '1']);
  expect(back.exitCode).toBe(0);
  expect(back.stderr).toContain('scaled web in slipway-staging: 0 -> 1 tasks. 1 of 1 tasks run');
  expect(await service.revisions()).toHaveLength(1);
});

it('may not wait, or say only what it would do', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  expect(await scale(service, '--tasks', '3', '--dry-run')).toMatchObject({
    exitCode: 0,
    result: { outcome: 'planned', message: 'would scale web in slipway-staging: 2 -> 3 tasks' },
  });
  expect(await counts(service)).toEqual([2, 2]);
  expect(await scale(service, '--tasks', '3', '--detach')).toMatchObject({
    exitCode: 0,
    result: { outcome: 'started' },
  });
  expect((await counts(service))[0]).toBe(3);
});

it('says so when tasks do not come in time', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  service.behave('sample/ok:1', { startsAfter: 36_000_000 });
  const ran = await scale(service, '--tasks', '3', '--timeout', '50ms');
  expect(ran).toMatchObject({ exitCode: 23, result: { outcome: 'in-progress' } });
});

it('names tasks that stop; ends with Ctrl-C, and leaves ECS at it', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  let launched = 0;
  const { digest } = service.rehearsal.images.describe('sample/ok:1');
  (service.rehearsal.runtime as SimulatedRuntime).script(digest, () => {
    launched += 1;
    return launched === 1 ? { exits: { after: 0, code: 3 } } : { startsAfter: 36_000_000 };
  });
  const controller = new AbortController();
  const ran = await service.run(['scale', 'staging', '--tasks', '5', '--json'], {
    signal: controller.signal,
    onLine: ({ type }) => void (type === 'task-stopped' && controller.abort()),
  });
  expect(ran.lines).toContainEqual(expect.objectContaining({ type: 'task-stopped', exitCode: 3 }));
  expect(ran).toMatchObject({ exitCode: 130, result: { outcome: 'cancelled' } });
  expect((await counts(service))[0]).toBe(5);
});

it('ends at once with 30 when credentials expire meanwhile', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  service.behave('sample/ok:1', { startsAfter: 600_000 });
  const ran = await service.run(['scale', 'staging', '--tasks', '5', '--json'], {
    onLine: ({ message }) => {
      if (String(message).startsWith('2 of 5')) void service.rehearsal.faults.set('expired-credentials');
    },
  });
  expect(ran).toMatchObject({ exitCode: 30, result: { code: 'CREDENTIALS_EXPIRED' } });
  expect(ran.result['message']).toContain('scaling goes on in ECS');
});

it.each([
  ['nothing', [], 'say what to scale'],
  ['what is no number', ['--tasks', 'many'], '--tasks many is no whole number'],
  ['both ways', ['--suspend', '--resume'], 'exclude each other'],
])('refuses %s', async (_, argv, message) => {
  const service = await testService();
  const ran = await scale(service, ...argv);
  expect(ran).toMatchObject({ exitCode: 40, result: { code: 'USAGE' } });
  expect(ran.result['message']).toContain(message);
});

it('refuses a service that is not there', async () => {
  const service = await testService();
  expect(await scale(service, '--tasks', '1')).toMatchObject({
    exitCode: 10,
    result: { code: 'SERVICE_NOT_FOUND' },
  });
});

describe('with autoscaling', () => {
  it('refuses a count that would be undone', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    await autoscaled(service);
    const ran = await scale(service, '--tasks', '0');
    expect(ran).toMatchObject({
      exitCode: 10,
      result: {
        code: 'AUTOSCALING_OWNS_COUNT',
        message: 'autoscaling keeps the service at 2 to 6 tasks: 0 would be undone',
        hint: 'change the bounds too (--min 0), or stop autoscaling meanwhile (--suspend)',
      },
    });
    expect(await counts(service)).toEqual([2, 2]);
    expect((await scale(service, '--tasks', '0', '--min', '0')).exitCode).toBe(0);
    expect(await counts(service)).toEqual([0, 0]);
  });

  it('warns of a count that autoscaling may change again', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    await autoscaled(service);
    const ran = await scale(service, '--tasks', '3');
    expect(ran.exitCode).toBe(0);
    expect(ran.lines).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: 'autoscaling owns the count (2 to 6) and may change it again; --min and --max hold',
      }),
    );
  });

  it('sets the bounds, and brings the count into them at once', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    await autoscaled(service);
    const ran = await scale(service, '--min', '4', '--max', '8');
    expect(ran).toMatchObject({ exitCode: 0, result: { outcome: 'done' } });
    expect(data(ran)).toMatchObject({ desiredCount: 4, autoscaling: { min: 4, max: 8, suspended: false } });
    expect(await scalableTarget(service)).toMatchObject({ MinCapacity: 4, MaxCapacity: 8 });
    expect(await counts(service)).toEqual([4, 4]);
    expect(await scale(service, '--min', '9')).toMatchObject({ exitCode: 40, result: { code: 'USAGE' } });
  });

  it('suspends it, which frees the count, and resumes it', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    await autoscaled(service);
    expect((await scale(service, '--suspend', '--tasks', '1')).exitCode).toBe(0);
    expect(await counts(service)).toEqual([1, 1]);
    expect(await scalableTarget(service)).toMatchObject({
      SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true },
    });
    const ran = await service.run(['scale', 'staging', '--resume']);
    expect(ran.stderr).toContain('autoscaling resumed');
    expect(await scalableTarget(service)).toMatchObject({
      SuspendedState: { DynamicScalingInSuspended: false },
    });
  });

  it('has nothing to set where nothing scales the service', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    expect(await scale(service, '--min', '2')).toMatchObject({
      exitCode: 10,
      result: { code: 'AUTOSCALING_NOT_FOUND' },
    });
  });
});
