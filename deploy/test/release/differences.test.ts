import type { JsonObject } from '../../src/definition/definitions';
import { differences } from '../../src/release/differences';
import { serviceRules } from '../../src/release/service-rules';
import { taskDefinitionRules } from '../../src/release/task-definition-rules';

const taskDefinition = (before: JsonObject, after: JsonObject) =>
  differences(before, after, taskDefinitionRules);
const service = (before: JsonObject, after: JsonObject) => differences(before, after, serviceRules);

/** What a definition says, and what DescribeTaskDefinition answers once ECS filled in its defaults. */
const written: JsonObject = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '0.5 vCPU',
  memory: '1 GB',
  containerDefinitions: [
    {
      name: 'web',
      image: 'web@sha256:1',
      portMappings: [{ containerPort: 3000 }],
      environment: [
        { name: 'LOG_LEVEL', value: 'info' },
        { name: 'EMPTY', value: '' },
      ],
      healthCheck: { command: ['CMD', 'node', 'check.js'] },
      linuxParameters: { initProcessEnabled: true },
      stopTimeout: 60,
    },
  ],
};
const answered: JsonObject = {
  taskDefinitionArn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:4',
  revision: 4,
  status: 'ACTIVE',
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  compatibilities: ['EC2', 'FARGATE'],
  cpu: '512',
  memory: '1024',
  volumes: [],
  placementConstraints: [],
  containerDefinitions: [
    {
      name: 'web',
      image: 'web@sha256:1',
      cpu: 0,
      essential: true,
      portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: 'tcp' }],
      environment: [
        { name: 'EMPTY', value: '' },
        { name: 'LOG_LEVEL', value: 'info' },
      ],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      healthCheck: { command: ['CMD', 'node', 'check.js'], interval: 30, timeout: 5, retries: 3 },
      linuxParameters: { initProcessEnabled: true },
      stopTimeout: 60,
    },
  ],
};

const withContainer = (definition: JsonObject, members: JsonObject): JsonObject => ({
  ...definition,
  containerDefinitions: [{ ...((definition['containerDefinitions'] as JsonObject[])[0] ?? {}), ...members }],
});

describe('task definitions', () => {
  it('are the same when ECS only filled in its defaults and another order', () => {
    expect(taskDefinition(answered, written)).toEqual([]);
    expect(taskDefinition(written, answered)).toEqual([]);
  });

  it('differ in one environment variable, named and placed', () => {
    const after = withContainer(written, {
      environment: [
        { name: 'EMPTY', value: '' },
        { name: 'LOG_LEVEL', value: 'debug' },
      ],
    });
    expect(taskDefinition(answered, after)).toEqual([
      {
        label: 'containerDefinitions[web].environment[LOG_LEVEL].value',
        path: ['containerDefinitions', 0, 'environment', 1, 'value'],
        before: 'info',
        after: 'debug',
      },
    ]);
  });

  it('differ when an empty value goes away: it is a value', () => {
    const after = withContainer(written, { environment: [{ name: 'LOG_LEVEL', value: 'info' }] });
    expect(taskDefinition(answered, after)).toEqual([
      {
        label: 'containerDefinitions[web].environment[EMPTY]',
        path: ['containerDefinitions', 0, 'environment'],
        before: { name: 'EMPTY', value: '' },
        after: undefined,
      },
    ]);
  });

  it('name the default when a value leaves it', () => {
    const after = withContainer(written, {
      essential: false,
      portMappings: [{ containerPort: 3000, protocol: 'udp' }],
    });
    expect(
      taskDefinition(answered, after).map(({ label, before, after }) => ({ label, before, after })),
    ).toEqual([
      {
        label: 'containerDefinitions[web].portMappings[3000/udp]',
        before: undefined,
        after: { containerPort: 3000, protocol: 'udp' },
      },
      {
        label: 'containerDefinitions[web].portMappings[3000/tcp]',
        before: { containerPort: 3000, hostPort: 3000, protocol: 'tcp' },
        after: undefined,
      },
      { label: 'containerDefinitions[web].essential', before: true, after: false },
    ]);
  });

  it('show a health check that is new as one change', () => {
    const before = withContainer(answered, { healthCheck: {} });
    expect(taskDefinition(before, written)).toMatchObject([
      {
        label: 'containerDefinitions[web].healthCheck',
        before: undefined,
        after: { command: ['CMD', 'node', 'check.js'] },
      },
    ]);
  });

  it('keep the order of a command', () => {
    const before = withContainer(answered, { command: ['node', 'a', 'b'] });
    const after = withContainer(written, { command: ['node', 'b', 'a'] });
    expect(taskDefinition(before, after)).toHaveLength(1);
  });

  it.each([
    ['512', '.5 vCPU', '1024', '1GB', 0],
    ['512', '0.5 vcpu', '2048', '2 GB', 0],
    ['256', '512', '1024', '1024', 1],
  ])('reads cpu %s as %s and memory %s as %s', (cpu, otherCpu, memory, otherMemory, changes) => {
    expect(taskDefinition({ cpu, memory }, { cpu: otherCpu, memory: otherMemory })).toHaveLength(changes);
  });

  it('cope with two variables of one name', () => {
    const twice = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ];
    expect(taskDefinition({ environment: twice }, { environment: twice })).toEqual([]);
    expect(taskDefinition({ environment: twice }, { environment: [{ name: 'A', value: '2' }] })).toHaveLength(
      1,
    );
  });
});

describe('services', () => {
  const running: JsonObject = {
    serviceName: 'web',
    status: 'ACTIVE',
    desiredCount: 2,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    loadBalancers: [{ targetGroupArn: 'arn:1', containerName: 'web', containerPort: 3000 }],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['a', 'b'], securityGroups: ['s'], assignPublicIp: 'DISABLED' },
    },
    deploymentConfiguration: {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
    },
  };

  it('are the same where the definition leaves something out', () => {
    expect(
      service(running, {
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['b', 'a'], securityGroups: ['s'] } },
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      }),
    ).toEqual([]);
  });

  it('differ where it says otherwise', () => {
    expect(
      service(running, {
        desiredCount: 3,
        enableExecuteCommand: true,
        deploymentConfiguration: { maximumPercent: 150 },
      }),
    ).toEqual([
      { label: 'desiredCount', path: ['desiredCount'], before: 2, after: 3 },
      { label: 'enableExecuteCommand', path: ['enableExecuteCommand'], before: false, after: true },
      {
        label: 'deploymentConfiguration.maximumPercent',
        path: ['deploymentConfiguration', 'maximumPercent'],
        before: 200,
        after: 150,
      },
    ]);
  });

  it('lose a load balancer that the definition lists no longer', () => {
    expect(service(running, { loadBalancers: [] })).toMatchObject([
      { label: 'loadBalancers[arn:1]', after: undefined },
    ]);
  });
});
