/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- a test may write anything into a definition */
import { openShop, shop, type Definitions, type Loose } from './shop';

/** What is changed, and what is found: the check, a part of its message, a part of the line that it points at. */
type Case = [
  what: string,
  change: (definitions: Definitions) => void,
  check: string,
  message: string,
  line: string,
  level?: 'warning',
];

it('finds nothing where nothing is wrong', async () => {
  const { exitCode, result, stdout, lines } = await (await openShop()).verify();
  expect(result).toMatchObject({ kind: 'findings', findings: [], exitCode: 0 });
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain('"type":"note"');
  expect(lines.length).toBeLessThan(6);
});

const other = (container: Loose) => ({ name: 'other', image: container.image, essential: false });
const shifting = ({ service }: Definitions, more: object = {}) => {
  service.deploymentConfiguration.strategy = 'BLUE_GREEN';
  service.loadBalancers[0].advancedConfiguration = {
    alternateTargetGroupArn: shop.green,
    productionListenerRule: shop.productionRule,
    roleArn: shop.balancerRole,
    ...more,
  };
};
const efs = (task: Loose) => task.volumes[0].efsVolumeConfiguration;
const subnets = (service: Loose, ids: string[], publicIp = 'DISABLED') =>
  Object.assign(service.networkConfiguration.awsvpcConfiguration, { subnets: ids, assignPublicIp: publicIp });
/** A task that neither Fargate nor a load balancer binds. */
const onInstances = ({ task, container, service }: Definitions) => {
  task.requiresCompatibilities = ['EC2'];
  task.networkMode = 'bridge';
  container.portMappings[0].hostPort = 0;
  delete service.networkConfiguration;
  delete service.capacityProviderStrategy;
  service.launchType = 'EC2';
  service.loadBalancers = [];
};

const alone: Case[] = [
  [
    'a pair that Fargate has not',
    ({ task }) => (task.memory = '4096'),
    'task-size',
    'no 4096 MiB with 256',
    '"memory"',
  ],
  [
    'a CPU that Fargate has not',
    ({ task }) => (task.cpu = '3 vCPU'),
    'task-size',
    'no tasks with 3072 CPU',
    '"cpu"',
  ],
  ['no amount', ({ task }) => (task.memory = 'much'), 'task-size', 'memory "much" is no amount', '"memory"'],
  ['no CPU', ({ task }) => delete task.cpu, 'task-size', 'Fargate wants "cpu"', '"family"'],
  [
    'storage',
    ({ task }) => (task.ephemeralStorage = { sizeInGiB: 20 }),
    'task-size',
    '20 GiB is out of range',
    'sizeInGiB',
  ],
  [
    'more memory than the task',
    ({ container }) => (container.memory = 1024),
    'container-memory',
    "container web: memory of 1024 MiB is more than the task's 512",
    '"memory": 1024',
  ],
  [
    'a sum that is too much',
    ({ task, container }) => {
      container.memoryReservation = 300;
      task.containerDefinitions.push({ ...other(container), memoryReservation: 300 });
    },
    'container-memory',
    'reserve 600 MiB together, and the task has 512',
    '"memory": "512"',
  ],
  [
    'a host port of its own',
    ({ container }) => (container.portMappings[0].hostPort = 80),
    'port-mappings',
    'hostPort 80 and containerPort 8080 differ',
    '"hostPort"',
  ],
  [
    'a port taken twice',
    ({ task, container }) =>
      task.containerDefinitions.push({ ...other(container), portMappings: [{ containerPort: 8080 }] }),
    'port-mappings',
    'port 8080/tcp of the task is mapped twice (again in container other)',
    '{',
  ],
  [
    'nothing essential',
    ({ container }) => (container.essential = false),
    'containers',
    'no container is essential',
    '"essential"',
  ],
  [
    'one name for two',
    ({ task, container }) => task.containerDefinitions.push({ ...other(container), name: 'web' }),
    'containers',
    'two containers are named "web"',
    '"name": "web"',
  ],
  [
    'a variable set twice',
    ({ container }) => (container.environment = [{ name: 'KEY', value: 'x' }]),
    'containers',
    'the variable KEY is set twice',
    '"name": "KEY"',
  ],
  [
    'an unknown dependency',
    ({ container }) => (container.dependsOn = [{ containerName: 'wep', condition: 'START' }]),
    'container-order',
    'depends on "wep", which the task does not have (did you mean "web"?)',
    '"wep"',
  ],
  [
    'a circle',
    ({ task, container }) => {
      container.dependsOn = [{ containerName: 'other', condition: 'START' }];
      const dependsOn = [{ containerName: 'web', condition: 'START' }];
      task.containerDefinitions.push({ ...other(container), dependsOn });
    },
    'container-order',
    'in a circle: web -> other -> web',
    '"dependsOn"',
  ],
  [
    'HEALTHY without a health check',
    ({ task, container }) => {
      container.dependsOn = [{ containerName: 'other', condition: 'HEALTHY' }];
      task.containerDefinitions.push(other(container));
    },
    'container-order',
    'other has no healthCheck',
    '"condition"',
  ],
  [
    'the end of an essential container',
    ({ task, container }) => {
      container.dependsOn = [{ containerName: 'other', condition: 'SUCCESS' }];
      task.containerDefinitions.push({ ...other(container), essential: true });
    },
    'container-order',
    'other is essential: the task ends with it',
    '"condition"',
  ],
  [
    'bridge on Fargate',
    ({ task }) => (task.networkMode = 'bridge'),
    'fargate',
    'network mode bridge does not exist',
    'networkMode',
  ],
  [
    'another launch type',
    ({ task }) => (task.requiresCompatibilities = ['EC2']),
    'fargate',
    'has only EC2',
    'requiresCompatibilities',
  ],
  [
    'privileged on Fargate',
    ({ container }) => (container.privileged = true),
    'fargate',
    'privileged does not exist',
    'privileged',
  ],
  [
    'a long stop',
    ({ container }) => (container.stopTimeout = 300),
    'fargate',
    'stopTimeout of 300 s',
    'stopTimeout',
  ],
  [
    'no execution role',
    ({ task }) => delete task.executionRoleArn,
    'fargate',
    'container web logs with awslogs',
    '{',
  ],
  [
    'limits without room',
    ({ service }) => {
      service.desiredCount = 1;
      service.deploymentConfiguration.maximumPercent = 150;
    },
    'deployment-limits',
    'with 1 task, 100 and 150 percent mean at least 1 and at most 1',
    '"deploymentConfiguration"',
  ],
  [
    'rebalancing without room',
    ({ service }) => {
      service.availabilityZoneRebalancing = 'ENABLED';
      Object.assign(service.deploymentConfiguration, { minimumHealthyPercent: 50, maximumPercent: 100 });
    },
    'deployment-limits',
    'availabilityZoneRebalancing needs a maximumPercent over 100, and it is 100',
    'availabilityZoneRebalancing',
  ],
  [
    'a daemon on Fargate',
    ({ service }) => (service.schedulingStrategy = 'DAEMON'),
    'deployment-limits',
    'DAEMON does not exist on Fargate',
    'schedulingStrategy',
  ],
  [
    'no circuit breaker',
    ({ service }) => (service.deploymentConfiguration = { maximumPercent: 200 }),
    'circuit-breaker',
    'the circuit breaker is off',
    '"deploymentConfiguration"',
    'warning',
  ],
  [
    'a port name that is not there',
    ({ service }) =>
      (service.serviceConnectConfiguration = { enabled: true, services: [{ portName: 'htp' }] }),
    'port-names',
    'no port named "htp" (did you mean "http"?)',
    '"htp"',
  ],
];

const inAws: Case[] = [
  [
    'an overridden strategy',
    ({ service }) => {
      delete service.capacityProviderStrategy;
      service.launchType = 'FARGATE';
    },
    'cluster',
    "overrides the cluster's default strategy, FARGATE_SPOT (weight 1)",
    '"launchType"',
    'warning',
  ],
  [
    'a provider that is not associated',
    ({ service }) => (service.capacityProviderStrategy = [{ capacityProvider: 'spots', weight: 1 }]),
    'capacity-providers',
    'spots is not associated with cluster slipway-staging: it has FARGATE, FARGATE_SPOT',
    '"spots"',
  ],
  [
    'launch type and strategy',
    ({ service }) => (service.launchType = 'FARGATE'),
    'capacity-providers',
    'exclude each other',
    '"launchType"',
  ],
  [
    'no execution role',
    ({ task }) => (task.executionRoleArn = shop.executionRole + 's'),
    'execution-role',
    'does not exist',
    'executionRoleArn',
  ],
  [
    'a role of instances',
    ({ task }) => (task.taskRoleArn = shop.instanceRole),
    'task-role',
    'trusts ec2.amazonaws.com: that is a role for instances',
    'taskRoleArn',
  ],
  [
    'a role for others',
    ({ task }) => (task.executionRoleArn = shop.balancerRole),
    'execution-role',
    'trusts ecs.amazonaws.com, not ecs-tasks.amazonaws.com',
    'executionRoleArn',
  ],
  [
    'a role elsewhere',
    ({ task }) => (task.taskRoleArn = shop.taskRole.replace('role/', 'role/apps/')),
    'task-role',
    `the role of that name is ${shop.taskRole}`,
    'taskRoleArn',
  ],
  [
    'exec without a role',
    ({ task }) => delete task.taskRoleArn,
    'exec',
    'the task has no task role',
    'enableExecuteCommand',
  ],
  [
    'exec without permission',
    ({ task }) => (task.taskRoleArn = shop.executionRole),
    'exec',
    'may not ssmmessages:CreateControlChannel',
    'taskRoleArn',
  ],
  [
    'an image that is not there',
    ({ container }) => (container.image = container.image.replace('ok-1', 'gone')),
    'images',
    'slipway/web:gone (container web)',
    '"image"',
  ],
  [
    'another architecture',
    ({ task }) => (task.runtimePlatform = { cpuArchitecture: 'ARM64' }),
    'images',
    'is for amd64, and the task asks for ARM64',
    'cpuArchitecture',
  ],
  [
    'no such secret',
    ({ container }) => (container.secrets[0].valueFrom = shop.secret.replace('db', 'dp')),
    'secrets',
    'secret:shop/dp-AbCdEf does not exist',
    'secret:shop/dp',
  ],
  [
    'a secret without a value',
    ({ container }) => (container.secrets[0].valueFrom = shop.emptySecret),
    'secrets',
    'has no value of stage AWSCURRENT',
    'secret:shop/empty',
  ],
  [
    'a parameter without its slash',
    ({ container }) => (container.secrets[1].valueFrom = 'shop/key'),
    'secrets',
    'parameter shop/key does not exist',
    'shop/key',
  ],
  [
    'a secret that may not be read',
    ({ container }) => (container.secrets[0].valueFrom = `${shop.privateSecret}:url::`),
    'execution-permissions',
    'may not read a secret: secretsmanager:GetSecretValue is not allowed',
    'secret:private',
  ],
  [
    'no env file',
    ({ container }) => (container.environmentFiles[0].value = 'arn:aws:s3:::shop-files/wep.env'),
    'environment-files',
    's3://shop-files/wep.env does not exist',
    'wep.env',
  ],
  [
    'no log group',
    ({ container }) => (container.logConfiguration.options['awslogs-group'] = '/shpo'),
    'log-groups',
    'log group /shpo does not exist in ap-northeast-1',
    '/shpo',
  ],
  [
    'a log group that may not be created',
    ({ container }) => (container.logConfiguration.options['awslogs-create-group'] = 'true'),
    'execution-permissions',
    'logs:CreateLogGroup is not allowed',
    '"awslogs-group"',
  ],
  [
    'no target group',
    ({ service }) => (service.loadBalancers[0].targetGroupArn += '1'),
    'target-groups',
    'does not exist',
    'targetGroupArn',
  ],
  [
    'no such container',
    ({ service }) => (service.loadBalancers[0].containerName = 'wep'),
    'target-groups',
    'container "wep", which the task does not have (did you mean "web"?)',
    '"wep"',
  ],
  [
    'no such port',
    ({ service }) => (service.loadBalancers[0].containerPort = 80),
    'target-groups',
    'to port 80 of container web, which does not map it',
    'containerPort',
  ],
  [
    'a target group without a load balancer',
    ({ service }) => (service.loadBalancers[0].targetGroupArn = shop.lonely),
    'target-groups',
    'no load balancer sends requests',
    'shop-lonely',
  ],
  [
    'targets of another type',
    ({ service }) => (service.loadBalancers[0].targetGroupArn = shop.onInstances),
    'target-groups',
    'target type is instance, and network mode awsvpc wants ip',
    'shop-instances',
  ],
  [
    'a port of its own',
    ({ service }) => (service.loadBalancers[0].targetGroupArn = shop.onInstances),
    'target-groups',
    'its own port is 80, and containerPort is 8080',
    'containerPort',
    'warning',
  ],
  [
    'no network',
    ({ service }) => delete service.networkConfiguration,
    'network',
    'wants a networkConfiguration',
    '',
  ],
  [
    'no such subnet',
    ({ service }) => subnets(service, ['subnet-a', 'subnet-x'], 'ENABLED'),
    'network',
    'subnet subnet-x does not exist',
    'subnet-x',
  ],
  [
    'a network in two VPCs',
    ({ service }) => (service.loadBalancers[0].targetGroupArn = shop.elsewhere),
    'network',
    'spread over 2 VPCs: vpc-1 has target group shop-elsewhere; vpc-shop has security group sg-tasks',
    'networkConfiguration',
  ],
  [
    'a network in bridge mode',
    (all) => {
      const { networkConfiguration } = all.service;
      onInstances(all);
      all.service.networkConfiguration = networkConfiguration;
    },
    'network',
    'goes with network mode awsvpc only',
    'networkConfiguration',
  ],
  [
    'a closed port',
    ({ container, service }) => {
      container.portMappings[0].containerPort = 9090;
      service.loadBalancers[0].containerPort = 9090;
    },
    'load-balancer-access',
    'cannot reach port 9090 of the tasks: sg-tasks lets nothing in from sg-balancer',
    'containerPort',
  ],
  [
    'no way out',
    ({ service }) => (service.networkConfiguration.awsvpcConfiguration.securityGroups = ['sg-closed']),
    'routes',
    'sg-closed lets no HTTPS out',
    'securityGroups',
  ],
  [
    'a public subnet without an address',
    ({ service }) => subnets(service, ['subnet-a', 'subnet-c']),
    'routes',
    'tasks in subnets subnet-a, subnet-c cannot start: its way out is the internet gateway igw-1, and tasks have no public address',
    'subnet-a',
  ],
  [
    'a private subnet',
    ({ service }) => subnets(service, ['subnet-private']),
    'routes',
    'rtb-private has no default route, and they need ECR for the image of web, CloudWatch Logs, S3 for env files, Secrets Manager and Parameter Store',
    'subnet-private',
  ],
  [
    'no file system',
    ({ task }) => (efs(task).fileSystemId = 'fs-9'),
    'file-systems',
    'file system fs-9 does not exist',
    'fs-9',
  ],
  [
    'an access point of another',
    ({ task }) => (efs(task).authorizationConfig.accessPointId = 'fsap-2'),
    'file-systems',
    'fsap-2 is of file system fs-2, not of fs-1',
    'fsap-2',
  ],
  [
    'no encryption',
    ({ task }) => delete efs(task).transitEncryption,
    'file-systems',
    'need encryption in transit',
    'authorizationConfig',
  ],
  [
    'a zone without a mount target',
    ({ service }) => subnets(service, ['subnet-a', 'subnet-d'], 'ENABLED'),
    'file-systems',
    'no mount target in ap-northeast-1d',
    'fileSystemId',
  ],
  [
    'no such volume',
    ({ container }) => (container.mountPoints[0].sourceVolume = 'file'),
    'file-systems',
    'mounts the volume "file", which the task does not have',
    '"file"',
  ],
  [
    'blue/green without its settings',
    ({ service }) => (service.deploymentConfiguration.strategy = 'BLUE_GREEN'),
    'traffic-shifting',
    'strategy BLUE_GREEN needs an advancedConfiguration',
    '{',
  ],
  [
    'blue/green with one group',
    (all) => shifting(all, { alternateTargetGroupArn: shop.targetGroup }),
    'traffic-shifting',
    'both target groups are the same',
    'alternateTargetGroupArn',
  ],
  [
    'blue/green with a role for tasks',
    (all) => shifting(all, { roleArn: shop.taskRole }),
    'traffic-shifting',
    'shop-task trusts ecs-tasks.amazonaws.com, not ecs.amazonaws.com',
    'roleArn',
  ],
  [
    "blue/green with another's rule",
    (all) => shifting(all, { productionListenerRule: shop.otherRule }),
    'traffic-shifting',
    `productionListenerRule forwards to ${shop.elsewhere}`,
    'productionListenerRule',
  ],
  [
    'no such rule',
    (all) => shifting(all, { testListenerRule: `${shop.otherRule}1` }),
    'traffic-shifting',
    'testListenerRule',
    'testListenerRule',
  ],
  [
    'no such alarm',
    ({ service }) => service.deploymentConfiguration.alarms.alarmNames.push('shop-eror'),
    'alarms',
    'alarm shop-eror does not exist',
    'shop-eror',
  ],
];

it.each([...alone, ...inAws].map((one) => [one[0], one] as const))('finds %s', async (_what, one) => {
  const [, change, check, message, line, level = 'error'] = one;
  const opened = await openShop();
  opened.change((definitions) => void change(definitions));
  const { findings, exitCode, lineOf } = await opened.verify();
  const found = findings.find((one) => one.check === check && one.message.includes(message));
  expect(found ?? findings).toMatchObject({ check, level });
  expect(lineOf(found)).toContain(line);
  expect(found?.hint).toBeTruthy();
  expect(exitCode).toBe(findings.some((one) => one.level === 'error') ? 10 : 0);
});

it('lets blue/green with all its settings pass', async () => {
  const opened = await openShop();
  opened.change((definitions) => shifting(definitions));
  expect((await opened.verify()).findings).toEqual([]);
});

it('lets a task on instances pass', async () => {
  const opened = await openShop();
  opened.change((all) => {
    onInstances(all);
    const { service, task, container } = all;
    delete task.volumes;
    delete container.mountPoints;
    service.loadBalancers = [{ targetGroupArn: shop.onInstances, containerName: 'web', containerPort: 8080 }];
  });
  const { findings } = await opened.verify();
  expect(findings.filter(({ check }) => check !== 'cluster')).toEqual([]);
});
