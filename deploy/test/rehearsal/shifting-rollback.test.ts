import { createService, matching, untilSteady } from './simulation';
import {
  blueArn,
  greenArn,
  hookArn,
  lambdaHook,
  productionRule,
  serving,
  shifting,
  shiftingLoadBalancers,
  testRule,
  type Shifting,
} from './shifting-tools';

const breaker = { enable: true, rollback: true };
const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
const stages = [
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
];
const canary = {
  strategy: 'CANARY',
  canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 5 },
  bakeTimeInMinutes: 5,
};

function stop(simulation: Shifting, stopType?: string): void {
  const { serviceDeploymentArn } = simulation.deployment();
  simulation.call('StopServiceDeployment', { serviceDeploymentArn, ...(stopType && { stopType }) });
}

/** Blue has everything, green is gone, and the first deployment is the current one again, under its own id. */
function expectBlue(simulation: Shifting, blueId: string): void {
  expect(simulation.weights()).toEqual({ production: [100, 0], test: [100, 0] });
  expect(simulation.deployment()).toMatchObject({
    targetServiceRevision: { requestedProductionTrafficWeight: 0, requestedTestTrafficWeight: 0 },
    sourceServiceRevisions: [{ requestedProductionTrafficWeight: 100, requestedTestTrafficWeight: 100 }],
  });
  untilSteady(simulation);
  expect(simulation.service()).toMatchObject({
    taskDefinition: matching(/web:1$/),
    runningCount: 2,
    deployments: [{ id: blueId, status: 'PRIMARY', rolloutState: 'COMPLETED' }],
  });
}

describe.each(stages)('at %s', (stage) => {
  test('StopServiceDeployment brings all traffic back at once', () => {
    const simulation = serving(canary);
    const blueId = simulation.service().deployments[0].id;
    const ofBlue = simulation.tasks().map(({ taskArn }) => taskArn);
    simulation.ship('v2');
    simulation.untilStage(stage);
    simulation.clock.advance(1000);
    const shifted = simulation.weights();
    stop(simulation);
    expect(simulation.deployment().status).toBe('ROLLBACK_REQUESTED');
    expect(simulation.weights()).toEqual(shifted);
    simulation.clock.advance(10_000);
    expect(simulation.weights()).toEqual({ production: [100, 0], test: [100, 0] });
    expect(simulation.deployment()).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: 'Service deployment rolled back because of a user request.',
      rollback: { serviceRevisionArn: simulation.deployment().sourceServiceRevisions[0].arn },
    });
    expect(simulation.untilEnded().status).toBe('ROLLBACK_SUCCESSFUL');
    expectBlue(simulation, blueId);
    expect(simulation.tasks().map(({ taskArn }) => taskArn)).toEqual(ofBlue);
  });

  test('an alarm that fires does so too', () => {
    const simulation = serving({ ...canary, alarms });
    const blueId = simulation.service().deployments[0].id;
    simulation.ship('v2');
    simulation.untilStage(stage);
    simulation.surroundings.alarms.set('errors', 'ALARM');
    const statuses = new Set<string>();
    simulation.clock.runUntil(() => {
      statuses.add(simulation.deployment().status);
      return simulation.deployment().status.endsWith('FUL');
    }, simulation.clock.now() + 3_600_000);
    expect([...statuses]).toEqual([
      'IN_PROGRESS',
      'ROLLBACK_REQUESTED',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_SUCCESSFUL',
    ]);
    expect(simulation.deployment().alarms).toEqual({
      status: 'TRIGGERED',
      alarmNames: ['errors'],
      triggeredAlarmNames: ['errors'],
    });
    expectBlue(simulation, blueId);
  });
});

test.each(stages.filter((stage) => !['SCALE_UP', 'BAKE_TIME'].includes(stage)))(
  'a hook that fails at %s brings all traffic back',
  (stage) => {
    const simulation = serving({ ...canary, lifecycleHooks: [lambdaHook('gate', stage)] });
    const blueId = simulation.service().deployments[0].id;
    simulation.answers.set('gate', () => ({ hookStatus: 'FAILED' }));
    simulation.ship('v2');
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: `Service deployment rolled back because ${stage} lifecycle hook(s) failed. Lifecycle hook target ${hookArn('gate')} returned FAILED status.`,
    });
    expectBlue(simulation, blueId);
  },
);

test('at CLEAN_UP blue is started again before it gets the traffic', () => {
  const simulation = serving({ strategy: 'BLUE_GREEN' });
  const blueId = simulation.service().deployments[0].id;
  simulation.ship('v2');
  simulation.untilStage('CLEAN_UP');
  simulation.clock.advance(1000);
  stop(simulation);
  simulation.clock.advance(20_000);
  expect(simulation.deployment()).toMatchObject({
    status: 'ROLLBACK_IN_PROGRESS',
    lifecycleStage: 'SCALE_UP',
  });
  expect(simulation.weights().production).toEqual([0, 100]);
  expect(simulation.untilEnded().status).toBe('ROLLBACK_SUCCESSFUL');
  expectBlue(simulation, blueId);
});

test('where blue has lost all its tasks it gets the traffic only once they are back', () => {
  const simulation = serving({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 });
  const blueId = simulation.service().deployments[0].id;
  simulation.ship('v2');
  simulation.untilStage('BAKE_TIME');
  for (const { taskArn, startedBy } of simulation.tasks())
    if (startedBy === blueId) simulation.call('StopTask', { cluster: 'main', task: taskArn });
  stop(simulation);
  simulation.clock.advance(30_000);
  expect(simulation.weights().production).toEqual([0, 100]);
  expect(simulation.untilEnded().status).toBe('ROLLBACK_SUCCESSFUL');
  expectBlue(simulation, blueId);
});

describe('the circuit breaker', () => {
  test('rolls back a revision whose tasks cannot start', () => {
    const simulation = serving({ ...canary, deploymentCircuitBreaker: breaker });
    const blueId = simulation.service().deployments[0].id;
    simulation.ship('v2', { exits: { after: 200, code: 1 } });
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 4, threshold: 3 },
    });
    expectBlue(simulation, blueId);
  });

  test('rolls back one that breaks when it has the traffic already', () => {
    const simulation = serving({
      ...canary,
      bakeTimeInMinutes: 60,
      deploymentCircuitBreaker: { ...breaker, resetOnHealthyTask: false },
    });
    const blueId = simulation.service().deployments[0].id;
    simulation.ship('v2', { failsAfter: 600_000 });
    simulation.untilStage('BAKE_TIME');
    expect(simulation.weights().production).toEqual([0, 100]);
    expect(simulation.untilEnded().status).toBe('ROLLBACK_SUCCESSFUL');
    expectBlue(simulation, blueId);
  });

  test('without rollback it leaves everything as it is', () => {
    const simulation = serving({ ...canary, deploymentCircuitBreaker: { enable: true, rollback: false } });
    simulation.ship('v2', { exits: { after: 200, code: 1 } });
    expect(simulation.untilEnded().status).toBe('STOPPED');
    simulation.clock.advance(600_000);
    expect(simulation.weights().production).toEqual([100, 0]);
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
    simulation.ship('v3');
    expect(simulation.untilEnded().status).toBe('SUCCESSFUL');
  });
});

describe('alarms', () => {
  test('are watched for the bake time of a canary', () => {
    const simulation = serving({ ...canary, alarms });
    const blueId = simulation.service().deployments[0].id;
    simulation.ship('v2');
    simulation.untilStage('PRODUCTION_TRAFFIC_SHIFT');
    expect(simulation.weights().production).toEqual([80, 20]);
    simulation.clock.advance(240_000);
    expect(simulation.weights().production).toEqual([80, 20]);
    simulation.surroundings.alarms.set('errors', 'ALARM');
    simulation.clock.advance(10_000);
    expect(simulation.weights().production).toEqual([100, 0]);
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because an alarm was detected.',
    });
    expectBlue(simulation, blueId);
  });

  test('that are in ALARM when the deployment begins are ignored', () => {
    const simulation = serving({ ...canary, alarms });
    simulation.surroundings.alarms.set('errors', 'ALARM');
    simulation.ship('v2');
    expect(simulation.untilEnded()).toMatchObject({ status: 'SUCCESSFUL' });
  });

  test('without rollback stop the deployment where it is', () => {
    const simulation = serving({ ...canary, alarms: { ...alarms, rollback: false } });
    simulation.ship('v2');
    simulation.untilStage('PRODUCTION_TRAFFIC_SHIFT');
    simulation.surroundings.alarms.set('errors', 'ALARM');
    expect(simulation.untilEnded().status).toBe('STOPPED');
    expect(simulation.weights().production).toEqual([80, 20]);
  });
});

test('ABORT leaves tasks and traffic where they are', () => {
  const simulation = serving(canary);
  simulation.ship('v2');
  simulation.untilStage('PRODUCTION_TRAFFIC_SHIFT');
  stop(simulation, 'ABORT');
  expect(simulation.deployment().status).toBe('STOP_REQUESTED');
  simulation.clock.advance(600_000);
  expect(simulation.deployment()).toMatchObject({
    status: 'STOPPED',
    statusReason: 'Service deployment stopped by user.',
  });
  expect(simulation.weights().production).toEqual([80, 20]);
  expect(simulation.service()).toMatchObject({
    runningCount: 4,
    deployments: [{ rolloutState: 'FAILED' }, { rolloutState: 'COMPLETED' }],
  });
});

describe('a deployment that replaces another', () => {
  test.each([...stages, 'CLEAN_UP'])('at %s first makes one revision of what runs', (stage) => {
    const simulation = serving(canary);
    simulation.ship('v2');
    simulation.untilStage(stage);
    simulation.clock.advance(1000);
    const { serviceDeploymentArn: replaced } = simulation.deployment();
    simulation.ship('v3');
    const [newest, before] = simulation.call('ListServiceDeployments', {
      cluster: 'main',
      service: 'web',
    }).serviceDeployments;
    expect([newest.status, before.status]).toEqual(['PENDING', 'STOP_REQUESTED']);
    const moments = simulation.record();
    const ended = simulation.call('DescribeServiceDeployments', { serviceDeploymentArns: [replaced] });
    expect(ended.serviceDeployments[0].status).toBe('STOPPED');
    const seen = moments.map((moment) => moment.stage).filter((name) => name !== undefined);
    expect(seen[0]).toBe(stage === 'PRE_SCALE_UP' ? 'PRE_SCALE_UP' : 'RECONCILE_SERVICE');
    const reconciled = moments.find((moment) => moment.stage === 'PRE_SCALE_UP');
    const cleaned = stage === 'CLEAN_UP';
    expect(reconciled?.production).toBe(cleaned ? '0:100' : '100:0');
    expect(moments.at(-1)).toMatchObject({
      status: 'SUCCESSFUL',
      production: cleaned ? '100:0' : '0:100',
    });
    untilSteady(simulation);
    expect(simulation.service()).toMatchObject({
      taskDefinition: matching(/web:3$/),
      runningCount: 2,
      deployments: [{ rolloutState: 'COMPLETED' }],
    });
  });
});

describe('load balancers that cannot be used', () => {
  const reason = 'Service deployment rolled back because of invalid networking configuration';
  const other = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/other/0000000000000000';

  test.each<[string, (simulation: Shifting) => void, string]>([
    [
      'two groups serve',
      ({ surroundings }) =>
        surroundings.setRuleWeights(productionRule, [
          { targetGroupArn: blueArn, weight: 50 },
          { targetGroupArn: greenArn, weight: 50 },
        ]),
      `. productionListenerRule ${productionRule} should have exactly one target group serving traffic but found 2 target groups which are serving traffic`,
    ],
    [
      'a stranger serves',
      ({ surroundings }) => {
        surroundings.addListenerRule(productionRule, [other, blueArn, greenArn]);
      },
      `. Production listener rule is forwarding traffic to unexpected target group ${other}. Expected traffic to be forwarded to either targetGroupArn: ${blueArn} or alternateTargetGroupArn: ${greenArn}`,
    ],
    [
      'no rule names the alternate group',
      ({ surroundings }) => {
        surroundings.addListenerRule(productionRule, [blueArn]);
        surroundings.addListenerRule(testRule, [blueArn]);
      },
      `: Target group ${greenArn} is not associated with either productionListenerRule or testListenerRule.`,
    ],
    [
      'the role is gone',
      ({ surroundings }) => surroundings.missingRoles.add('arn:aws:iam::123456789012:role/load-balancer'),
      `. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role 'arn:aws:iam::123456789012:role/load-balancer'.`,
    ],
  ])('%s', (_name, arrange, text) => {
    const simulation = serving({ strategy: 'BLUE_GREEN' });
    arrange(simulation);
    simulation.ship('v2');
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: `${reason}${text}`,
    });
    expect(simulation.events().filter((event) => event.text.startsWith('has started'))).toHaveLength(1);
  });

  test('a rule or a target group that does not exist is found when the deployment begins', () => {
    const missing = { rule: productionRule.replace(/3$/, '4'), group: greenArn.replace(/0$/, '1') };
    const [loadBalancer] = shiftingLoadBalancers;
    const advanced = loadBalancer?.advancedConfiguration;
    for (const [change, text] of [
      [{ productionListenerRule: missing.rule }, '. One or more rules not found'],
      [{ alternateTargetGroupArn: missing.group }, `. The target group ${missing.group} does not exist.`],
    ] as const) {
      const simulation = shifting();
      createService(simulation, {
        taskDefinition: simulation.release('v1'),
        desiredCount: 1,
        loadBalancers: [{ ...loadBalancer, advancedConfiguration: { ...advanced, ...change } }],
        deploymentConfiguration: { strategy: 'BLUE_GREEN' },
      });
      expect(simulation.untilEnded().status).toBe('ROLLBACK_FAILED');
      const events = simulation.events().map((event) => event.text);
      expect(events[0]).toContain(`deployment failed: ${reason}${text}`);
    }
  });

  test('a rule that vanishes during the deployment ends it', () => {
    const simulation = serving({ strategy: 'BLUE_GREEN' });
    simulation.ship('v2');
    simulation.untilStage('POST_TEST_TRAFFIC_SHIFT');
    simulation.surroundings.removeListenerRule(productionRule);
    expect(simulation.untilEnded()).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: `${reason}. One or more rules not found`,
    });
  });
});

test('a stage lasts a day at most', () => {
  const simulation = serving({ strategy: 'BLUE_GREEN' });
  simulation.ship('v2', { answersAfter: 'never' });
  simulation.clock.advance(86_000_000);
  expect(simulation.deployment()).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' });
  expect(simulation.untilEnded()).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    statusReason: 'Service deployment rolled back because the SCALE_UP lifecycle stage timed out.',
  });
});

test('a rolling update that replaces a shift first brings the traffic back to where it rolls', () => {
  const simulation = serving(canary);
  simulation.ship('v2');
  simulation.untilStage('BAKE_TIME');
  expect(simulation.weights().production).toEqual([0, 100]);
  simulation.update({
    deploymentConfiguration: { strategy: 'ROLLING' },
    taskDefinition: simulation.release('v3'),
  });
  const moments = simulation.record();
  expect(moments.map(({ stage }) => stage)).toContain('RECONCILE_SERVICE');
  const rolling = moments.findIndex(({ stage }) => stage === 'SCALE_UP');
  expect(moments[rolling]?.production).toBe('100:0');
  expect(moments.at(-1)).toMatchObject({ status: 'SUCCESSFUL', production: '100:0', test: '100:0' });
  untilSteady(simulation);
  expect(simulation.service()).toMatchObject({ taskDefinition: matching(/web:3$/), runningCount: 2 });
});
