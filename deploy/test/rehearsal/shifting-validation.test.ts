import { createService } from './simulation';
import {
  blueArn,
  greenArn,
  hookArn,
  hookRole,
  lambdaHook,
  productionRule,
  serving,
  shifting,
  shiftingLoadBalancers,
} from './shifting-tools';

const [loadBalancer] = shiftingLoadBalancers as [(typeof shiftingLoadBalancers)[0]];
const advanced = (change: object) => ({
  ...loadBalancer,
  advancedConfiguration: { ...loadBalancer.advancedConfiguration, ...change },
});
const plain = { ...loadBalancer, advancedConfiguration: undefined };
const listener = productionRule.replace(':listener-rule/', ':listener/');
const blueGreen = { strategy: 'BLUE_GREEN' };
const hooks = (...lifecycleHooks: object[]) => ({ ...blueGreen, lifecycleHooks });

const create = (deploymentConfiguration: object, loadBalancers: object[] = shiftingLoadBalancers) => {
  const simulation = shifting();
  const taskDefinition = simulation.release('v1');
  return () =>
    createService(simulation, { taskDefinition, desiredCount: 1, loadBalancers, deploymentConfiguration });
};

test.each<[string, object, object[]]>([
  [
    `productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${listener}`,
    blueGreen,
    [advanced({ productionListenerRule: listener })],
  ],
  [
    'testListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: x',
    blueGreen,
    [advanced({ testListenerRule: 'x' })],
  ],
  [
    `The following rules cannot be used as both production and test listener rules: ${productionRule}`,
    blueGreen,
    [advanced({ testListenerRule: productionRule })],
  ],
  [`Duplicate targetGroupArn found: ${blueArn}`, blueGreen, [loadBalancer, loadBalancer]],
  [
    'Either all or none of the provided loadBalancers must have advancedConfiguration defined',
    blueGreen,
    [loadBalancer, { ...plain, targetGroupArn: greenArn }],
  ],
  [
    'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    blueGreen,
    [plain],
  ],
  [
    'advancedConfiguration field is not allowed with ELBv1 loadBalancers',
    blueGreen,
    [{ ...loadBalancer, targetGroupArn: undefined, loadBalancerName: 'classic' }],
  ],
  [
    'All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)',
    {},
    [plain, { loadBalancerName: 'classic', containerName: 'web', containerPort: 80 }],
  ],
])('%s', (text, configuration, loadBalancers) => {
  expect(create(configuration, loadBalancers)).toThrow(text);
});

test('without a test listener the production rule must know both groups', () => {
  const simulation = shifting();
  simulation.surroundings.addListenerRule(productionRule, [blueArn]);
  const taskDefinition = simulation.release('v1');
  expect(() =>
    createService(simulation, {
      taskDefinition,
      desiredCount: 1,
      loadBalancers: [advanced({ testListenerRule: undefined })],
      deploymentConfiguration: blueGreen,
    }),
  ).toThrow(
    'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup',
  );
});

const pause = { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] };

test.each<[string, object]>([
  [
    'Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE',
    hooks({ ...lambdaHook('a', 'PRE_SCALE_UP'), targetType: 'SNS' }),
  ],
  [
    'Invalid lifecycle stage provided for Pause Hook',
    hooks({ ...pause, lifecycleStages: ['TEST_TRAFFIC_SHIFT'] }),
  ],
  [
    'hookTargetArn and roleArn must be provided',
    hooks({ roleArn: hookRole, lifecycleStages: ['PRE_SCALE_UP'] }),
  ],
  ['lifecycleStages must be provided', hooks({ hookTargetArn: hookArn('a'), roleArn: hookRole })],
  [
    'timeoutInMinutes must be between 1 and 20160, but is 0.',
    hooks({ ...pause, timeoutConfiguration: { timeoutInMinutes: 0 } }),
  ],
  [
    'stepPercent must be between 3 and 100, in multiples of 0.1, but is 2.9.',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } },
  ],
  [
    'stepPercent must be between 3 and 100, in multiples of 0.1, but is 33.33.',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.33 } },
  ],
  [
    'stepBakeTimeInMinutes must be between 0 and 1440, but is 1441.',
    { strategy: 'LINEAR', linearConfiguration: { stepBakeTimeInMinutes: 1441 } },
  ],
  [
    'canaryPercent must be between 0.1 and 100, in multiples of 0.1, but is 0.',
    { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } },
  ],
  [
    'canaryBakeTimeInMinutes must be between 0 and 1440, but is -1.',
    { strategy: 'CANARY', canaryConfiguration: { canaryBakeTimeInMinutes: -1 } },
  ],
  ['bakeTimeInMinutes must be between 0 and 1440, but is 1441.', { ...blueGreen, bakeTimeInMinutes: 1441 }],
  [
    'linearConfiguration is not valid with the CANARY deployment strategy.',
    { strategy: 'CANARY', linearConfiguration: { stepPercent: 10 } },
  ],
  [
    'canaryConfiguration is not valid with the BLUE_GREEN deployment strategy.',
    { ...blueGreen, canaryConfiguration: { canaryPercent: 10 } },
  ],
  [
    'earlySuccessCriteria is only valid with the ROLLING deployment strategy.',
    {
      strategy: 'BLUE_GREEN',
      earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'DEFERRED' },
    },
  ],
  [
    'healthyPercent 50 must be greater than or equal to minimumHealthyPercent 100.',
    { earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' } },
  ],
  [
    'healthyPercent and sourceServiceRevisionCleanup are required',
    { earlySuccessCriteria: { enable: true, healthyPercent: 100 } },
  ],
])('%s', (text, configuration) => {
  expect(create(configuration)).toThrow(text);
});

test.each([
  { strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.3, stepBakeTimeInMinutes: 0 } },
  { strategy: 'LINEAR', linearConfiguration: { stepPercent: 100 } },
  { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.3 } },
  hooks(pause, lambdaHook('a', 'RECONCILE_SERVICE', 'TEST_TRAFFIC_SHIFT')),
])('%j is accepted', (configuration) => {
  expect(create(configuration)).not.toThrow();
});

test('a daemon has nothing to shift between', () => {
  const simulation = shifting();
  const { taskDefinition } = simulation.call('RegisterTaskDefinition', {
    family: 'agent',
    containerDefinitions: [{ name: 'agent', image: 'x', memory: 64 }],
  });
  const { taskDefinitionArn } = taskDefinition;
  const input = {
    cluster: 'main',
    serviceName: 'agent',
    taskDefinition: taskDefinitionArn,
    schedulingStrategy: 'DAEMON',
    launchType: 'EC2',
    deploymentConfiguration: blueGreen,
  };
  expect(() => simulation.call('CreateService', input)).toThrow(
    'The daemon scheduling strategy does not support the BLUE_GREEN deployment strategy.',
  );
});

test('changing the strategy takes the members of the old one away', () => {
  const simulation = serving({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 50 } });
  const { deploymentConfiguration } = simulation.update({ deploymentConfiguration: { strategy: 'CANARY' } });
  expect(deploymentConfiguration).toMatchObject({
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 },
  });
  expect(deploymentConfiguration).not.toHaveProperty('linearConfiguration');
});

test('a setting demands the bake time that the API reference demands', () => {
  const simulation = shifting({ blueGreenNeedsBakeTime: true });
  const taskDefinition = simulation.release('v1');
  const input = { taskDefinition, desiredCount: 1, loadBalancers: shiftingLoadBalancers };
  expect(() => createService(simulation, { ...input, deploymentConfiguration: blueGreen })).toThrow(
    'bakeTimeInMinutes is required with the BLUE_GREEN deployment strategy.',
  );
  createService(simulation, { ...input, deploymentConfiguration: { ...blueGreen, bakeTimeInMinutes: 0 } });
});
