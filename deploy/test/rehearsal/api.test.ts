import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { clientOf, onPath, rehearsalOf } from './support';

const run = promisify(execFile);
const rehearsal = rehearsalOf({ runtime: 'process', speed: 100 });
const attribute = (address: string, name: string) =>
  String(rehearsal.applied().resources.find((one) => one.address === address)?.attributes[name]);

test('a service of sample images serves through the load balancer', async () => {
  const ecs = new ECSClient(clientOf(rehearsal.get()));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'small-web',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: attribute('aws_iam_role.execution', 'arn'),
      containerDefinitions: [
        {
          name: 'web',
          image: 'sample/ok:1',
          portMappings: [{ containerPort: 3000 }],
          environment: [{ name: 'PORT', value: '3000' }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/ecs/small/web',
              'awslogs-region': 'ap-northeast-1',
              'awslogs-stream-prefix': 'web',
            },
          },
        },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'small',
      serviceName: 'web',
      taskDefinition: 'small-web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [attribute('aws_subnet.a', 'id')], assignPublicIp: 'ENABLED' },
      },
      loadBalancers: [
        {
          targetGroupArn: attribute('aws_lb_target_group.web', 'arn'),
          containerName: 'web',
          containerPort: 3000,
        },
      ],
    }),
  );
  const settled = async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'small', services: ['web'] }));
    return services?.[0]?.deployments?.[0]?.rolloutState === 'COMPLETED';
  };
  while (!(await settled())) await new Promise((resolve) => setTimeout(resolve, 50));
  const response = await fetch(`${String(rehearsal.applied().outputs.service_url)}/api/hello`);
  expect([response.status, await response.text()]).toEqual([200, 'sample/ok:1\n']);
  const streams = rehearsal.get().logs.streams('/ecs/small/web');
  expect(streams).toHaveLength(2);
  expect(streams[0]?.last?.message).toContain('listening on');
});

const withCli = onPath('aws') ? describe : describe.skip;

withCli('the AWS CLI (needs `aws` on PATH)', () => {
  const aws = async (...args: string[]): Promise<unknown> => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...rehearsal.get().environment };
    const { stdout } = await run('aws', [...args, '--output', 'json'], { env, timeout: 25_000 });
    return stdout === '' ? {} : JSON.parse(stdout);
  };

  test.each<[string[], object]>([
    [['sts', 'get-caller-identity'], { Account: '123456789012' }],
    [
      ['ecs', 'describe-clusters', '--clusters', 'small', '--include', 'SETTINGS'],
      { clusters: [{ clusterName: 'small' }] },
    ],
    [['iam', 'list-attached-role-policies', '--role-name', 'small-execution'], { AttachedPolicies: [{}] }],
    [['ec2', 'describe-subnets'], { Subnets: [{ CidrBlock: '10.0.0.0/24' }, { MapPublicIpOnLaunch: true }] }],
    [
      ['ec2', 'describe-route-tables'],
      { RouteTables: [{ Associations: [{}], Routes: [{ State: 'active' }] }] },
    ],
    [['ec2', 'describe-security-groups'], { SecurityGroups: [{ IpPermissions: [{ FromPort: 80 }] }] }],
    [
      ['elbv2', 'describe-rules', '--listener-arn', 'LISTENER'],
      { Rules: [{ Priority: '10' }, { IsDefault: true }] },
    ],
    [['cloudwatch', 'describe-alarms'], { MetricAlarms: [{ AlarmName: 'small-errors', StateValue: 'OK' }] }],
  ])('%j', async (args, expected) => {
    const listener = attribute('aws_lb_listener.http', 'arn');
    expect(await aws(...args.map((word) => (word === 'LISTENER' ? listener : word)))).toMatchObject(expected);
  });

  test('copies a file to a bucket and back', async () => {
    const put = run(
      'sh',
      ['-c', 'echo hello | aws s3 cp - s3://small-state/hello && aws s3 cp s3://small-state/hello -'],
      {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...rehearsal.get().environment },
      },
    );
    expect((await put).stdout).toContain('hello');
  });
});
