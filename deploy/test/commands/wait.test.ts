import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatedRuntime } from '../../rehearsal/runtime/simulated';
import { recordCalls } from '../helpers/calls';
import { CLUSTER, FAMILY, testService, type Ran, type TestService } from '../helpers/service';

type Members = { kind: string } & Record<string, unknown>;
const outcome = ({ result }: Ran) => result['outcome'] as Members;
const wait = (service: TestService, ...argv: string[]) => service.run(['wait', 'staging', '--json', ...argv]);

interface Web {
  currentServiceDeployment: string;
  deployments: Members[];
}

async function web(service: TestService): Promise<Web> {
  const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
  return (services as Web[])[0]!;
}

describe.each([true, false])('with service deployments: %s', (serviceDeploymentsApi) => {
  it('follows what somebody else started until it is live', async () => {
    const service = await testService({ serviceDeploymentsApi });
    await service.deploy('ok-1');
    await service.deploy('ok-2', ['--detach']);
    const calls = await recordCalls(service);
    const ran = await service.run(['wait', 'staging', '--json'], { env: calls.env });
    expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'deployment', command: 'wait' } });
    expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:2` } });
    expect(calls.writes()).toEqual([]);
  });

  it('calls a rollback a rollback, also one that it comes in the middle of', async () => {
    const service = await testService({ serviceDeploymentsApi });
    await service.deploy('ok-1');
    service.behave('sample/crash:1', { exits: { after: 2_000, code: 1 } });
    await service.deploy('crash', ['--detach']);
    expect(outcome(await wait(service))).toMatchObject({
      kind: 'rolled-back',
      by: 'circuit-breaker',
      release: { taskDefinition: `${FAMILY}:2` },
      back: { taskDefinition: `${FAMILY}:1` },
    });

    // One of its tasks takes its time to end, and so does the rollback; the other one never starts.
    let launched = 0;
    const { digest } = service.rehearsal.images.describe('sample/ok:2');
    (service.rehearsal.runtime as SimulatedRuntime).script(digest, () => {
      launched += 1;
      return launched === 1 ? { stopsAfter: 120_000 } : { startsAfter: 600_000 };
    });
    await service.deploy('ok-2', ['--detach']);
    while ((await web(service)).deployments[0]?.['runningCount'] !== 1) await pause(5);
    const { currentServiceDeployment } = await web(service);
    await service.ecs('StopServiceDeployment', { serviceDeploymentArn: currentServiceDeployment });
    while (!/rolling back/.test(String((await web(service)).deployments[0]?.['rolloutStateReason'])))
      await pause(5);
    const ran = await wait(service);
    expect(ran.exitCode).toBe(21);
    expect(outcome(ran)).toMatchObject({ kind: 'rolled-back', release: { taskDefinition: `${FAMILY}:3` } });
  });

  it('returns at once when nothing is in progress', async () => {
    const service = await testService({ serviceDeploymentsApi });
    await service.deploy('ok-1');
    expect(await wait(service)).toMatchObject({
      exitCode: 0,
      result: {
        kind: 'done',
        outcome: 'unchanged',
        message: `nothing is in progress: web in ${CLUSTER} runs ${FAMILY}:1, 2 of 2 tasks run`,
      },
    });
  });

  it('ends with 23 when it takes longer', async () => {
    const service = await testService({ serviceDeploymentsApi });
    await service.deploy('ok-1');
    service.behave('sample/ok:2', { startsAfter: 600_000 });
    await service.deploy('ok-2', ['--detach']);
    const ran = await wait(service, '--timeout', '50ms');
    expect(ran.exitCode).toBe(23);
    expect(outcome(ran)).toMatchObject({ kind: 'in-progress' });
  });
});

it('says how the last deployment ended, where nothing is in progress', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  await service.deploy('crash');
  const ran = await service.run(['wait', 'staging']);
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toMatch(/the last deployment\s+was rolled back/);
});

it('tells of one deployment by its id, even after its end', async () => {
  const service = await testService();
  const first = outcome(await service.deploy('ok-1'))['release'] as Members;
  const second = outcome(await service.deploy('crash'))['release'] as Members;
  const ran = await wait(service, '--deployment', String(second['deploymentId']));
  expect(ran.exitCode).toBe(21);
  expect(outcome(ran)).toMatchObject({
    kind: 'rolled-back',
    by: 'circuit-breaker',
    release: { taskDefinition: `${FAMILY}:2` },
    back: { taskDefinition: `${FAMILY}:1` },
  });
  const live = await wait(service, '--deployment', String(first['deploymentId']));
  expect(live.exitCode).toBe(0);
  expect(outcome(live)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:1` } });
  expect(await wait(service, '--deployment', 'ecs-svc/1')).toMatchObject({
    exitCode: 40,
    result: { code: 'USAGE' },
  });
});

it('is refused where there is no service', async () => {
  const service = await testService();
  expect(await wait(service)).toMatchObject({ exitCode: 10, result: { code: 'SERVICE_NOT_FOUND' } });
});
