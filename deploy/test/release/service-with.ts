import { CLUSTER, testService, type Ran, type ServiceOptions, type TestService } from '../helpers/service';

export type Members = { kind: string } & Record<string, unknown>;
export const outcome = ({ result }: Ran) => result['outcome'] as Members;
export const serviceOf = async (service: TestService) => {
  const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
  return (services as Record<string, unknown>[])[0];
};
export const deploy = (service: TestService, tag: string, more: string[] = [], options = {}) =>
  service.deploy(tag, ['--skip-check', 'all', ...more], options);

export const TARGET_GROUPS = ['web/1', 'green/2'].map(
  (name) => `arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/${name}`,
);
const RULE = 'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener-rule/app/web/1/1/2';
export const ROLE = 'arn:aws:iam::123456789012:role/slipway-staging-web-execution';
export const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };

export const strategies: Record<string, object> = {
  rolling: { deploymentConfiguration: { ...breaker, minimumHealthyPercent: 100, maximumPercent: 200 } },
  ...Object.fromEntries(
    [
      ['blue/green', { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 }],
      [
        'linear',
        {
          strategy: 'LINEAR',
          bakeTimeInMinutes: 0,
          linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
        },
      ],
      [
        'canary',
        {
          strategy: 'CANARY',
          bakeTimeInMinutes: 0,
          canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 0 },
        },
      ],
    ].map(([name, configuration]) => [
      name as string,
      {
        deploymentConfiguration: { ...breaker, ...(configuration as object) },
        loadBalancers: [
          {
            targetGroupArn: TARGET_GROUPS[0],
            containerName: 'web',
            containerPort: 8080,
            advancedConfiguration: {
              alternateTargetGroupArn: TARGET_GROUPS[1],
              productionListenerRule: RULE,
              roleArn: ROLE,
            },
          },
        ],
      },
    ]),
  ),
};

/** A service of that strategy; with target groups and a rule to shift traffic with. */
export async function serviceWith(strategy: string, options: ServiceOptions = {}): Promise<TestService> {
  const service = await testService({
    ...options,
    speed: 1000,
    service: { desiredCount: 1, ...strategies[strategy], ...options.service },
  });
  await addGreen(service);
  return service;
}

/** The second target group, and the listener rule that forwards to both. */
export async function addGreen(service: TestService): Promise<void> {
  const { store } = service.rehearsal;
  const [blue = '', green = ''] = TARGET_GROUPS;
  const group = store.targetGroups.get(blue);
  if (group !== undefined) store.targetGroups.set(green, { ...group, arn: green, name: 'green' });
  store.rules.set(RULE, {
    arn: RULE,
    listenerArn: 'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/web/1/1',
    priority: '1',
    conditions: [{ field: 'path-pattern', values: ['/*'], header: undefined }],
    actions: [
      {
        type: 'forward',
        order: 1,
        targetGroups: [
          { arn: blue, weight: 1 },
          { arn: green, weight: 0 },
        ],
        redirect: undefined,
        fixedResponse: undefined,
      },
    ],
  });
  // Brings the balancer up to what the store says.
  await service.rehearsal.apply({
    stack: 'nothing',
    resources: [],
    outputs: {},
    state: {
      version: 4,
      terraform_version: '1.9.0',
      serial: 1,
      lineage: 'nothing',
      outputs: {},
      resources: [],
      check_results: null,
    },
    statePath: undefined,
  });
}
