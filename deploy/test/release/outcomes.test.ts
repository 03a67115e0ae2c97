import { recordCalls } from '../helpers/calls';
import { CLUSTER, FAMILY, type Ran, type TestService } from '../helpers/service';
import { breaker, deploy, outcome, ROLE, serviceOf, serviceWith } from './service-with';

describe('a deployment whose tasks will never start', () => {
  const noBreaker = { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 } };

  it.each([true, false])(
    'is rolled back by this run, once (service deployments: %s)',
    async (serviceDeploymentsApi) => {
      const service = await serviceWith('rolling', { serviceDeploymentsApi, service: noBreaker });
      await deploy(service, 'ok-1');
      const calls = await recordCalls(service);
      const ran = await deploy(service, 'crash', [], { env: calls.env });
      expect(ran.exitCode).toBe(21);
      expect(outcome(ran)).toMatchObject({
        kind: 'rolled-back',
        by: 'this-run',
        reason: expect.stringMatching(
          /^\d tasks in a row failed alike \(container web: exit status 1\)/,
        ) as string,
        back: { taskDefinition: `${FAMILY}:1` },
        explanation: { known: 'crash', cause: expect.stringContaining('DATABASE_URL') as string },
      });
      expect(calls.writes()).toEqual([
        'RegisterTaskDefinition',
        'UpdateService',
        serviceDeploymentsApi ? 'StopServiceDeployment' : 'UpdateService',
      ]);
      await calls.stop();
      expect(await serviceOf(service)).toMatchObject({
        taskDefinition: expect.stringMatching(/:1$/) as string,
        runningCount: 1,
      });
    },
  );

  it('is left to the circuit breaker where that is about to act', async () => {
    const service = await serviceWith('rolling');
    await deploy(service, 'ok-1');
    const calls = await recordCalls(service);
    const ran = await deploy(service, 'crash', [], { env: calls.env });
    expect(outcome(ran)).toMatchObject({ kind: 'rolled-back', by: 'circuit-breaker' });
    expect(calls.writes()).toEqual(['RegisterTaskDefinition', 'UpdateService']);
    await calls.stop();
  });

  it('fails when it is the first, and says what is left', async () => {
    const service = await serviceWith('rolling', { service: noBreaker });
    const ran = await deploy(service, 'crash');
    expect(ran.exitCode).toBe(20);
    expect(outcome(ran)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(
        /there is nothing to go back to: .*so it stays as it is .*until then ECS goes on trying$/,
      ) as string,
      explanation: { known: 'crash' },
    });
  });

  it('is waited for with --no-fail-fast', async () => {
    const service = await serviceWith('rolling', { service: noBreaker });
    await deploy(service, 'ok-1');
    const ran = await deploy(service, 'crash', ['--no-fail-fast', '--timeout', '700ms']);
    expect(ran.exitCode).toBe(23);
    expect(outcome(ran)).toMatchObject({ kind: 'in-progress', explanation: { known: 'crash' } });
  });

  it('has hope while some task lives', async () => {
    const service = await serviceWith('rolling', { service: { ...noBreaker, desiredCount: 4 } });
    await deploy(service, 'ok-1');
    await service.rehearsal.faults.set('crash-at-start', { every: 2, subject: 'ok-2' });
    const ran = await deploy(service, 'ok-2');
    expect(ran.exitCode).toBe(0);
    expect(ran.lines.filter(({ type }) => type === 'task-stopped').length).toBeGreaterThanOrEqual(3);
  });
});

it('says who superseded it, and what runs now', async () => {
  const service = await serviceWith('rolling');
  await deploy(service, 'ok-1');
  service.behave('sample/ok:2', { startsAfter: 600_000 });
  const third: Promise<Ran>[] = [];
  const ran = await deploy(service, 'ok-2', [], {
    onLine: ({ type, phase }: { type: string; phase?: string }) => {
      if (type === 'phase' && phase === 'watch' && third.length === 0)
        third.push(deploy(service, 'crash', ['--supersede', '--detach'], { env: { GITHUB_ACTOR: 'noor' } }));
    },
  });
  await Promise.all(third);
  expect(ran.exitCode).toBe(22);
  expect(outcome(ran)).toMatchObject({
    kind: 'superseded',
    by: expect.stringMatching(/^ecs-svc\/\d+$/) as string,
    successor: { taskDefinition: `${FAMILY}:3`, actor: 'noor' },
  });
});

it('is rolled back by a person who stops it, and by an alarm, also where ECS has no service deployments', async () => {
  const watching = { ...breaker, alarms: { alarmNames: ['web-errors'], enable: true, rollback: true } };
  const options = { serviceDeploymentsApi: false, service: { deploymentConfiguration: watching } };
  const [stopped, alarmed] = await Promise.all([serviceWith('rolling'), serviceWith('rolling', options)]);
  await Promise.all([deploy(stopped, 'ok-1'), deploy(alarmed, 'ok-1')]);
  for (const service of [stopped, alarmed]) service.behave('sample/ok:2', { startsAfter: 600_000 });
  const byPerson = await deploy(stopped, 'ok-2', [], {
    onLine: ({ type }: { type: string }) => {
      if (type === 'progress') void stopNewest(stopped);
    },
  });
  expect(byPerson.exitCode).toBe(21);
  expect(outcome(byPerson)).toMatchObject({ kind: 'rolled-back', by: 'person' });
  const { store } = alarmed.rehearsal;
  const byAlarm = await deploy(alarmed, 'ok-2', [], {
    onLine: ({ type }: { type: string }) => {
      if (type === 'progress')
        store.alarms.set('web-errors', {
          name: 'web-errors',
          arn: 'arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:web-errors',
          state: 'ALARM',
          reason: 'Threshold Crossed',
          updatedAt: 0,
          details: {},
        });
    },
  });
  expect(byAlarm.exitCode).toBe(21);
  expect(outcome(byAlarm)).toMatchObject({
    kind: 'rolled-back',
    by: 'alarm',
    explanation: { known: 'alarm', cause: expect.stringContaining('alarm web-errors went off') as string },
  });
  expect(byAlarm.lines).toContainEqual(
    expect.objectContaining({
      phase: 'rollback',
      message: expect.stringContaining('ECS rolls back') as string,
    }),
  );
});

async function stopNewest(service: TestService): Promise<void> {
  const { serviceDeployments } = await service.ecs('ListServiceDeployments', {
    cluster: CLUSTER,
    service: 'web',
  });
  const [newest] = serviceDeployments as { serviceDeploymentArn: string; status: string }[];
  if (newest?.status === 'IN_PROGRESS')
    await service
      .ecs('StopServiceDeployment', {
        serviceDeploymentArn: newest.serviceDeploymentArn,
        stopType: 'ROLLBACK',
      })
      .catch(() => undefined);
}

it('ends with 30 at once when the permission is lost in mid-wait, and says that the deployment goes on', async () => {
  const service = await serviceWith('rolling');
  const ran = await deploy(service, 'ok-1', [], {
    onLine: ({ type }: { type: string }) => {
      if (type === 'progress')
        void service.rehearsal.faults.set('access-denied', { operations: ['DescribeServices'] });
    },
  });
  expect(ran).toMatchObject({ exitCode: 30, result: { code: 'NOT_ALLOWED' } });
  expect(ran.result['message']).toMatch(/ecs:DescribeServices.*deployment ecs-svc\/\d+ goes on in ECS/);
});

it('says that the service is scaled to zero', async () => {
  const service = await serviceWith('rolling', { service: { desiredCount: 0 } });
  const first = await deploy(service, 'ok-1');
  expect(outcome(first)).toMatchObject({ kind: 'live', scaledToZero: true });
  const again = await service.run([
    'deploy',
    'staging',
    '--image',
    service.image('ok-1'),
    '--skip-check',
    'all',
  ]);
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.stderr.replace(/\s+/g, ' ')).toContain(
    'is in place already (scaled to zero, so no task runs)',
  );
});

it('says that a hook holds it, with the command that lets it go on, and which stage it is at', async () => {
  const service = await serviceWith('rolling', {
    service: {
      deploymentConfiguration: {
        ...breaker,
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }],
      },
    },
  });
  const ran = await deploy(service, 'ok-1', ['--timeout', '600ms']);
  expect(ran.exitCode).toBe(23);
  const said = ran.lines.filter(({ phase }) => phase === 'watch').map(({ message }) => String(message));
  expect(said).toContainEqual(
    expect.stringMatching(
      /^paused: it waits at POST_SCALE_UP for an answer to ecs-pause-\S+ until \S+, then it is rolled back; "slipway continue staging" lets it go on/,
    ),
  );
  expect(said).toContain('stage POST_SCALE_UP');
});

it('has the log lines of tasks whose log is gone by the end', async () => {
  const service = await serviceWith('rolling');
  await deploy(service, 'ok-1');
  const ran = await deploy(service, 'crash', [], {
    onLine: ({ type, phase }: { type: string; phase?: string }) => {
      if (type === 'phase' && phase === 'explain') service.rehearsal.store.logGroups.clear();
    },
  });
  expect(outcome(ran)).toMatchObject({
    explanation: {
      stoppedTasks: [{ logLines: ['starting', 'Error: DATABASE_URL is not set', '    at main.js:3:9'] }],
    },
  });
});

it('finds the tasks of a deployment that ECS lists no longer, more than a hundred of them', async () => {
  const service = await serviceWith('rolling', {
    service: {
      desiredCount: 60,
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          thresholdConfiguration: { type: 'COUNT', value: 110 },
        },
      },
    },
  });
  await deploy(service, 'ok-1');
  // All is over by the second look.
  const ran = await deploy(service, 'crash', ['--no-fail-fast'], { env: { SLIPWAY_POLL_SECONDS: '1' } });
  expect(ran.exitCode).toBe(21);
  const { explanation } = outcome(ran) as unknown as { explanation: { stoppedTasks: { count: number }[] } };
  expect(explanation.stoppedTasks[0]?.count).toBeGreaterThan(100);
});

it('ends with 30 where the role may not be passed, before anything is deployed', async () => {
  const service = await serviceWith('rolling');
  await service.rehearsal.faults.set('pass-role-refused');
  const ran = await deploy(service, 'ok-1');
  expect(ran).toMatchObject({ exitCode: 30, result: { code: 'NOT_ALLOWED' } });
  expect(ran.result['message']).toContain(`iam:PassRole on resource: ${ROLE}`);
  expect(await service.revisions()).toEqual([]);
});

it('is over only when the tasks are gone that are wanted no more', async () => {
  const service = await serviceWith('rolling', { service: { desiredCount: 3 } });
  await deploy(service, 'ok-1');
  service.write('ecs/service.json', { desiredCount: 0, launchType: 'FARGATE' });
  const ran = await deploy(service, 'ok-1');
  expect(outcome(ran)).toMatchObject({ kind: 'live', scaledToZero: true });
  expect(await serviceOf(service)).toMatchObject({ desiredCount: 0, runningCount: 0 });
});
