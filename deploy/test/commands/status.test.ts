import { FAMILY, testService } from '../helpers/service';

it('says what runs, its deployments, counts, events and record', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['status', 'staging', '--json']);
  const { digest } = service.rehearsal.images.describe(service.image('ok-1'));
  expect(ran.exitCode).toBe(0);
  expect(ran.lines).toHaveLength(1);
  expect(ran.result).toMatchObject({
    kind: 'status',
    status: 'ACTIVE',
    release: { taskDefinition: `${FAMILY}:1`, images: { web: service.image(digest) } },
    record: { gitSha: '4f2c9e1'.padEnd(40, '0'), actor: 'mira', imageDigest: digest },
    desiredCount: 2,
    runningCount: 2,
    deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: `${FAMILY}:1` }],
  });
  expect(ran.result['events']).not.toHaveLength(0);
});

it('is data for a pipe, not a log', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['status', 'staging']);
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toMatch(
    new RegExp(`^web in slipway-staging \\(ap-northeast-1\\): ACTIVE\n  runs      ${FAMILY}:1\n`),
  );
  expect(ran.stdout).toContain('tasks     2 of 2 running, 0 pending');
});

it('says so where there is no service', async () => {
  const service = await testService();
  const ran = await service.run(['status', 'staging', '--json']);
  expect(ran).toMatchObject({ exitCode: 0, result: { status: 'MISSING', deployments: [] } });
});

it('shows a paused deployment with its breaker, alarms and how to answer it, and what scales the service', async () => {
  const service = await testService({
    service: {
      desiredCount: 1,
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true },
        alarms: { enable: true, rollback: true, alarmNames: ['web-5xx'] },
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }],
      },
    },
  });
  const { rehearsal } = service;
  await rehearsal.call('monitoring', 'PutMetricAlarm', { AlarmName: 'web-5xx' });
  await service.deploy('ok-1', ['--detach']);
  const place = {
    ServiceNamespace: 'ecs',
    ResourceId: 'service/slipway-staging/web',
    ScalableDimension: 'ecs:service:DesiredCount',
  };
  await rehearsal.call('application-autoscaling', 'RegisterScalableTarget', {
    ...place,
    MinCapacity: 1,
    MaxCapacity: 4,
  });
  let ran = await service.run(['status', 'staging', '--json']);
  const waits = () => (ran.result['inProgress'] as { waitsFor: unknown[] }).waitsFor.length > 0;
  while (!waits()) ran = await service.run(['status', 'staging', '--json']);
  expect(ran.result).toMatchObject({
    inProgress: {
      status: 'IN_PROGRESS',
      stage: 'POST_SCALE_UP',
      waitsFor: [{ otherwise: 'ROLLBACK' }],
      breaker: { status: 'MONITORING', failures: 0, threshold: 3 },
      alarms: { watched: ['web-5xx'], triggered: [] },
    },
    autoscaling: { min: 1, max: 4, suspended: false, policies: [] },
  });
  const { stdout } = await service.run(['status', 'staging']);
  expect(stdout).toContain('  scaling   1 to 4 tasks without any policy\n');
  expect(stdout).toMatch(/ {2}now {7}ecs-svc\/\d+ IN_PROGRESS at POST_SCALE_UP, ROLLING\n/);
  expect(stdout).toContain('  breaker   0 of 3 failed tasks, MONITORING\n');
  expect(stdout).toMatch(/ {2}waits {5}for an answer to\s+ecs-pause-/);
  expect(stdout).toContain('  answer    slipway continue staging [--rollback]\n');
});
