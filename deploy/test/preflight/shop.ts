/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- a test may write anything into a definition */
import { readFileSync } from 'node:fs';
import type { AppliedState } from '../../rehearsal/apply/applied';
import type { Finding } from '../../src/preflight/finding';
import { CLUSTER, testService, type Ran, type TestService } from '../helpers/service';

const account = '123456789012';
const region = 'ap-northeast-1';
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const targetGroup = (name: string) => arn('elasticloadbalancing', `targetgroup/${name}/1`);
const rule = (name: string) => arn('elasticloadbalancing', `listener-rule/app/shop/1/1/${name}`);

/** What there is around the service, by name. */
export const shop = {
  executionRole: role('shop-execution'),
  taskRole: role('shop-task'),
  instanceRole: role('shop-instance'),
  balancerRole: role('shop-balancer'),
  targetGroup: targetGroup('shop'),
  green: targetGroup('shop-green'),
  lonely: targetGroup('shop-lonely'),
  onInstances: targetGroup('shop-instances'),
  elsewhere: targetGroup('shop-elsewhere'),
  productionRule: rule('production'),
  otherRule: rule('other'),
  secret: arn('secretsmanager', 'secret:shop/db-AbCdEf'),
  emptySecret: arn('secretsmanager', 'secret:shop/empty-AbCdEf'),
  privateSecret: arn('secretsmanager', 'secret:private/db-AbCdEf'),
  image: `${account}.dkr.ecr.${region}.amazonaws.com/slipway/web:ok-1`,
} as const;

/** A definition as a test may change it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

export interface Definitions {
  task: Loose;
  /** The one container of `task`. */
  container: Loose;
  service: Loose;
}

export interface Shop extends TestService {
  /** Writes the good definitions with a change. */
  change(change: (definitions: Definitions) => void): void;
  verify(...argv: string[]): Promise<Verified>;
}

export interface Verified extends Ran {
  findings: Finding[];
  /** Text of the line at which a finding points. */
  lineOf: (finding: Finding | undefined) => string;
}

/** A service that all checks find well, in a network with a public and a private side. */
export async function openShop(): Promise<Shop> {
  const service = await testService();
  await service.rehearsal.apply(surroundings());
  await service.ecs('PutClusterCapacityProviders', {
    cluster: CLUSTER,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  });
  const made: Shop = {
    ...service,
    change: (change) => {
      const definitions = { task: goodTask(), service: goodService() };
      change({ ...definitions, container: definitions.task.containerDefinitions[0] });
      service.write('ecs/task-definition.json', definitions.task);
      service.write('ecs/service.json', definitions.service);
    },
    verify: async (...argv) => {
      const ran = await service.run(['verify', 'staging', '--json', ...argv]);
      const findings = (ran.result['findings'] ?? []) as Finding[];
      const lineOf = (finding: Finding | undefined) => {
        const { file, line } = finding?.position ?? { file: '', line: 0 };
        return file === '' ? '' : (readFileSync(file, 'utf8').split('\n')[line - 1]?.trim() ?? '');
      };
      return { ...ran, findings, lineOf };
    },
  };
  made.change(() => undefined);
  return made;
}

function goodTask(): Loose {
  return {
    family: 'shop',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: shop.executionRole,
    taskRoleArn: shop.taskRole,
    containerDefinitions: [
      {
        name: 'web',
        image: shop.image,
        portMappings: [{ name: 'http', containerPort: 8080 }],
        secrets: [
          { name: 'DATABASE', valueFrom: shop.secret },
          { name: 'KEY', valueFrom: '/shop/key' },
        ],
        environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::shop-files/web.env' }],
        mountPoints: [{ sourceVolume: 'files', containerPath: '/files' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/shop', 'awslogs-region': region, 'awslogs-stream-prefix': 'web' },
        },
      },
    ],
    volumes: [
      {
        name: 'files',
        efsVolumeConfiguration: {
          fileSystemId: 'fs-1',
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: 'fsap-1' },
        },
      },
    ],
  };
}

function goodService(): Loose {
  return {
    desiredCount: 2,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { enable: true, rollback: true, alarmNames: ['shop-errors'] },
    },
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: ['subnet-a', 'subnet-c'],
        securityGroups: ['sg-tasks'],
        assignPublicIp: 'ENABLED',
      },
    },
    loadBalancers: [{ targetGroupArn: shop.targetGroup, containerName: 'web', containerPort: 8080 }],
    enableExecuteCommand: true,
  };
}

export const trust = (...services: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }],
  });

export const allow = (actions: string[], resource: string | string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
  });

function surroundings(): AppliedState {
  const balancer = arn('elasticloadbalancing', 'loadbalancer/app/shop/1');
  const listener = arn('elasticloadbalancing', 'listener/app/shop/1/1');
  const group = (name: string, more: object = {}) => ({
    arn: targetGroup(name),
    name,
    port: 8080,
    target_type: 'ip',
    vpc_id: 'vpc-shop',
    health_check: [{ path: '/', interval: 5, timeout: 2 }],
    ...more,
  });
  const forward = (...groups: string[]) => [
    { type: 'forward', forward: [{ target_group: groups.map((one) => ({ arn: one, weight: 1 })) }] },
  ];
  const tcp = (port: number, more: object) => ({ protocol: 'tcp', from_port: port, to_port: port, ...more });
  const subnet = (id: string, zone: string, cidr: string) => ({
    id,
    vpc_id: 'vpc-shop',
    availability_zone: `${region}${zone}`,
    cidr_block: cidr,
  });
  const associated = (subnetId: string, table: string) => ({
    id: `rtbassoc-${subnetId}`,
    subnet_id: subnetId,
    route_table_id: table,
  });
  const resources: [type: string, attributes: Record<string, unknown>][] = [
    ['aws_vpc', { id: 'vpc-shop', cidr_block: '10.0.0.0/16' }],
    ['aws_subnet', subnet('subnet-a', 'a', '10.0.0.0/24')],
    ['aws_subnet', subnet('subnet-c', 'c', '10.0.1.0/24')],
    ['aws_subnet', subnet('subnet-d', 'd', '10.0.4.0/24')],
    ['aws_subnet', subnet('subnet-private', 'a', '10.0.2.0/24')],
    ['aws_subnet', subnet('subnet-nat', 'a', '10.0.3.0/24')],
    ['aws_internet_gateway', { id: 'igw-1', vpc_id: 'vpc-shop' }],
    [
      'aws_route_table',
      {
        id: 'rtb-public',
        vpc_id: 'vpc-shop',
        route: [{ cidr_block: '0.0.0.0/0', gateway_id: 'igw-1' }],
      },
    ],
    ['aws_route_table', { id: 'rtb-private', vpc_id: 'vpc-shop' }],
    [
      'aws_route_table',
      {
        id: 'rtb-nat',
        vpc_id: 'vpc-shop',
        route: [{ cidr_block: '0.0.0.0/0', nat_gateway_id: 'nat-1' }],
      },
    ],
    ['aws_route_table_association', associated('subnet-a', 'rtb-public')],
    ['aws_route_table_association', associated('subnet-c', 'rtb-public')],
    ['aws_route_table_association', associated('subnet-d', 'rtb-public')],
    ['aws_route_table_association', associated('subnet-private', 'rtb-private')],
    ['aws_route_table_association', associated('subnet-nat', 'rtb-nat')],
    [
      'aws_security_group',
      {
        id: 'sg-tasks',
        vpc_id: 'vpc-shop',
        ingress: [tcp(8080, { security_groups: ['sg-balancer'] })],
        egress: [{ protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }],
      },
    ],
    [
      'aws_security_group',
      {
        id: 'sg-balancer',
        vpc_id: 'vpc-shop',
        egress: [tcp(8080, { security_groups: ['sg-tasks', 'sg-closed'] })],
      },
    ],
    ['aws_security_group', { id: 'sg-closed', vpc_id: 'vpc-shop' }],
    [
      'aws_lb',
      {
        arn: balancer,
        name: 'shop',
        vpc_id: 'vpc-shop',
        subnets: ['subnet-a', 'subnet-c'],
        security_groups: ['sg-balancer'],
      },
    ],
    ['aws_lb_target_group', group('shop')],
    ['aws_lb_target_group', group('shop-green')],
    ['aws_lb_target_group', group('shop-lonely')],
    ['aws_lb_target_group', group('shop-instances', { target_type: 'instance', port: 80 })],
    ['aws_lb_target_group', group('shop-elsewhere', { vpc_id: 'vpc-1' })],
    [
      'aws_lb_listener',
      {
        arn: listener,
        load_balancer_arn: balancer,
        port: 80,
        default_action: [{ type: 'forward', target_group_arn: shop.onInstances }],
      },
    ],
    [
      'aws_lb_listener_rule',
      {
        arn: shop.productionRule,
        listener_arn: listener,
        priority: 1,
        condition: [{ path_pattern: [{ values: ['/*'] }] }],
        action: forward(shop.targetGroup, shop.green),
      },
    ],
    [
      'aws_lb_listener_rule',
      {
        arn: shop.otherRule,
        listener_arn: listener,
        priority: 2,
        condition: [{ path_pattern: [{ values: ['/other'] }] }],
        action: forward(shop.elsewhere),
      },
    ],
    [
      'aws_iam_role',
      {
        name: 'shop-execution',
        arn: shop.executionRole,
        assume_role_policy: trust('ecs-tasks.amazonaws.com'),
        managed_policy_arns: ['arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'],
      },
    ],
    [
      'aws_iam_role_policy',
      {
        role: 'shop-execution',
        name: 'secrets',
        policy: allow(
          ['secretsmanager:GetSecretValue', 'ssm:GetParameters', 's3:GetObject'],
          [
            arn('secretsmanager', 'secret:shop/*'),
            arn('ssm', 'parameter/shop/*'),
            'arn:aws:s3:::shop-files/*',
          ],
        ),
      },
    ],
    [
      'aws_iam_role',
      { name: 'shop-task', arn: shop.taskRole, assume_role_policy: trust('ecs-tasks.amazonaws.com') },
    ],
    ['aws_iam_role_policy', { role: 'shop-task', name: 'exec', policy: allow(['ssmmessages:*'], '*') }],
    [
      'aws_iam_role',
      { name: 'shop-instance', arn: shop.instanceRole, assume_role_policy: trust('ec2.amazonaws.com') },
    ],
    [
      'aws_iam_role',
      { name: 'shop-balancer', arn: shop.balancerRole, assume_role_policy: trust('ecs.amazonaws.com') },
    ],
    ['aws_secretsmanager_secret', { name: 'shop/db', arn: shop.secret }],
    ['aws_secretsmanager_secret_version', { secret_id: shop.secret, secret_string: '{"url":"x"}' }],
    ['aws_secretsmanager_secret', { name: 'shop/empty', arn: shop.emptySecret }],
    ['aws_secretsmanager_secret', { name: 'private/db', arn: shop.privateSecret }],
    ['aws_secretsmanager_secret_version', { secret_id: shop.privateSecret, secret_string: 'x' }],
    ['aws_ssm_parameter', { name: '/shop/key', arn: arn('ssm', 'parameter/shop/key'), value: 'x' }],
    ['aws_cloudwatch_log_group', { name: '/shop', arn: arn('logs', 'log-group:/shop') }],
    ['aws_s3_bucket', { bucket: 'shop-files' }],
    ['aws_s3_object', { bucket: 'shop-files', key: 'web.env', content: 'A=1' }],
    ['aws_cloudwatch_metric_alarm', { alarm_name: 'shop-errors', arn: arn('cloudwatch', 'alarm:shop') }],
    ['aws_efs_file_system', { id: 'fs-1', arn: arn('elasticfilesystem', 'file-system/fs-1') }],
    ['aws_efs_mount_target', { id: 'fsmt-a', file_system_id: 'fs-1', subnet_id: 'subnet-a' }],
    ['aws_efs_mount_target', { id: 'fsmt-c', file_system_id: 'fs-1', subnet_id: 'subnet-c' }],
    ['aws_efs_access_point', { id: 'fsap-1', file_system_id: 'fs-1' }],
    ['aws_efs_file_system', { id: 'fs-2', arn: arn('elasticfilesystem', 'file-system/fs-2') }],
    ['aws_efs_access_point', { id: 'fsap-2', file_system_id: 'fs-2' }],
  ];
  return {
    stack: 'shop',
    resources: resources.map(([type, attributes], index) => ({
      address: `${type}.shop${index}`,
      type,
      attributes,
      localPort: undefined,
    })),
    outputs: {},
    state: {
      version: 4,
      terraform_version: '1.9.0',
      serial: 1,
      lineage: 'shop',
      outputs: {},
      resources: [],
      check_results: null,
    },
    statePath: undefined,
  };
}
