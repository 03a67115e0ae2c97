import { createService, matching, untilSteady } from './simulation';
import {
  hookArn,
  lambdaHook,
  serving,
  shifting,
  shiftingLoadBalancers,
  type Shifting,
} from './shifting-tools';

const hookable = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];
const pause = (stage: string, timeoutConfiguration?: object) => ({
  targetType: 'PAUSE',
  lifecycleStages: [stage],
  ...(timeoutConfiguration && { timeoutConfiguration }),
});
const blueGreen = (...lifecycleHooks: object[]) => ({ strategy: 'BLUE_GREEN', lifecycleHooks });
const pausedHook = (simulation: Shifting) => simulation.deployment().lifecycleHookDetails[0];
const resolve = (simulation: Shifting, action?: string) =>
  simulation.call('ContinueServiceDeployment', {
    serviceDeploymentArn: simulation.deployment().serviceDeploymentArn,
    hookId: pausedHook(simulation).hookId,
    ...(action && { action }),
  });

describe('AWS_LAMBDA', () => {
  test('is called at each stage, with the weights that the stage sets', () => {
    const simulation = serving(blueGreen({ ...lambdaHook('check', ...hookable), hookDetails: { url: '/' } }));
    simulation.ship('v2');
    simulation.untilEnded();
    const { serviceDeploymentArn, targetServiceRevision, sourceServiceRevisions, serviceArn } =
      simulation.deployment();
    const [green, blue] = [targetServiceRevision.arn, sourceServiceRevisions[0].arn];
    const shifted = { [green]: 100, [blue]: 0 };
    expect(simulation.calls.map(({ payload }) => payload.lifecycleStage)).toEqual(hookable.slice(1));
    expect(simulation.calls[2]?.payload).toEqual({
      executionDetails: {
        serviceArn,
        targetServiceRevisionArn: green,
        testTrafficWeights: shifted,
        productionTrafficWeights: {},
      },
      executionId: matching(/^[0-9a-f-]{36}$/),
      lifecycleStage: 'TEST_TRAFFIC_SHIFT',
      resourceArn: serviceDeploymentArn,
      hookDetails: { url: '/' },
    });
    expect(simulation.calls[3]?.payload.executionDetails).toMatchObject({
      testTrafficWeights: {},
      productionTrafficWeights: {},
    });
    expect(simulation.calls[5]?.payload.executionDetails).toMatchObject({
      testTrafficWeights: {},
      productionTrafficWeights: shifted,
    });
  });

  test('RECONCILE_SERVICE comes where more than one revision runs, and is told who has what', () => {
    const simulation = serving({
      ...blueGreen(lambdaHook('check', 'RECONCILE_SERVICE')),
      bakeTimeInMinutes: 9,
    });
    simulation.ship('v2');
    simulation.untilStage('BAKE_TIME');
    expect(simulation.calls).toEqual([]);
    const { targetServiceRevision: second, sourceServiceRevisions: first } = simulation.deployment();
    simulation.ship('v3');
    simulation.untilEnded();
    const third = simulation.deployment().targetServiceRevision.arn;
    const weights = { [first[0].arn]: 0, [second.arn]: 100, [third]: 0 };
    expect(simulation.calls).toMatchObject([
      {
        payload: {
          lifecycleStage: 'RECONCILE_SERVICE',
          executionDetails: { productionTrafficWeights: weights, testTrafficWeights: weights },
        },
      },
    ]);
  });

  test('runs at every step of a linear or canary shift', () => {
    const simulation = serving({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
      lifecycleHooks: [lambdaHook('step', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT')],
    });
    simulation.ship('v2');
    simulation.untilEnded();
    const green = simulation.deployment().targetServiceRevision.arn;
    expect(
      simulation.calls.map(({ payload }) => [
        payload.lifecycleStage,
        payload.executionDetails.productionTrafficWeights[green],
      ]),
    ).toEqual([
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', undefined],
      ['PRODUCTION_TRAFFIC_SHIFT', 50],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', undefined],
      ['PRODUCTION_TRAFFIC_SHIFT', 100],
    ]);
  });

  test('IN_PROGRESS is asked again after 30 s, or after what it says, with the details it gave', () => {
    const simulation = serving(
      blueGreen({ ...lambdaHook('slow', 'POST_TEST_TRAFFIC_SHIFT'), hookDetails: 'first' }),
    );
    const answers = [
      { hookStatus: 'IN_PROGRESS' },
      { hookStatus: 'IN_PROGRESS', callBackDelay: 60, hookDetails: { round: 2 } },
      { hookStatus: 'SUCCEEDED' },
    ];
    simulation.answers.set('slow', () => answers[simulation.calls.length - 1]);
    simulation.ship('v2');
    simulation.untilStage('POST_TEST_TRAFFIC_SHIFT');
    simulation.clock.advance(1000);
    expect(simulation.deployment().lifecycleHookDetails).toEqual([
      {
        hookId: matching(/^ecs-lambda-[\w-]{43}$/),
        targetType: 'AWS_LAMBDA',
        targetArn: hookArn('slow'),
        status: 'IN_PROGRESS',
        expiresAt: expect.any(Number) as number,
        timeoutAction: 'ROLLBACK',
      },
    ]);
    expect(simulation.untilEnded().status).toBe('SUCCESSFUL');
    const [first, second, third] = simulation.calls.map(({ at }) => at) as [number, number, number];
    expect([second - first, third - second]).toEqual([30, 60]);
    expect(simulation.calls.map(({ payload }) => payload.hookDetails)).toEqual([
      'first',
      'first',
      { round: 2 },
    ]);
    expect(new Set(simulation.calls.map(({ payload }) => payload.executionId)).size).toBe(1);
  });

  test('answers that come later are waited for', async () => {
    const simulation = serving(blueGreen(lambdaHook('later', 'PRE_SCALE_UP')));
    let answer: (value: unknown) => void = () => undefined;
    simulation.answers.set('later', () => new Promise((resolved) => (answer = resolved)));
    simulation.ship('v2');
    simulation.clock.advance(120_000);
    expect(simulation.deployment().lifecycleStage).toBe('PRE_SCALE_UP');
    expect(simulation.calls).toHaveLength(1);
    answer({ hookStatus: 'SUCCEEDED' });
    await Promise.resolve();
    simulation.clock.advance(20_000);
    expect(simulation.deployment().lifecycleStage).toBe('SCALE_UP');
  });

  const arn = hookArn('gate');
  test.each<[string, (simulation: Shifting) => void, string]>([
    [
      'FAILED',
      ({ answers }) => answers.set('gate', () => ({ hookStatus: 'FAILED' })),
      `Lifecycle hook target ${arn} returned FAILED status.`,
    ],
    [
      'no status',
      ({ answers }) => answers.set('gate', () => ({})),
      `ECS was unable to parse the response from ${arn} due to HookStatus must not be null`,
    ],
    [
      'no such function',
      ({ answers }) =>
        answers.set('gate', () => {
          throw new Error(`Function not found: ${arn}`);
        }),
      `ECS was unable to invoke hook target ${arn} due to Function not found: ${arn}`,
    ],
    [
      'no such role',
      ({ surroundings }) => surroundings.missingRoles.add('arn:aws:iam::123456789012:role/hooks'),
      'ECS was unable to assume role arn:aws:iam::123456789012:role/hooks',
    ],
  ])('%s rolls back', (_name, arrange, text) => {
    const simulation = serving(blueGreen(lambdaHook('gate', 'PRE_SCALE_UP')));
    arrange(simulation);
    simulation.ship('v2');
    const statusReason = `Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ${text}`;
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason,
      rollback: { reason: statusReason },
    });
    untilSteady(simulation);
    const events = simulation.events().map((event) => event.text);
    expect(events).toContainEqual(matching(`deployment failed: ${statusReason.slice(0, 60)}`));
    expect(simulation.service().taskDefinition).toMatch(/web:1$/);
  });

  test('the first deployment that a hook refuses has nothing to go back to', () => {
    const simulation = shifting();
    simulation.answers.set('gate', () => ({ hookStatus: 'FAILED' }));
    createService(simulation, {
      taskDefinition: simulation.release('v1'),
      desiredCount: 1,
      loadBalancers: shiftingLoadBalancers,
      deploymentConfiguration: blueGreen(lambdaHook('gate', 'PRE_SCALE_UP')),
    });
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
    expect(simulation.tasks()).toEqual([]);
    expect(simulation.service().deployments).toMatchObject([{ rolloutState: 'FAILED' }]);
  });

  test('a rollback runs the hooks of the shifts again, with the weights turned round', () => {
    const stages = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'];
    const simulation = serving(blueGreen(lambdaHook('watch', ...stages)));
    simulation.answers.set('watch', ({ payload }) => ({
      hookStatus: payload.lifecycleStage === 'POST_PRODUCTION_TRAFFIC_SHIFT' ? 'FAILED' : 'SUCCEEDED',
    }));
    simulation.ship('v2');
    const { targetServiceRevision, sourceServiceRevisions, status } = simulation.untilEnded();
    const [green, blue] = [targetServiceRevision.arn, sourceServiceRevisions[0].arn];
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect(
      simulation.calls.map(({ payload: { lifecycleStage, executionDetails: details } }) => [
        lifecycleStage,
        details.productionTrafficWeights[green] ?? details.testTrafficWeights[green],
        details.productionTrafficWeights[blue] ?? details.testTrafficWeights[blue],
      ]),
    ).toEqual([
      ['TEST_TRAFFIC_SHIFT', 100, 0],
      ['PRODUCTION_TRAFFIC_SHIFT', 100, 0],
      ['POST_PRODUCTION_TRAFFIC_SHIFT', undefined, undefined],
      ['PRODUCTION_TRAFFIC_SHIFT', 0, 100],
      ['TEST_TRAFFIC_SHIFT', 0, 100],
    ]);
  });
});

describe('PAUSE', () => {
  test('waits for ContinueServiceDeployment', () => {
    const simulation = serving(blueGreen(pause('POST_TEST_TRAFFIC_SHIFT')));
    simulation.ship('v2');
    simulation.untilStage('POST_TEST_TRAFFIC_SHIFT');
    const since = simulation.seconds();
    simulation.clock.advance(3_600_000);
    const { expiresAt, ...hook } = pausedHook(simulation);
    expect(hook).toEqual({
      hookId: matching(/^ecs-pause-[\w-]{43}$/),
      targetType: 'PAUSE',
      status: 'AWAITING_ACTION',
      timeoutAction: 'ROLLBACK',
    });
    expect(expiresAt - Date.UTC(2026, 0, 1) / 1000).toBe(since + 1440 * 60);
    expect(simulation.weights()).toEqual({ production: [100, 0], test: [0, 100] });
    expect(resolve(simulation)).toEqual({
      serviceDeploymentArn: simulation.deployment().serviceDeploymentArn,
    });
    expect(pausedHook(simulation).status).toBe('SUCCEEDED');
    expect(simulation.untilEnded().status).toBe('SUCCESSFUL');
    expect(() =>
      simulation.call('ContinueServiceDeployment', {
        serviceDeploymentArn: simulation.deployment().serviceDeploymentArn,
        hookId: hook.hookId,
      }),
    ).toThrow('Continuing a service deployment is not allowed for service deployment in terminal states.');
  });

  test('ROLLBACK goes back', () => {
    const simulation = serving(blueGreen(pause('POST_PRODUCTION_TRAFFIC_SHIFT')));
    simulation.ship('v2');
    simulation.untilStage('POST_PRODUCTION_TRAFFIC_SHIFT');
    expect(simulation.weights().production).toEqual([0, 100]);
    resolve(simulation, 'ROLLBACK');
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason:
        'Service deployment rolled back because POST_PRODUCTION_TRAFFIC_SHIFT pause hook was rolled back.',
    });
    expect(simulation.weights().production).toEqual([100, 0]);
  });

  test('rolls back, or continues, when nobody acts in time', () => {
    const back = serving(blueGreen(pause('POST_TEST_TRAFFIC_SHIFT', { timeoutInMinutes: 7 })));
    back.ship('v2');
    back.untilStage('POST_TEST_TRAFFIC_SHIFT');
    const since = back.seconds();
    expect(back.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.',
    });
    expect(back.seconds() - since).toBeGreaterThanOrEqual(7 * 60);
    expect(back.seconds() - since).toBeLessThan(9 * 60);

    const on = serving(
      blueGreen(pause('POST_TEST_TRAFFIC_SHIFT', { timeoutInMinutes: 7, action: 'CONTINUE' })),
    );
    on.ship('v2');
    expect(on.untilEnded().status).toBe('SUCCESSFUL');
  });

  test('a pause may last longer than a stage', () => {
    const simulation = serving(blueGreen(pause('POST_TEST_TRAFFIC_SHIFT', { timeoutInMinutes: 20_160 })));
    simulation.ship('v2');
    simulation.clock.advance(13 * 86_400_000);
    resolve(simulation, 'CONTINUE');
    expect(simulation.untilEnded().status).toBe('SUCCESSFUL');
  });

  test('beside a function at the same stage both must pass', () => {
    const simulation = serving(blueGreen(pause('POST_SCALE_UP'), lambdaHook('check', 'POST_SCALE_UP')));
    simulation.ship('v2');
    simulation.untilStage('POST_SCALE_UP');
    simulation.clock.advance(60_000);
    expect(simulation.deployment()).toMatchObject({
      lifecycleStage: 'POST_SCALE_UP',
      lifecycleHookDetails: [{ status: 'AWAITING_ACTION' }, { status: 'SUCCEEDED' }],
    });
    resolve(simulation);
    expect(simulation.untilEnded().status).toBe('SUCCESSFUL');
  });

  test('ContinueServiceDeployment refuses what it cannot act on', () => {
    const simulation = serving(blueGreen(pause('POST_SCALE_UP')));
    simulation.ship('v2');
    simulation.untilStage('POST_SCALE_UP');
    const { serviceDeploymentArn } = simulation.deployment();
    const act = (input: object) => () =>
      simulation.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId: 'x', ...input });
    expect(act({})).toThrow('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}');
    expect(act({ hookId: 'ecs-pause-x' })).toThrow(
      'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
    );
    expect(act({ serviceDeploymentArn: `${serviceDeploymentArn}x` })).toThrow(
      'The service deployment does not exist.',
    );
  });
});

describe('in a rolling deployment', () => {
  test('nothing starts before PRE_SCALE_UP has passed, and what runs is kept; POST_SCALE_UP comes after', () => {
    const simulation = serving(
      { lifecycleHooks: [pause('PRE_SCALE_UP'), lambdaHook('after', 'POST_SCALE_UP')] },
      { loadBalancers: [] },
    );
    simulation.ship('v2');
    simulation.clock.advance(30_000);
    const [old] = simulation.tasks();
    simulation.call('StopTask', { cluster: 'main', task: old?.taskArn });
    simulation.clock.advance(120_000);
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', runningCount: 0, pendingCount: 0 },
      { status: 'ACTIVE', runningCount: 2 },
    ]);
    expect(simulation.deployment()).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'PRE_SCALE_UP' });
    resolve(simulation);
    expect(simulation.untilEnded()).toMatchObject({ status: 'SUCCESSFUL' });
    expect(simulation.calls.map(({ payload }) => payload.lifecycleStage)).toEqual(['POST_SCALE_UP']);
  });

  test('a hook that refuses PRE_SCALE_UP rolls back before any task has started', () => {
    const simulation = serving({}, { loadBalancers: [] });
    simulation.answers.set('gate', () => ({ hookStatus: 'FAILED' }));
    simulation.update({
      deploymentConfiguration: { lifecycleHooks: [lambdaHook('gate', 'PRE_SCALE_UP')] },
      taskDefinition: simulation.release('v2'),
    });
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: `Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target ${hookArn('gate')} returned FAILED status.`,
    });
    const started = simulation.events().filter(({ text }) => text.startsWith('has started'));
    expect(started).toHaveLength(1);
  });
});
