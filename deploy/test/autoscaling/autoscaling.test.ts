import type { AutoscalingConfig } from '../../src/autoscaling/autoscaling-config';
import { planScaling } from '../../src/autoscaling/plan-scaling';
import { alarmPrefix, noScaling, ownsCount, type Scaling } from '../../src/autoscaling/scaling';
import { wantedPolicies } from '../../src/autoscaling/wanted';

const service = { cluster: 'shop', service: 'web' };
const config: AutoscalingConfig = {
  min: 2,
  max: 6,
  targetTracking: [{ metric: 'cpu', target: 60 }],
  step: [
    {
      name: 'busy',
      metric: 'memory',
      comparison: '>=',
      threshold: 80,
      adjustments: [
        { from: 80, to: 90, by: 1 },
        { from: 90, by: 3 },
      ],
      cooldownSeconds: 60,
    },
  ],
};

/** As AWS would answer after a plan for a config was carried out. */
function applied(wanted: AutoscalingConfig, label?: string): Scaling {
  const policies = wantedPolicies(wanted, service, label);
  return {
    ...noScaling,
    resourceLabel: label,
    target: {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/shop/web',
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: wanted.min,
      MaxCapacity: wanted.max,
      RoleARN: 'role',
      CreationTime: new Date(0),
    },
    policies: policies.map(({ put }) => ({ ...put, PolicyARN: `arn:${put.PolicyName}` }) as never),
    alarms: policies.flatMap(({ alarm, name }) =>
      alarm === undefined ? [] : [{ ...alarm, AlarmActions: [`arn:${name}`], ActionsEnabled: true }],
    ),
  };
}

const paths = (wanted: AutoscalingConfig | undefined, live: Scaling) =>
  planScaling(wanted, service, live).changes.map(({ path }) => path);

it('makes everything where there is nothing', () => {
  const plan = planScaling(config, service, noScaling);
  expect(plan.register).toEqual({ min: 2, max: 6 });
  expect(plan.put.map(({ name }) => name)).toEqual(['slipway-cpu', 'slipway-step-busy']);
  expect(plan.changes).toMatchObject([
    { part: 'autoscaling', path: 'autoscaling.min', before: undefined, after: 2 },
    { path: 'autoscaling.max', after: 6 },
    {
      path: 'autoscaling.target_tracking[cpu]',
      after: { target: 60, scale_in_cooldown: '300s', scale_out_cooldown: '300s' },
    },
    { path: 'autoscaling.step[busy]', after: { metric: 'memory', comparison: '>=', threshold: 80 } },
  ]);
  expect(plan.put[1]).toMatchObject({
    put: {
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
        ],
        Cooldown: 60,
      },
    },
    alarm: {
      AlarmName: `${alarmPrefix(service)}busy`,
      MetricName: 'MemoryUtilization',
      Threshold: 80,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  });
});

it('changes nothing where everything is there', () => {
  expect(planScaling(config, service, applied(config))).toMatchObject({
    changes: [],
    register: undefined,
    put: [],
    removePolicies: [],
    removeAlarms: [],
  });
});

it('names each setting that changes, and writes only its policy', () => {
  const live = applied(config);
  expect(paths({ ...config, max: 8 }, live)).toEqual(['autoscaling.max']);
  const warmer = { ...config, targetTracking: [{ metric: 'cpu' as const, target: 70 }] };
  expect(paths(warmer, live)).toEqual(['autoscaling.target_tracking[cpu].target']);
  expect(planScaling(warmer, service, live).put).toHaveLength(1);
  const [step] = config.step;
  const later = { ...config, step: [{ ...step!, threshold: 85 }] };
  expect(paths(later, live)).toEqual(['autoscaling.step[busy].threshold']);
});

it('puts an alarm back that starts its policy no more', () => {
  const live = applied(config);
  const alarms = live.alarms.map((alarm) => ({ ...alarm, AlarmActions: [] }));
  expect(paths(config, { ...live, alarms })).toEqual(['autoscaling.step[busy].alarm']);
  expect(paths(config, { ...live, alarms: [] })).toEqual(
    expect.arrayContaining(['autoscaling.step[busy].threshold']),
  );
});

it('removes what slipway made and the config names no more, and nothing of others', () => {
  const live = applied(config);
  const others = [...live.policies, { PolicyName: 'by-hand', PolicyARN: 'arn:by-hand' } as never];
  const plan = planScaling({ ...config, step: [] }, service, { ...live, policies: others });
  expect(plan.removePolicies).toEqual(['slipway-step-busy']);
  expect(plan.removeAlarms).toEqual([`${alarmPrefix(service)}busy`]);
  expect(plan.changes).toMatchObject([{ path: 'autoscaling.step[busy]', after: undefined }]);

  const withdrawn = planScaling(undefined, service, { ...live, policies: others });
  expect(withdrawn).toMatchObject({
    removePolicies: ['slipway-cpu', 'slipway-step-busy'],
    deregister: false,
  });
  expect(planScaling(undefined, service, live).deregister).toBe(true);
  expect(planScaling(undefined, service, { ...live, hasSchedule: true }).deregister).toBe(false);
  expect(planScaling(undefined, service, { ...live, policies: [] })).toMatchObject({
    changes: [],
    deregister: false,
  });
});

it('tracks requests by the target group that counts them, and says so where there is none', () => {
  const requests = { ...config, targetTracking: [{ metric: 'requests' as const, target: 500 }], step: [] };
  expect(paths(requests, applied(requests, 'app/a/1/targetgroup/b/2'))).toEqual([]);
  const moved = { ...applied(requests, 'app/a/1/targetgroup/b/2'), resourceLabel: 'app/a/1/targetgroup/c/3' };
  expect(paths(requests, moved)).toEqual(['autoscaling.target_tracking[requests].counts']);
  expect(planScaling(requests, service, noScaling).notes.join()).toContain('needs a target group');
});

it('owns the count unless it is suspended both ways', () => {
  const live = applied(config);
  const suspended = (scaleIn: boolean, scaleOut: boolean) => ({
    ...live,
    target: {
      ...live.target!,
      SuspendedState: { DynamicScalingInSuspended: scaleIn, DynamicScalingOutSuspended: scaleOut },
    },
  });
  expect([noScaling, live, suspended(true, false), suspended(true, true)].map(ownsCount)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
