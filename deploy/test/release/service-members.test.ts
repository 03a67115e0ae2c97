import { CLUSTER, testService, type TestService } from '../helpers/service';

const role = `arn:aws:iam::123456789012:role/${CLUSTER}-web-execution`;
const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } };
const small = { desiredCount: 2, launchType: 'FARGATE', networkConfiguration: network };
const withoutChecks = ['--skip-check', 'all'];

async function running(service: TestService): Promise<Record<string, unknown>> {
  const { services } = await service.ecs('DescribeServices', {
    cluster: CLUSTER,
    services: ['web'],
    include: ['TAGS'],
  });
  return (services as Record<string, unknown>[])[0] ?? {};
}

const primary = async (service: TestService) =>
  ((await running(service))['deployments'] as Record<string, unknown>[])[0] ?? {};

const diff = (service: TestService, ...more: string[]) =>
  service.run(['diff', 'staging', '--image', service.image('ok-1'), '--json', ...more]);

const changesOf = ({ result }: { result: Record<string, unknown> }) =>
  (result['plan'] as { changes: Record<string, unknown>[] }).changes.map(({ path, before, after }) => ({
    path,
    before,
    after,
  }));

it('takes away what the definition names no more, in one call, and leaves alone what it never named', async () => {
  const connect = { enabled: true, namespace: 'shop', services: [{ portName: 'http' }] };
  const service = await testService({
    container: { portMappings: [{ name: 'http', containerPort: 8080 }] },
    taskDefinition: { volumes: [{ name: 'data', configuredAtLaunch: true }] },
    service: {
      healthCheckGracePeriodSeconds: 7,
      serviceConnectConfiguration: connect,
      serviceRegistries: [
        { registryArn: 'arn:aws:servicediscovery:ap-northeast-1:123456789012:service/srv-1' },
      ],
      vpcLatticeConfigurations: [
        { roleArn: role, targetGroupArn: 'arn:aws:vpc-lattice:x', portName: 'http' },
      ],
      volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: role, sizeInGiB: 20 } }],
    },
  });
  expect((await service.deploy('ok-1', withoutChecks)).exitCode).toBe(0);
  expect(await primary(service)).toMatchObject({ serviceConnectConfiguration: connect });
  service.write('ecs/service.json', small);
  expect(changesOf(await diff(service)).map(({ path }) => path)).toEqual([
    'serviceRegistries[arn:aws:servicediscovery:ap-northeast-1:123456789012:service/srv-1]',
    'volumeConfigurations[data]',
    'vpcLatticeConfigurations[http]',
    'serviceConnectConfiguration.enabled',
  ]);
  expect((await service.deploy('ok-1', withoutChecks)).exitCode).toBe(0);
  expect(await primary(service)).toMatchObject({
    serviceConnectConfiguration: { enabled: false },
    volumeConfigurations: [],
    vpcLatticeConfigurations: [],
  });
  expect(await running(service)).toMatchObject({ serviceRegistries: [], healthCheckGracePeriodSeconds: 7 });
  expect(await service.revisions()).toHaveLength(1);
  expect(changesOf(await diff(service))).toEqual([]);
});

it('changes capacity providers with a new deployment, and goes back to the launch type', async () => {
  const service = await testService();
  await service.ecs('PutClusterCapacityProviders', {
    cluster: CLUSTER,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  });
  await service.deploy('ok-1', withoutChecks);
  const bare = { ...small, launchType: undefined };
  const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
  const deployed = async (definition: object) => {
    const { id } = await primary(service);
    service.write('ecs/service.json', definition);
    const ran = await service.deploy('ok-1', withoutChecks);
    expect(ran).toMatchObject({ exitCode: 0, result: { outcome: { kind: 'live' } } });
    expect((await primary(service))['id']).not.toBe(id);
    expect(changesOf(await diff(service))).toEqual([]);
    return running(service);
  };
  expect(await deployed({ ...bare, capacityProviderStrategy: strategy })).toMatchObject({
    capacityProviderStrategy: strategy,
  });
  expect((await deployed(small))['capacityProviderStrategy'] ?? []).toEqual([]);
});

it('refuses what ECS gives a service only when it creates it, and diff says so with its place', async () => {
  const service = await testService();
  await service.deploy('ok-1', withoutChecks);
  service.write('ecs/service.json', {
    ...small,
    desiredCount: 3,
    schedulingStrategy: 'DAEMON',
    deploymentController: { type: 'CODE_DEPLOY' },
  });
  const ran = await service.run(['diff', 'staging', '--image', service.image('ok-1'), '--exit-code']);
  expect(ran.exitCode).toBe(2);
  const { changes } = (await diff(service)).result['plan'] as { changes: Record<string, unknown>[] };
  expect(changes).toMatchObject([
    { path: 'schedulingStrategy', before: 'REPLICA', after: 'DAEMON', position: { line: 14 } },
    { path: 'deploymentController.type', before: 'ECS', after: 'CODE_DEPLOY' },
    { path: 'desiredCount', before: 2, after: 3 },
  ]);
  expect(ran.stdout).toContain('cannot be: a service keeps its scheduling strategy;');
  const refused = await service.deploy('ok-1', withoutChecks);
  expect(refused).toMatchObject({ exitCode: 10, result: { code: 'SERVICE_UNSUPPORTED' } });
  expect(String(refused.result['message'])).toContain('service keeps its scheduling strategy');
  expect(await running(service)).toMatchObject({ desiredCount: 2 });
});

it('keeps tags as the definition lists them, but for those that the config ignores', async () => {
  const tags = (...keys: string[]) => keys.map((key) => ({ key, value: 'x' }));
  const service = await testService({ service: { tags: tags('a', 'b') } });
  await service.deploy('ok-1', withoutChecks);
  const resourceArn = (await running(service))['serviceArn'];
  await service.ecs('TagResource', { resourceArn, tags: tags('foreign', 'aws:thing') });
  service.write('slipway.yml', `${CONFIG}ignore: { tags: [foreign] }\n`);
  expect(changesOf(await diff(service))).toEqual([]);
  service.write('ecs/service.json', { ...small, tags: tags('a', 'c') });
  expect(changesOf(await diff(service))).toEqual([
    { path: 'tags[c]', before: undefined, after: 'x' },
    { path: 'tags[b]', before: 'x', after: undefined },
  ]);
  await service.deploy('ok-1', withoutChecks);
  const now = (await running(service))['tags'] as { key: string }[];
  expect(now.map(({ key }) => key).sort()).toEqual(['a', 'aws:thing', 'c', 'foreign']);
});

const CONFIG = `service: web
cluster: ${CLUSTER}
task_definition: ecs/task-definition.json
service_definition: ecs/service.json
environments:
  staging: { outputs: "ssm:///slipway/staging" }
`;

it('reads monitoring where the definition names it', async () => {
  const monitoring = { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] };
  const service = await testService({ service: { monitoring } });
  await service.deploy('ok-1', withoutChecks);
  expect(changesOf(await diff(service))).toEqual([]);
  const faster = { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 60 }] };
  service.write('ecs/service.json', { ...small, monitoring: faster });
  expect(changesOf(await diff(service)).map(({ path }) => path)).toEqual(['monitoring.metricConfigurations']);
});

it('creates a service without a count with one task, and says so', async () => {
  const service = await testService();
  service.write('ecs/service.json', { launchType: 'FARGATE', networkConfiguration: network });
  const ran = await service.deploy('ok-1', withoutChecks);
  expect(ran.exitCode).toBe(0);
  expect(JSON.stringify(ran.lines)).toContain('the definition has no desiredCount');
  expect(await running(service)).toMatchObject({ desiredCount: 1 });
});

it('knows a Service Connect namespace by its name, though ECS answers its ARN', async () => {
  const service = await testService({
    container: { portMappings: [{ name: 'http', containerPort: 8080 }] },
    service: { serviceConnectConfiguration: { enabled: true, namespace: 'shop' } },
  });
  await service.rehearsal.call('servicediscovery', 'CreateHttpNamespace', { Name: 'shop' });
  await service.rehearsal.call('servicediscovery', 'CreateHttpNamespace', { Name: 'other' });
  await service.deploy('ok-1', withoutChecks);
  expect(JSON.stringify(await primary(service))).toMatch(/"namespace":"arn:aws:servicediscovery/);
  expect(changesOf(await diff(service))).toEqual([]);
  const other = { enabled: true, namespace: 'other' };
  service.write('ecs/service.json', { ...small, serviceConnectConfiguration: other });
  expect(changesOf(await diff(service))).toMatchObject([
    { path: 'serviceConnectConfiguration.namespace', after: 'other' },
  ]);
});

it('reads, and refuses to deploy, a service that CodeDeploy deploys', async () => {
  const loadBalancers = [
    { targetGroupArn: '{{ output `target_group_arn` }}', containerName: 'web', containerPort: 8080 },
  ];
  const codeDeploy = { ...small, deploymentController: { type: 'CODE_DEPLOY' }, loadBalancers };
  const service = await testService({ service: { loadBalancers } });
  await service.ecs('RegisterTaskDefinition', {
    family: 'slipway-staging-web',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: role,
    containerDefinitions: [
      { name: 'web', image: service.image('ok-2'), portMappings: [{ containerPort: 8080 }] },
    ],
  });
  await service.ecs('CreateService', {
    cluster: CLUSTER,
    serviceName: 'web',
    taskDefinition: 'slipway-staging-web',
    ...codeDeploy,
    loadBalancers: [
      {
        ...loadBalancers[0],
        targetGroupArn: 'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/1',
      },
    ],
  });
  // Which of its two target groups serves, is CodeDeploy's concern.
  service.write('ecs/service.json', {
    ...codeDeploy,
    desiredCount: 4,
    loadBalancers: [
      { ...loadBalancers[0], targetGroupArn: 'arn:aws:elasticloadbalancing:x:targetgroup/green/2' },
    ],
  });
  const changes = changesOf(await diff(service));
  expect(changes.map(({ path }) => path)).toEqual([
    'containerDefinitions[web].image',
    'containerDefinitions[web].environment[LOG_LEVEL]',
    'containerDefinitions[web].logConfiguration',
    'desiredCount',
  ]);
  expect((await service.deploy('ok-1', withoutChecks)).result).toMatchObject({ code: 'SERVICE_UNSUPPORTED' });
});
