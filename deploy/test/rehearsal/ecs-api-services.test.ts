import type { ApiError } from '../../rehearsal/api/ecs';
import {
  createService,
  loadBalancers,
  simulate,
  targetGroupArn,
  untilSteady,
  type Simulation,
} from './simulation';

function refusal(perform: () => unknown): { code: string; message: string } {
  try {
    perform();
  } catch (error) {
    const { code, message } = error as ApiError;
    return { code, message };
  }
  throw new Error('the call was not refused');
}

const invalid = (message: string) => ({ code: 'InvalidParameterException', message });

describe('CreateService', () => {
  test('echoes the defaults', () => {
    const simulation = simulate();
    const service = createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 0 });
    expect(service).toMatchObject({
      status: 'ACTIVE',
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      healthCheckGracePeriodSeconds: 0,
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      propagateTags: 'NONE',
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      availabilityZoneRebalancing: 'ENABLED',
      resourceManagementType: 'CUSTOMER',
      loadBalancers: [],
      serviceRegistries: [],
      placementConstraints: [],
      placementStrategy: [],
      events: [],
      deploymentConfiguration: {
        deploymentCircuitBreaker: {
          enable: false,
          rollback: false,
          resetOnHealthyTask: true,
          thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
        },
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
      },
    });
    expect(service.deployments[0].rolloutStateReason).toBe(
      `ECS deployment ${service.deployments[0].id} in progress.`,
    );
  });

  const refuse = (input: object, prepare: (simulation: Simulation) => void = () => undefined) => {
    const simulation = simulate();
    simulation.release('v1');
    prepare(simulation);
    return refusal(() => createService(simulation, { taskDefinition: 'web:1', desiredCount: 1, ...input }));
  };

  test.each([
    [{ desiredCount: undefined }, 'DesiredCount is missing'],
    [{ desiredCount: -1 }, 'DesiredCount can not be lesser than 0'],
    [{ schedulingStrategy: 'X' }, 'Scheduling strategy should be one of [REPLICA,DAEMON]'],
    [
      { networkConfiguration: undefined },
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [{ deploymentConfiguration: { maximumPercent: 99 } }, 'maximumPercent must be at least 100'],
    [
      { deploymentConfiguration: { minimumHealthyPercent: 101 } },
      'minimumHealthyPercent must be at most 100',
    ],
    [{ clientToken: 'x'.repeat(37) }, 'idempotency token longer than 36.'],
    [
      { schedulingStrategy: 'DAEMON', launchType: 'EC2' },
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    ],
    [
      { schedulingStrategy: 'DAEMON', desiredCount: undefined },
      'The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again',
    ],
    [
      { loadBalancers: [{ targetGroupArn, containerName: 'x', containerPort: 80 }] },
      'The container x does not exist in the task definition.',
    ],
  ])('refuses %j', (input, message) => {
    expect(refuse(input)).toEqual(invalid(message));
  });

  test('an unknown cluster comes before an unknown task definition', () => {
    expect(refuse({ cluster: 'nope', taskDefinition: 'nope' })).toEqual({
      code: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
    expect(refuse({ taskDefinition: 'nope', desiredCount: -1 })).toEqual({
      code: 'ClientException',
      message: 'TaskDefinition not found.',
    });
    const deregister = (simulation: Simulation) =>
      simulation.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' });
    expect(refuse({}, deregister)).toEqual({
      code: 'ClientException',
      message: 'TaskDefinition is inactive',
    });
  });

  test('a target group without a load balancer is refused', () => {
    const arn = `${targetGroupArn}x`;
    const input = { loadBalancers: [{ targetGroupArn: arn, containerName: 'web', containerPort: 80 }] };
    const prepare = (simulation: Simulation) =>
      simulation.surroundings.addTargetGroup({ arn, loadBalancerArns: [] });
    expect(refuse(input, prepare)).toEqual(
      invalid(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`),
    );
  });

  test('availability zone rebalancing needs a maximum above 100 %', () => {
    const deploymentConfiguration = { maximumPercent: 100, minimumHealthyPercent: 0 };
    expect(refuse({ availabilityZoneRebalancing: 'ENABLED', deploymentConfiguration }).message).toMatch(
      /Availability Zone Rebalancing does not support maximumPercent <= 100 %/,
    );
    const simulation = simulate();
    const silent = createService(simulation, {
      taskDefinition: simulation.release('v1'),
      desiredCount: 0,
      deploymentConfiguration,
    });
    expect(silent.availabilityZoneRebalancing).toBe('DISABLED');
    const other = createService(simulation, {
      serviceName: 'other',
      taskDefinition: 'web:1',
      desiredCount: 0,
    });
    expect(other.availabilityZoneRebalancing).toBe('ENABLED');
    expect(
      refusal(() =>
        simulation.call('UpdateService', { cluster: 'main', service: 'other', deploymentConfiguration }),
      ),
    ).toEqual(
      invalid(
        "The service couldn't be updated because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.",
      ),
    );
  });

  test('the same name again is refused, unless the client token says it is the same call', () => {
    const simulation = simulate();
    const input = { taskDefinition: simulation.release('v1'), desiredCount: 0, clientToken: 'token' };
    const first = createService(simulation, input);
    expect(createService(simulation, input).serviceArn).toBe(first.serviceArn);
    expect(refusal(() => createService(simulation, { ...input, clientToken: undefined }))).toEqual(
      invalid('Creation of service was not idempotent.'),
    );
  });

  test('without launch type or strategy the default strategy of the cluster applies', () => {
    const simulation = simulate();
    simulation.call('PutClusterCapacityProviders', {
      cluster: 'main',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    const service = createService(simulation, {
      taskDefinition: simulation.release('v1'),
      desiredCount: 1,
      launchType: undefined,
    });
    expect(service.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE', weight: 1 }]);
    expect(service).not.toHaveProperty('launchType');
    untilSteady(simulation);
    expect(simulation.tasks()).toMatchObject([{ launchType: 'FARGATE', capacityProviderName: 'FARGATE' }]);
  });
});

describe('UpdateService', () => {
  test('keeps what is not given; switching the breaker off switches its rollback off', () => {
    const simulation = simulate();
    createService(simulation, {
      taskDefinition: simulation.release('v1'),
      desiredCount: 0,
      deploymentConfiguration: {
        minimumHealthyPercent: 50,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
    });
    const update = (deploymentConfiguration: object) =>
      simulation.call('UpdateService', { cluster: 'main', service: 'web', deploymentConfiguration }).service
        .deploymentConfiguration;
    expect(update({ maximumPercent: 150 })).toMatchObject({
      maximumPercent: 150,
      minimumHealthyPercent: 50,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    });
    expect(
      update({ deploymentCircuitBreaker: { enable: false, rollback: true } }).deploymentCircuitBreaker,
    ).toMatchObject({
      enable: false,
      rollback: false,
    });
  });

  test('accepts a family, family:revision and ARN', () => {
    const simulation = simulate();
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 0 });
    simulation.release('v2');
    for (const [given, revision] of [
      ['web', 2],
      ['web:1', 1],
      ['arn:aws:ecs:us-east-1:123456789012:task-definition/web:2', 2],
    ] as const) {
      const { service } = simulation.call('UpdateService', {
        cluster: 'main',
        service: 'web',
        taskDefinition: given,
      });
      expect(service.taskDefinition).toMatch(new RegExp(`web:${revision}$`));
    }
  });

  test('errors: not there, not active, negative', () => {
    const simulation = simulate();
    expect(refusal(() => simulation.call('UpdateService', { cluster: 'main', service: 'web' }))).toEqual({
      code: 'ServiceNotFoundException',
      message: 'Service not found.',
    });
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 0 });
    expect(
      refusal(() => simulation.call('UpdateService', { cluster: 'main', service: 'web', desiredCount: -1 })),
    ).toEqual(invalid('Task count can not be lesser than 0'));
    simulation.call('DeleteService', { cluster: 'main', service: 'web' });
    simulation.clock.advance(60_000);
    expect(refusal(() => simulation.call('UpdateService', { cluster: 'main', service: 'web' }))).toEqual({
      code: 'ServiceNotActiveException',
      message: 'Service was not ACTIVE.',
    });
  });
});

describe('DescribeServices and ListServices', () => {
  test('missing services are failures, duplicates collapse, tags only when asked for', () => {
    const simulation = simulate();
    createService(simulation, {
      taskDefinition: simulation.release('v1'),
      desiredCount: 0,
      tags: [{ key: 'a', value: 'b' }],
    });
    const arn = 'arn:aws:ecs:us-east-1:123456789012:service/main/web';
    const answer = simulation.call('DescribeServices', { cluster: 'main', services: ['web', 'web', 'nope'] });
    expect(answer.services).toHaveLength(1);
    expect(answer.services[0]).not.toHaveProperty('tags');
    expect(answer.failures).toEqual([
      { arn: 'arn:aws:ecs:us-east-1:123456789012:service/main/nope', reason: 'MISSING' },
    ]);
    const tagged = simulation.call('DescribeServices', {
      cluster: 'main',
      services: [arn],
      include: ['TAGS'],
    });
    expect(tagged.services[0].tags).toEqual([{ key: 'a', value: 'b' }]);
    const many = Array.from({ length: 11 }, (_, index) => `s${index}`);
    expect(refusal(() => simulation.call('DescribeServices', { cluster: 'main', services: many })).code).toBe(
      'InvalidParameterException',
    );
  });

  test('pages hold ten services unless told otherwise', () => {
    const simulation = simulate();
    const taskDefinition = simulation.release('v1');
    for (let i = 0; i < 25; i += 1)
      createService(simulation, { serviceName: `s${i}`, taskDefinition, desiredCount: 0 });
    const arns: string[] = [];
    const sizes: number[] = [];
    for (let nextToken: string | undefined; ;) {
      const page = simulation.call('ListServices', { cluster: 'main', nextToken });
      arns.push(...page.serviceArns);
      sizes.push(page.serviceArns.length);
      nextToken = page.nextToken;
      if (nextToken === undefined) break;
    }
    expect(sizes).toEqual([10, 10, 5]);
    expect(new Set(arns).size).toBe(25);
  });
});

describe('deletion', () => {
  test('a service drains, leaves the list at once, and is INACTIVE when its tasks have stopped', () => {
    const simulation = simulate();
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 2, loadBalancers });
    untilSteady(simulation);
    expect(refusal(() => simulation.call('DeleteService', { cluster: 'main', service: 'web' }))).toEqual(
      invalid('The service cannot be stopped while it is scaled above 0.'),
    );
    const { service } = simulation.call('DeleteService', { cluster: 'main', service: 'web', force: true });
    expect(service).toMatchObject({
      status: 'DRAINING',
      desiredCount: 0,
      runningCount: 2,
      deployments: [{ status: 'DRAINING' }],
    });
    expect(service.deploymentConfiguration).toEqual({
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    });
    expect(simulation.call('ListServices', { cluster: 'main' }).serviceArns).toEqual([]);
    expect(refusal(() => createService(simulation, { taskDefinition: 'web:1', desiredCount: 0 }))).toEqual(
      invalid('Unable to Start a service that is still Draining.'),
    );
    expect(refusal(() => simulation.call('DeleteCluster', { cluster: 'main' })).code).toBe(
      'ClusterContainsServicesException',
    );
    simulation.clock.runUntil(
      () => simulation.service().status === 'INACTIVE',
      simulation.clock.now() + 600_000,
    );
    expect(simulation.service()).toMatchObject({ status: 'INACTIVE', deployments: [], runningCount: 0 });
    expect(refusal(() => simulation.call('DeleteCluster', { cluster: 'main' })).code).toBe(
      'ClusterContainsTasksException',
    );
    simulation.clock.advance(60_000);
    createService(simulation, { taskDefinition: 'web:1', desiredCount: 1 });
    untilSteady(simulation);
    simulation.call('DeleteService', { cluster: 'main', service: 'web', force: true });
    simulation.clock.advance(120_000);
    expect(simulation.call('DeleteCluster', { cluster: 'main' }).cluster.status).toBe('INACTIVE');
    expect(simulation.surroundings.targetHealth(targetGroupArn)).toEqual([]);
  });

  test('of a service that is not there: an error without a message', () => {
    const simulation = simulate();
    expect(refusal(() => simulation.call('DeleteService', { cluster: 'main', service: 'web' }))).toEqual({
      code: 'ServiceNotFoundException',
      message: '',
    });
  });
});
