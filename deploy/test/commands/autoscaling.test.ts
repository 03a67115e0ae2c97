import { recordCalls } from '../helpers/calls';
import { CLUSTER, testService, type Ran, type TestService } from '../helpers/service';

type Members = Record<string, unknown>;

const tracking = 'target_tracking: [{ metric: cpu, target: 60 }, { metric: requests, target: 500 }]';
const step =
  'step: [{ name: busy, metric: memory, comparison: ">=", threshold: 80, adjustments: [{ from: 80, by: 2 }] }]';
const balanced = {
  loadBalancers: [
    {
      targetGroupArn: '{{ output `target_group_arn` }}',
      containerName: 'web',
      containerPort: 8080,
    },
  ],
};

function configure(service: TestService, autoscaling: string | undefined): void {
  service.write(
    'slipway.yml',
    [
      'service: web',
      'cluster: "{{ output `cluster_name` }}"',
      'task_definition: ecs/task-definition.json',
      'service_definition: ecs/service.json',
      'timeout: 1m',
      'environments: { staging: { outputs: "ssm:///slipway/staging" } }',
      ...(autoscaling === undefined ? [] : [`autoscaling: { ${autoscaling} }`]),
    ].join('\n'),
  );
}

const scaling = async (service: TestService, operation: string, member: string): Promise<Members[]> => {
  const input = { ServiceNamespace: 'ecs' };
  return (await service.rehearsal.call('application-autoscaling', operation, input))[member] as Members[];
};
const targets = (service: TestService) => scaling(service, 'DescribeScalableTargets', 'ScalableTargets');
const policies = (service: TestService) => scaling(service, 'DescribeScalingPolicies', 'ScalingPolicies');
const alarms = async (service: TestService) =>
  (await service.rehearsal.call('monitoring', 'DescribeAlarms')).MetricAlarms as Members[];
const changes = ({ result }: Ran) => (result['changes'] as Members[]).map(({ path }) => path);
const desired = async (service: TestService) => {
  const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
  return (services as Members[])[0]?.['desiredCount'];
};

it('is set up with the service, changed when the config changes, and left alone when nothing does', async () => {
  const service = await testService({ service: balanced });
  configure(service, `min: 3, max: 6, ${tracking}, ${step}`);
  const calls = await recordCalls(service);
  const deploy = () => service.deploy('ok-1', [], { env: calls.env });

  expect((await deploy()).exitCode).toBe(0);
  expect(await targets(service)).toMatchObject([{ MinCapacity: 3, MaxCapacity: 6 }]);
  expect((await policies(service)).map(({ PolicyName }) => PolicyName)).toEqual([
    'slipway-cpu',
    'slipway-requests',
    'slipway-step-busy',
  ]);
  expect((await policies(service))[1]).toMatchObject({
    TargetTrackingScalingPolicyConfiguration: {
      PredefinedMetricSpecification: { ResourceLabel: 'app/web/1/targetgroup/web/1' },
    },
  });
  expect(await alarms(service)).toMatchObject([{ AlarmName: `slipway/${CLUSTER}/web/busy` }]);
  // The definition says 2, and the least is 3.
  expect(await desired(service)).toBe(3);

  calls.all.length = 0;
  const again = await deploy();
  expect(again.result).toMatchObject({ exitCode: 0, outcome: { kind: 'unchanged' }, changes: [] });
  expect(calls.writes()).toEqual([]);

  configure(service, `min: 3, max: 9, target_tracking: [{ metric: cpu, target: 70 }]`);
  calls.all.length = 0;
  const changed = await deploy();
  expect(changed.result).toMatchObject({ exitCode: 0, outcome: { kind: 'unchanged' } });
  expect(changes(changed)).toEqual([
    'autoscaling.max',
    'autoscaling.target_tracking[cpu].target',
    'autoscaling.target_tracking[requests]',
    'autoscaling.step[busy]',
  ]);
  expect(calls.writes().sort()).toEqual([
    'DeleteAlarms',
    'DeleteScalingPolicy',
    'DeleteScalingPolicy',
    'PutScalingPolicy',
    'RegisterScalableTarget',
  ]);
  expect(await alarms(service)).toEqual([]);

  configure(service, undefined);
  calls.all.length = 0;
  expect((await deploy()).exitCode).toBe(0);
  expect(await targets(service)).toEqual([]);
  expect(await policies(service)).toEqual([]);
  // Nothing owns the count any more: it is the definition's again.
  expect(await desired(service)).toBe(2);
});

it('keeps the count that it has reached, and shows its bounds', async () => {
  const service = await testService();
  configure(service, 'min: 1, max: 6');
  await service.deploy('ok-1');
  await service.ecs('UpdateService', { cluster: CLUSTER, service: 'web', desiredCount: 5 });
  expect((await service.deploy('ok-2')).exitCode).toBe(0);
  expect(await desired(service)).toBe(5);
  expect((await service.run(['status', 'staging'])).stdout).toContain('scaling   1 to 6 tasks');
  const ran = await service.run(['scale', 'staging', '--min', '2', '--json']);
  expect(ran.lines).toContainEqual(
    expect.objectContaining({
      level: 'warning',
      message: 'the next deploy sets the bounds to 1 and 6 again: the config says so',
    }),
  );
});

it('of others owns the count too, and stays', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const place = {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${CLUSTER}/web`,
    ScalableDimension: 'ecs:service:DesiredCount',
  };
  await service.rehearsal.call('application-autoscaling', 'RegisterScalableTarget', {
    ...place,
    MinCapacity: 1,
    MaxCapacity: 9,
  });
  await service.ecs('UpdateService', { cluster: CLUSTER, service: 'web', desiredCount: 4 });
  const same = await service.deploy('ok-1');
  expect(same.result).toMatchObject({ outcome: { kind: 'unchanged' }, changes: [] });
  expect(await desired(service)).toBe(4);
  expect(await targets(service)).toHaveLength(1);
});
