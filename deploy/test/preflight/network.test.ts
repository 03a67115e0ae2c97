/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- a test may write anything into a definition */
import { openShop, shop, trust, allow, type Shop } from './shop';

const inPrivate = (opened: Shop, id: string) =>
  opened.change(({ service }) => {
    const network = service.networkConfiguration.awsvpcConfiguration;
    Object.assign(network, { subnets: [id], assignPublicIp: 'DISABLED' });
  });

it('lets a subnet with a NAT gateway pass, until its route is a black hole', async () => {
  const opened = await openShop();
  inPrivate(opened, 'subnet-nat');
  expect((await opened.verify()).findings).toEqual([]);
  const table = opened.rehearsal.store.routeTables.get('rtb-nat') as { routeSet: { state: string }[] };
  for (const route of table.routeSet) route.state = 'blackhole';
  const { findings } = await opened.verify();
  expect(findings).toEqual([
    expect.objectContaining({
      check: 'routes',
      message: expect.stringContaining('default route of rtb-nat is a black hole: nat-1 is gone') as string,
    }),
  ]);
});

it('lets a private subnet with all endpoints pass, and names the one that is missing', async () => {
  const opened = await openShop();
  inPrivate(opened, 'subnet-private');
  const { vpcEndpoints } = opened.rehearsal.store;
  const add = (name: string, type: 'Gateway' | 'Interface') =>
    vpcEndpoints.set(`vpce-${name}`, {
      vpcEndpointId: `vpce-${name}`,
      vpcEndpointType: type,
      vpcId: 'vpc-shop',
      serviceName: `com.amazonaws.ap-northeast-1.${name}`,
      state: 'available',
      routeTableIdSet: type === 'Gateway' ? ['rtb-private'] : [],
    });
  for (const name of ['ecr.api', 'ecr.dkr', 'secretsmanager', 'ssm']) add(name, 'Interface');
  add('s3', 'Gateway');
  const { findings } = await opened.verify();
  expect(findings).toEqual([
    expect.objectContaining({
      check: 'routes',
      message:
        'tasks in subnet subnet-private cannot start: rtb-private has no default route, and they need CloudWatch Logs',
      hint: 'add a route to a NAT gateway, or add the VPC endpoints logs',
    }),
  ]);
  add('logs', 'Interface');
  expect((await opened.verify()).findings).toEqual([]);
});

it('sees a target group that another service of the cluster has', async () => {
  const opened = await openShop();
  await opened.ecs('RegisterTaskDefinition', {
    family: 'other',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'sample/ok:1', portMappings: [{ containerPort: 8080 }] }],
  });
  await opened.ecs('CreateService', {
    cluster: 'slipway-staging',
    serviceName: 'other',
    taskDefinition: 'other',
    desiredCount: 0,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-tasks'] } },
    loadBalancers: [{ targetGroupArn: shop.targetGroup, containerName: 'web', containerPort: 8080 }],
  });
  expect((await opened.verify()).findings).toEqual([
    expect.objectContaining({
      check: 'target-groups',
      message: expect.stringContaining('is in use by service other of slipway-staging') as string,
    }),
  ]);
});

it('knows a role that may not pass the roles of the definitions', async () => {
  const opened = await openShop();
  const arn = 'arn:aws:iam::123456789012:role/deployer';
  await opened.rehearsal.call('iam', 'CreateRole', {
    RoleName: 'deployer',
    AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
  });
  await opened.rehearsal.call('iam', 'PutRolePolicy', {
    RoleName: 'deployer',
    PolicyName: 'pass',
    PolicyDocument: allow(['iam:PassRole'], shop.executionRole),
  });
  const { Credentials } = (await opened.rehearsal.call('sts', 'AssumeRole', {
    RoleArn: arn,
    RoleSessionName: 'ci',
  })) as { Credentials: Record<string, string> };
  const ran = await opened.run(['verify', 'staging', '--json'], {
    env: {
      AWS_ACCESS_KEY_ID: Credentials['AccessKeyId'],
      AWS_SECRET_ACCESS_KEY: Credentials['SecretAccessKey'],
      AWS_SESSION_TOKEN: Credentials['SessionToken'],
    },
  });
  expect(ran.result['findings']).toEqual([
    expect.objectContaining({
      check: 'pass-role',
      level: 'error',
      message: `${arn} may not pass ${shop.taskRole} to ecs-tasks.amazonaws.com`,
    }),
  ]);
});

it('warns of an image that the lifecycle policy is about to delete', async () => {
  const opened = await openShop();
  const policy = (countNumber: number) => ({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber },
        action: { type: 'expire' },
      },
    ],
  });
  const put = (countNumber: number) =>
    opened.rehearsal.call('ecr', 'PutLifecyclePolicy', {
      repositoryName: 'slipway/web',
      lifecyclePolicyText: JSON.stringify(policy(countNumber)),
    });
  await put(50);
  expect((await opened.verify()).findings).toEqual([]);
  await put(1);
  expect((await opened.verify()).findings).toEqual([
    expect.objectContaining({ check: 'image-lifecycle', level: 'warning' }),
  ]);
});

it('takes what a definition does not mention from the service as it is', async () => {
  const opened = await openShop();
  const deploy = () => opened.run(['deploy', 'staging', '--json']);
  opened.change(({ service }) => delete service.loadBalancers);
  expect((await deploy()).exitCode).toBe(0);
  opened.change(({ service }) => {
    delete service.networkConfiguration;
    delete service.loadBalancers;
  });
  expect((await opened.verify()).findings).toEqual([]);
});
