import { join } from 'node:path';
import type { JsonObject } from '../../src/definition/definitions';
import { differences } from '../../src/release/differences';
import { serviceRules } from '../../src/release/service-rules';
import { taskDefinitionRules } from '../../src/release/task-definition-rules';
import { CLUSTER, testService, type TestService } from '../helpers/service';

const account = '123456789012';
const arn = (service: string, rest: string) => `arn:aws:${service}:ap-northeast-1:${account}:${rest}`;
const role = `arn:aws:iam::${account}:role/${CLUSTER}-web-execution`;
const targetGroup = arn('elasticloadbalancing', 'targetgroup/web/1');
const lambda = arn('lambda', 'function:check');
const vpc = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } };

interface Case {
  taskDefinition?: object;
  container?: object;
  service?: object;
}

const onEc2 = {
  requiresCompatibilities: ['EC2'],
  networkMode: undefined,
  cpu: undefined,
  memory: undefined,
  runtimePlatform: undefined,
};

/** Definitions as people write them: most of what ECS answers is left out, and some of it spelt differently. */
const cases: Record<string, Case> = {
  'the smallest one': { container: { portMappings: undefined, environment: undefined } },
  'CPU and memory with units': { taskDefinition: { cpu: '.5 vCPU', memory: '1 GB' } },
  'everything that a container can have': {
    taskDefinition: {
      taskRoleArn: role,
      pidMode: 'task',
      ephemeralStorage: { sizeInGiB: 30 },
      runtimePlatform: { cpuArchitecture: 'X86_64' },
      enableFaultInjection: false,
      volumes: [{ name: 'scratch' }],
      tags: [{ key: 'team', value: 'shop' }],
    },
    container: {
      memoryReservation: 128,
      stopTimeout: 60,
      startTimeout: 30,
      healthCheck: { command: ['CMD', 'true'] },
      ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
      linuxParameters: { initProcessEnabled: true, capabilities: { add: ['SYS_PTRACE'] } },
      mountPoints: [{ sourceVolume: 'scratch', containerPath: '/tmp' }],
      dockerLabels: { Owner: 'shop', 'com.example/Empty': '' },
      secrets: [{ name: 'SETTINGS', valueFrom: arn('ssm', 'parameter/slipway/staging/outputs') }],
      entryPoint: ['node'],
      command: ['main.js'],
      workingDirectory: '/app',
      user: 'node',
      readonlyRootFilesystem: true,
      restartPolicy: { enabled: true },
      systemControls: [{ namespace: 'net.ipv4.tcp_keepalive_time', value: '300' }],
      portMappings: [
        { name: 'http', containerPort: 8080, appProtocol: 'http' },
        { containerPort: 53, protocol: 'udp' },
      ],
    },
  },
  'sidecars, FireLens and their order': {
    taskDefinition: {
      containerDefinitions: [
        {
          name: 'log',
          image: 'sample/ok:2',
          essential: false,
          firelensConfiguration: { type: 'fluentbit', options: { 'enable-ecs-log-metadata': 'true' } },
        },
        {
          name: 'web',
          image: '{{ must_env `IMAGE` }}',
          dependsOn: [{ containerName: 'log', condition: 'START' }],
          environment: [
            { name: 'B', value: '2' },
            { name: 'A', value: '' },
          ],
          logConfiguration: { logDriver: 'awsfirelens', options: { Name: 'stdout' } },
        },
      ],
    },
  },
  'EFS volumes': {
    taskDefinition: {
      volumes: [
        { name: 'plain', efsVolumeConfiguration: { fileSystemId: 'fs-1' } },
        {
          name: 'point',
          efsVolumeConfiguration: {
            fileSystemId: 'fs-1',
            transitEncryption: 'ENABLED',
            authorizationConfig: { accessPointId: 'fsap-1', iam: 'ENABLED' },
          },
        },
      ],
    },
    container: { mountPoints: [{ sourceVolume: 'plain', containerPath: '/data', readOnly: true }] },
  },
  'an EBS volume': {
    taskDefinition: { volumes: [{ name: 'data', configuredAtLaunch: true }] },
    service: {
      volumeConfigurations: [
        { name: 'data', managedEBSVolume: { roleArn: role, sizeInGiB: 20, volumeType: 'gp3' } },
      ],
    },
  },
  'empty texts and nulls of other tools': {
    taskDefinition: { ipcMode: '', pidMode: '', placementConstraints: null, volumes: [] },
    container: { secrets: null, mountPoints: [], command: null },
    service: { placementStrategy: [], platformVersion: null, role: null },
  },
  'a load balancer, tags and all settings': {
    service: {
      loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'web', containerPort: 8080 }],
      healthCheckGracePeriodSeconds: 30,
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      availabilityZoneRebalancing: 'DISABLED',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      platformVersion: 'LATEST',
      tags: [
        { key: 'team', value: 'shop' },
        { key: 'empty', value: '' },
      ],
    },
  },
  'no deployment configuration': { service: { deploymentConfiguration: undefined } },
  'a circuit breaker of its own and alarms': {
    service: {
      deploymentConfiguration: {
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          thresholdConfiguration: { type: 'COUNT', value: 5 },
        },
        alarms: { enable: true, rollback: true, alarmNames: ['b', 'a'] },
      },
    },
  },
  'blue/green': { service: { deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } } },
  'canary with hooks': {
    service: {
      deploymentConfiguration: {
        strategy: 'CANARY',
        canaryConfiguration: { canaryPercent: 10 },
        lifecycleHooks: [
          { hookTargetArn: lambda, roleArn: role, lifecycleStages: ['POST_SCALE_UP', 'PRE_SCALE_UP'] },
          {
            targetType: 'PAUSE',
            lifecycleStages: ['POST_SCALE_UP'],
            timeoutConfiguration: { action: 'CONTINUE' },
          },
        ],
      },
    },
  },
  linear: { service: { deploymentConfiguration: { strategy: 'LINEAR', linearConfiguration: {} } } },
  'early success': {
    service: {
      deploymentConfiguration: {
        earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' },
      },
    },
  },
  'Fargate Spot': {
    service: {
      launchType: undefined,
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
        { capacityProvider: 'FARGATE' },
      ],
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
      },
    },
  },
  'Service Connect': {
    container: { portMappings: [{ name: 'http', containerPort: 8080, appProtocol: 'http' }] },
    service: {
      serviceConnectConfiguration: {
        enabled: true,
        namespace: 'shop',
        services: [{ portName: 'http', clientAliases: [{ port: 80 }] }],
        logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g', 'awslogs-region': 'r' } },
      },
    },
  },
  'VPC Lattice': {
    container: { portMappings: [{ name: 'http', containerPort: 8080 }] },
    service: {
      vpcLatticeConfigurations: [
        { roleArn: role, targetGroupArn: arn('vpc-lattice', 'targetgroup/tg-1'), portName: 'http' },
      ],
    },
  },
  'service discovery': {
    service: { serviceRegistries: [{ registryArn: arn('servicediscovery', 'service/srv-1') }] },
  },
  'bridge mode on instances': {
    taskDefinition: onEc2,
    container: {
      memory: 256,
      portMappings: [{ containerPort: 8080 }],
      linuxParameters: { devices: [{ hostPath: '/dev/fuse' }] },
    },
    service: {
      launchType: 'EC2',
      networkConfiguration: undefined,
      placementConstraints: [{ type: 'distinctInstance' }],
      placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
    },
  },
  'a daemon': {
    taskDefinition: { ...onEc2, networkMode: 'host' },
    container: { memory: 256 },
    service: {
      launchType: 'EC2',
      networkConfiguration: undefined,
      schedulingStrategy: 'DAEMON',
      desiredCount: 3,
      deploymentConfiguration: {},
    },
  },
  'an external host': {
    taskDefinition: { ...onEc2, requiresCompatibilities: ['EXTERNAL'] },
    container: { memory: 256 },
    service: { launchType: 'EXTERNAL', networkConfiguration: undefined, desiredCount: 0 },
  },
};

/** Writes the definitions of a case into the app's folder. */
function write(service: TestService, { taskDefinition, container, service: definition }: Case) {
  service.write('ecs/task-definition.json', {
    family: '{{ output `task_definition_family` }}',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: role,
    containerDefinitions: [
      { name: 'web', image: '{{ must_env `IMAGE` }}', portMappings: [{ containerPort: 8080 }], ...container },
    ],
    ...taskDefinition,
  });
  service.write('ecs/service.json', {
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: vpc,
    ...definition,
  });
}

const names = Object.keys(cases);

it.each(names)('what is unchanged is found unchanged: %s', async (name) => {
  const service = await testService({ speed: 20 });
  await service.ecs('PutClusterCapacityProviders', {
    cluster: CLUSTER,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  });
  write(service, cases[name] ?? {});
  const image = service.image('ok-1');
  const deploy = () => service.deploy('ok-1', ['--detach', '--supersede', '--skip-check', 'all']);
  const first = await deploy();
  expect(first).toMatchObject({ exitCode: 0, result: { outcome: { kind: 'started' } } });
  const diff = await service.run(['diff', 'staging', '--image', image, '--exit-code', '--json']);
  expect(diff).toMatchObject({ exitCode: 0, result: { plan: { action: 'unchanged', changes: [] } } });
  const unified = await service.run(['diff', 'staging', '--image', image, '--unified']);
  expect(unified.stdout).toBe('');
  const second = await deploy();
  expect(
    second.lines.filter(
      ({ type, phase }) => type === 'phase' && (phase === 'register' || phase === 'update'),
    ),
  ).toEqual([]);
  expect(await service.revisions()).toHaveLength(1);

  // And so is what "init" makes of it.
  const cwd = join(service.directory, 'new');
  const init = await service.run(['init', '--cluster', CLUSTER, '--service', 'web', '--json'], { cwd });
  expect(init.exitCode).toBe(0);
  const [, pinned = ''] = /--image (.*)$/.exec(String(init.result['next'])) ?? [];
  const again = await service.run(['diff', '--image', pinned, '--json'], { cwd });
  expect(again.result).toMatchObject({ plan: { action: 'unchanged', changes: [] } });
});

/** What AWS may fill in where nothing is said, by the API reference; some of it the rehearsal leaves out. */
const filledIn: [what: string, written: JsonObject, answered: JsonObject][] = [
  ['a role by its name', { taskRoleArn: 'app' }, { taskRoleArn: `arn:aws:iam::${account}:role/app` }],
  [
    'devices and restarts',
    {
      containerDefinitions: [
        {
          name: 'a',
          restartPolicy: { enabled: true },
          linuxParameters: { devices: [{ hostPath: '/dev/fuse' }] },
        },
      ],
    },
    {
      containerDefinitions: [
        {
          name: 'a',
          restartPolicy: { enabled: true, restartAttemptPeriod: 300, ignoredExitCodes: [] },
          linuxParameters: {
            devices: [
              { hostPath: '/dev/fuse', containerPath: '/dev/fuse', permissions: ['mknod', 'read', 'write'] },
            ],
            tmpfs: [],
          },
        },
      ],
    },
  ],
  [
    'volumes',
    { volumes: [{ name: 'v', dockerVolumeConfiguration: {} }] },
    {
      volumes: [
        { name: 'v', dockerVolumeConfiguration: { scope: 'task', driver: 'local', autoprovision: false } },
      ],
    },
  ],
  [
    'App Mesh',
    { proxyConfiguration: { containerName: 'envoy' } },
    { proxyConfiguration: { containerName: 'envoy', type: 'APPMESH', properties: [] } },
  ],
];

it.each(filledIn)('a task definition is the same with %s', (_, written, answered) => {
  expect(differences(answered, written, taskDefinitionRules)).toEqual([]);
  expect(differences(written, answered, taskDefinitionRules)).toEqual([]);
});

it.each<[string, JsonObject, JsonObject]>([
  [
    'hooks',
    { deploymentConfiguration: { lifecycleHooks: [{ hookTargetArn: lambda, lifecycleStages: ['B', 'A'] }] } },
    {
      deploymentConfiguration: {
        lifecycleHooks: [
          {
            targetType: 'AWS_LAMBDA',
            hookTargetArn: lambda,
            lifecycleStages: ['A', 'B'],
            timeoutConfiguration: { timeoutInMinutes: 1440, action: 'ROLLBACK' },
          },
        ],
      },
    },
  ],
  [
    'two hooks that nothing tells apart',
    {
      deploymentConfiguration: {
        lifecycleHooks: [
          { targetType: 'PAUSE', lifecycleStages: ['A'] },
          { targetType: 'PAUSE', lifecycleStages: ['A'], timeoutConfiguration: { action: 'CONTINUE' } },
        ],
      },
    },
    {
      deploymentConfiguration: {
        lifecycleHooks: [
          {
            targetType: 'PAUSE',
            lifecycleStages: ['A'],
            timeoutConfiguration: { action: 'CONTINUE', timeoutInMinutes: 1440 },
          },
          {
            targetType: 'PAUSE',
            lifecycleStages: ['A'],
            timeoutConfiguration: { action: 'ROLLBACK', timeoutInMinutes: 1440 },
          },
        ],
      },
    },
  ],
  [
    'Service Connect',
    {
      serviceConnectConfiguration: { enabled: true, services: [{ portName: 'http', discoveryName: 'http' }] },
    },
    {
      serviceConnectConfiguration: {
        enabled: true,
        namespace: 'arn:x',
        services: [{ portName: 'http', clientAliases: [] }],
      },
    },
  ],
  [
    'EBS volumes',
    { volumeConfigurations: [{ name: 'v', managedEBSVolume: { roleArn: role, filesystemType: 'xfs' } }] },
    { volumeConfigurations: [{ name: 'v', managedEBSVolume: { roleArn: role, encrypted: true } }] },
  ],
])('a service is the same with %s', (_, written, answered) => {
  expect(differences(answered, written, serviceRules)).toEqual([]);
});
