import { createService, networkConfiguration, untilSteady } from './simulation';
import {
  blueArn,
  greenArn,
  productionRule,
  serving,
  shifting,
  shiftingLoadBalancers,
  type Moment,
} from './shifting-tools';

const minute = 60;

/** Seconds since the first moment, with what is to be seen then. */
const timeline = (moments: readonly Moment[]) =>
  moments.map(({ at, status, stage, production, test }) => [
    at - (moments[0]?.at ?? 0),
    status,
    stage,
    production,
    test,
  ]);

const weightsOver = (moments: readonly Moment[]) =>
  moments
    .filter(({ production }, index) => production !== moments[index - 1]?.production)
    .map(({ at, production }) => [at, production] as const);

test('blue/green goes through all its stages; the test listener comes first, then all production traffic', () => {
  const simulation = serving({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 });
  simulation.ship('v2');
  expect(timeline(simulation.record())).toEqual([
    [0, 'PENDING', undefined, '100:0', '100:0'],
    [8, 'IN_PROGRESS', 'PRE_SCALE_UP', '100:0', '100:0'],
    [18, 'IN_PROGRESS', 'SCALE_UP', '100:0', '100:0'],
    [48, 'IN_PROGRESS', 'POST_SCALE_UP', '100:0', '100:0'],
    [58, 'IN_PROGRESS', 'TEST_TRAFFIC_SHIFT', '100:0', '0:100'],
    [68, 'IN_PROGRESS', 'POST_TEST_TRAFFIC_SHIFT', '100:0', '0:100'],
    [78, 'IN_PROGRESS', 'PRODUCTION_TRAFFIC_SHIFT', '0:100', '0:100'],
    [88, 'IN_PROGRESS', 'POST_PRODUCTION_TRAFFIC_SHIFT', '0:100', '0:100'],
    [98, 'IN_PROGRESS', 'BAKE_TIME', '0:100', '0:100'],
    [98 + 5 * minute, 'IN_PROGRESS', 'CLEAN_UP', '0:100', '0:100'],
    [108 + 5 * minute, 'SUCCESSFUL', 'CLEAN_UP', '0:100', '0:100'],
  ]);
  const { deployments, runningCount, taskDefinition } = simulation.service();
  expect(deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }]);
  expect([runningCount, taskDefinition.split('/').at(-1)]).toEqual([2, 'web:2']);
  expect(simulation.events().slice(-2)).toMatchObject([
    { text: `(deployment ${deployments[0].id}) deployment completed.` },
    { text: 'has reached a steady state.' },
  ]);
});

test('both revisions run in full beside each other, whatever the maximum percent, and blue goes last', () => {
  const simulation = serving(
    { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5, maximumPercent: 100 },
    { desiredCount: 4, availabilityZoneRebalancing: 'DISABLED' },
  );
  simulation.ship('v2');
  simulation.untilStage('BAKE_TIME');
  expect(simulation.service()).toMatchObject({
    runningCount: 8,
    deployments: [
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 4 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 4 },
    ],
  });
  simulation.untilEnded();
  untilSteady(simulation);
  expect(simulation.service().runningCount).toBe(4);
});

test('production alternates between the two target groups', () => {
  const simulation = serving({ strategy: 'BLUE_GREEN' });
  const groups = () => {
    const { arn } = simulation.deployment().targetServiceRevision;
    const { serviceRevisions } = simulation.call('DescribeServiceRevisions', { serviceRevisionArns: [arn] });
    const { resolvedConfiguration, loadBalancers } = serviceRevisions[0];
    expect(loadBalancers).toEqual(shiftingLoadBalancers);
    return resolvedConfiguration.loadBalancers;
  };
  const rule = { productionListenerRule: productionRule };
  expect(groups()).toEqual([{ targetGroupArn: blueArn, ...rule }]);
  simulation.ship('v2');
  untilSteady(simulation);
  expect(groups()).toEqual([{ targetGroupArn: greenArn, ...rule }]);
  expect(simulation.weights()).toEqual({ production: [0, 100], test: [0, 100] });
  simulation.ship('v3');
  untilSteady(simulation);
  expect(groups()).toEqual([{ targetGroupArn: blueArn, ...rule }]);
  expect(simulation.weights()).toEqual({ production: [100, 0], test: [100, 0] });

  // A rolling update stays where production is.
  simulation.ship('v4');
  untilSteady(simulation);
  simulation.update({ deploymentConfiguration: { strategy: 'ROLLING' } });
  simulation.ship('v5');
  untilSteady(simulation);
  expect(groups()).toEqual([{ targetGroupArn: greenArn, ...rule }]);
  expect(simulation.weights().production).toEqual([0, 100]);
});

test('linear shifts in equal steps with a bake time between them and none after the last', () => {
  const simulation = serving({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 2 },
  });
  simulation.ship('v2');
  const moments = simulation.record();
  const weights = weightsOver(moments);
  expect(weights.map(([, production]) => production)).toEqual(['100:0', '70:30', '40:60', '10:90', '0:100']);
  const [, first, second, third, last] = weights.map(([at]) => at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  expect([second - first, third - second, last - third]).toEqual([120, 120, 120]);
  const after = moments.find(({ stage }) => stage === 'POST_PRODUCTION_TRAFFIC_SHIFT');
  expect((after?.at ?? 0) - last).toBe(10);
});

test('defaults: linear 10 percent every 6 minutes, canary 5 percent for 10 minutes', () => {
  const linear = serving({ strategy: 'LINEAR' });
  expect(linear.service().deploymentConfiguration).toMatchObject({
    linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6 },
  });
  linear.ship('v2');
  const steps = weightsOver(linear.record());
  expect(steps.map(([, production]) => production).slice(1, 4)).toEqual(['90:10', '80:20', '70:30']);
  expect(steps).toHaveLength(11);
  expect((steps[2]?.[0] ?? 0) - (steps[1]?.[0] ?? 0)).toBe(6 * minute);

  const canary = serving({ strategy: 'CANARY' });
  canary.ship('v2');
  const phases = weightsOver(canary.record());
  expect(phases.map(([, production]) => production)).toEqual(['100:0', '95:5', '0:100']);
  expect((phases[2]?.[0] ?? 0) - (phases[1]?.[0] ?? 0)).toBe(10 * minute);
});

test('tenths of a percent are shifted exactly', () => {
  const simulation = serving({
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 1 },
  });
  simulation.ship('v2');
  simulation.untilStage('PRODUCTION_TRAFFIC_SHIFT');
  simulation.clock.advance(1);
  expect(simulation.weights().production).toEqual([999, 1]);
  expect(simulation.deployment()).toMatchObject({
    targetServiceRevision: { requestedProductionTrafficWeight: 0.1, requestedTestTrafficWeight: 100 },
    sourceServiceRevisions: [{ requestedProductionTrafficWeight: 99.9, requestedTestTrafficWeight: 0 }],
  });
  simulation.untilEnded();
  expect(simulation.deployment()).toMatchObject({
    targetServiceRevision: { requestedProductionTrafficWeight: 100 },
    sourceServiceRevisions: [{ requestedProductionTrafficWeight: 0 }],
  });
});

test('the first deployment has nothing to compare with: one step, no bake time', () => {
  const simulation = shifting();
  createService(simulation, {
    taskDefinition: simulation.release('v1'),
    desiredCount: 2,
    loadBalancers: shiftingLoadBalancers,
    deploymentConfiguration: { strategy: 'CANARY', bakeTimeInMinutes: 30 },
  });
  const moments = simulation.record();
  expect(moments.map(({ production }) => production)).not.toContain('95:5');
  expect((moments.at(-1)?.at ?? 0) < 3 * minute).toBe(true);
  expect(simulation.deployment()).toMatchObject({ status: 'SUCCESSFUL', sourceServiceRevisions: [] });
});

test('a service without a load balancer goes through the stages; a rolling one has none', () => {
  const simulation = serving({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 }, { loadBalancers: [] });
  simulation.ship('v2');
  const stages = simulation.record().map(({ stage }) => stage);
  expect(stages).toContain('TEST_TRAFFIC_SHIFT');
  expect(stages.at(-1)).toBe('CLEAN_UP');
  expect(simulation.surroundings.ruleChanges).toEqual([]);
  const rolling = serving({}, { loadBalancers: [], networkConfiguration });
  expect(rolling.deployment()).not.toHaveProperty('lifecycleStage');
  expect(rolling.deployment().targetServiceRevision).not.toHaveProperty('requestedProductionTrafficWeight');
});

test('without a test listener rule only production moves', () => {
  const [loadBalancer] = shiftingLoadBalancers;
  const advancedConfiguration = { ...loadBalancer?.advancedConfiguration, testListenerRule: undefined };
  const loadBalancers = [{ ...loadBalancer, advancedConfiguration }];
  const simulation = serving({ strategy: 'BLUE_GREEN' }, { loadBalancers });
  simulation.ship('v2');
  const moments = simulation.record();
  expect(new Set(moments.map(({ test }) => test))).toEqual(new Set(['1:0']));
  expect(moments.at(-1)).toMatchObject({ production: '0:100', status: 'SUCCESSFUL' });
});

test('a network load balancer takes ten minutes more at each stage before and with a shift', () => {
  const balancing = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';
  const listeners = ['a', 'b'].map((id) => `${balancing}:listener/net/main/0000000000000001/${id}`);
  const [productionListenerRule, testListenerRule] = listeners as [string, string];
  const simulation = shifting();
  for (const arn of listeners) simulation.surroundings.addListenerRule(arn, [blueArn, greenArn]);
  const [loadBalancer] = shiftingLoadBalancers;
  const advancedConfiguration = {
    ...loadBalancer?.advancedConfiguration,
    productionListenerRule,
    testListenerRule,
  };
  createService(simulation, {
    taskDefinition: simulation.release('v1'),
    desiredCount: 1,
    loadBalancers: [{ ...loadBalancer, advancedConfiguration }],
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
  });
  const at = new Map(simulation.record().map((moment) => [moment.stage, moment.at]));
  const lasted = (stage: string, next: string) => (at.get(next) ?? 0) - (at.get(stage) ?? 0);
  expect(lasted('PRE_SCALE_UP', 'SCALE_UP')).toBe(600);
  expect(lasted('TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT')).toBe(600);
  expect(lasted('PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT')).toBe(600);
});

test('blue is kept at its count until the end: what breaks is replaced, and a new count holds for both', () => {
  const simulation = serving({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 });
  simulation.ship('v2');
  simulation.untilStage('BAKE_TIME');
  const [green, blue] = simulation.service().deployments;
  const ofBlue = simulation.tasks().find(({ startedBy }) => startedBy === blue?.id);
  simulation.call('StopTask', { cluster: 'main', task: ofBlue?.taskArn });
  simulation.clock.advance(90_000);
  expect(simulation.service().deployments).toMatchObject([
    { id: green.id, runningCount: 2 },
    { id: blue?.id, runningCount: 2 },
  ]);
  simulation.update({ desiredCount: 3 });
  simulation.clock.advance(90_000);
  expect(simulation.service().deployments).toMatchObject([{ runningCount: 3 }, { runningCount: 3 }]);
  expect(simulation.untilEnded().status).toBe('SUCCESSFUL');
});
