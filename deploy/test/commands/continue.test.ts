import { recordCalls } from '../helpers/calls';
import { CLUSTER, FAMILY, testService, type Ran, type TestService } from '../helpers/service';

type Members = { kind: string } & Record<string, unknown>;
const outcome = ({ result }: Ran) => result['outcome'] as Members;
const answer = (service: TestService, ...argv: string[]) =>
  service.run(['continue', 'staging', '--json', ...argv]);

/** `ok-1` is live; `ok-2` waits for an answer. */
async function pausedService(): Promise<TestService> {
  const service = await testService({
    service: {
      desiredCount: 1,
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true },
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }],
      },
    },
  });
  await service.deploy('ok-1', ['--detach']);
  await untilPaused(service);
  expect((await answer(service)).exitCode).toBe(0);
  await service.deploy('ok-2', ['--detach']);
  await untilPaused(service);
  return service;
}

async function untilPaused(service: TestService): Promise<void> {
  for (;;) {
    const ran = await answer(service, '--dry-run');
    if (ran.exitCode === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('lets the deployment go on, and follows it to its end', async () => {
  const service = await pausedService();
  const calls = await recordCalls(service);
  const ran = await service.run(['continue', 'staging', '--json'], { env: calls.env });
  expect(ran.exitCode).toBe(0);
  expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:2` } });
  expect(calls.writes()).toEqual(['ContinueServiceDeployment']);
  expect(ran.lines).toContainEqual(
    expect.objectContaining({
      phase: 'continue',
      message: expect.stringMatching(
        /^waits at POST_SCALE_UP for an answer to ecs-pause-\S+ until 2\S+Z, then it is rolled back$/,
      ) as string,
    }),
  );
});

it('rolls back where that is the answer', async () => {
  const service = await pausedService();
  const ran = await answer(service, '--rollback');
  expect(ran.exitCode).toBe(0);
  expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:1` } });
});

it('takes one hook by its id, does not wait with --detach, and says so where nothing waits', async () => {
  const service = await pausedService();
  expect(await answer(service, '--hook', 'ecs-pause-other')).toMatchObject({
    exitCode: 10,
    result: { code: 'NOTHING_TO_CONTINUE' },
  });
  const planned = await answer(service, '--dry-run');
  const { hooks } = planned.result['data'] as { hooks: string[] };
  const ran = await answer(service, '--hook', String(hooks[0]), '--detach');
  expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'done', outcome: 'started' } });
  expect((await service.run(['wait', 'staging'])).exitCode).toBe(0);
  expect(await answer(service)).toMatchObject({
    exitCode: 10,
    result: {
      code: 'NOTHING_TO_CONTINUE',
      message: `nothing is in progress: web in ${CLUSTER} runs ${FAMILY}:2`,
    },
  });
});

it('says what a deployment does that waits for nobody', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  service.behave('sample/ok:2', { startsAfter: 60_000 });
  await service.deploy('ok-2', ['--detach']);
  const ran = await answer(service);
  expect(ran).toMatchObject({ exitCode: 10, result: { code: 'NOTHING_TO_CONTINUE' } });
  expect(ran.result['message']).toMatch(/is in progress \((PENDING|IN_PROGRESS).*\) and waits for nobody$/);
});

it('cannot tell where the endpoint has no service deployments', async () => {
  const service = await testService({ serviceDeploymentsApi: false });
  await service.deploy('ok-1');
  service.behave('sample/ok:2', { startsAfter: 60_000 });
  await service.deploy('ok-2', ['--detach']);
  expect(await answer(service)).toMatchObject({ exitCode: 10, result: { code: 'NOTHING_TO_CONTINUE' } });
});
