import { applyEmbedded } from '../apply/embedded';
import type { AppliedState } from '../apply/applied';
import type { StackJson } from '../apply/stack';

/** Names that every scenario can rely on. */
export const names = {
  cluster: 'slipway-staging',
  service: 'web',
  family: 'slipway-staging-web',
  repository: 'slipway/web',
  logGroup: '/ecs/slipway/staging/web',
  secret: 'slipway/staging/database',
  alarm: 'slipway-staging-web-errors',
  accountId: '123456789012',
  region: 'ap-northeast-1',
  containerPort: 3000,
} as const;

/** What the service's definitions refer to. */
export interface World {
  applied: AppliedState;
  subnets: readonly string[];
  securityGroup: string;
  executionRole: string;
  /** Of ECS, for traffic shifting. */
  infrastructureRole: string;
  targetGroup: string;
  alternateTargetGroup: string;
  productionRule: string;
  testRule: string;
  secret: string;
}

/**
 * A small environment as infrastructure would leave it, quick enough for a test: network, cluster, load balancer with
 * a production and a test listener, two target groups, roles, repository, log group, secret, alarm.
 * @param targetGroup more arguments of the target groups.
 */
export async function createWorld(
  targetGroup: Readonly<Record<string, unknown>>,
  launchType: string,
): Promise<World> {
  const { accountId, region } = names;
  const json = stack(targetGroup, launchType === 'FARGATE' ? 'ip' : 'instance');
  const applied = await applyEmbedded({ json, stack: 'staging', accountId, region });
  const attribute = (address: string, name: string) => {
    const value = applied.resources.find((resource) => resource.address === address)?.attributes[name];
    if (typeof value !== 'string') throw new Error(`${address} has no ${name}`);
    return value;
  };
  return {
    applied,
    subnets: [attribute('aws_subnet.a', 'id'), attribute('aws_subnet.c', 'id')],
    securityGroup: attribute('aws_security_group.service', 'id'),
    executionRole: attribute('aws_iam_role.execution', 'arn'),
    infrastructureRole: attribute('aws_iam_role.load_balancer', 'arn'),
    targetGroup: attribute('aws_lb_target_group.web', 'arn'),
    alternateTargetGroup: attribute('aws_lb_target_group.alternate', 'arn'),
    productionRule: attribute('aws_lb_listener_rule.production', 'arn'),
    testRule: attribute('aws_lb_listener_rule.test', 'arn'),
    secret: attribute('aws_secretsmanager_secret.database', 'arn'),
  };
}

function stack(targetGroup: Readonly<Record<string, unknown>>, targetType: 'ip' | 'instance'): StackJson {
  const group = (name: string) => ({
    name,
    port: names.containerPort,
    protocol: 'HTTP',
    target_type: targetType,
    vpc_id: '${aws_vpc.main.id}',
    deregistration_delay: '5',
    health_check: { path: '/', interval: 5, timeout: 2, healthy_threshold: 2, unhealthy_threshold: 2 },
    ...targetGroup,
  });
  const listener = (port: number) => ({
    load_balancer_arn: '${aws_lb.main.arn}',
    port,
    protocol: 'HTTP',
    default_action: [
      { type: 'fixed-response', fixed_response: { content_type: 'text/plain', status_code: '404' } },
    ],
  });
  const rule = (listenerName: string) => ({
    listener_arn: `\${aws_lb_listener.${listenerName}.arn}`,
    priority: 10,
    condition: [{ path_pattern: { values: ['/*'] } }],
    action: [
      {
        type: 'forward',
        forward: {
          target_group: [
            { arn: '${aws_lb_target_group.web.arn}', weight: 100 },
            { arn: '${aws_lb_target_group.alternate.arn}', weight: 0 },
          ],
        },
      },
    ],
  });
  const role = (name: string, service: string) => ({
    name,
    assume_role_policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
    }),
  });
  const subnet = (cidr: string, zone: string) => ({
    vpc_id: '${aws_vpc.main.id}',
    cidr_block: cidr,
    availability_zone: `${names.region}${zone}`,
    map_public_ip_on_launch: true,
  });
  return {
    provider: { aws: [{ region: names.region }] },
    resource: {
      aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
      aws_internet_gateway: { main: { vpc_id: '${aws_vpc.main.id}' } },
      aws_route_table: { public: { vpc_id: '${aws_vpc.main.id}' } },
      aws_route: {
        internet: {
          route_table_id: '${aws_route_table.public.id}',
          destination_cidr_block: '0.0.0.0/0',
          gateway_id: '${aws_internet_gateway.main.id}',
        },
      },
      aws_subnet: { a: subnet('10.0.0.0/24', 'a'), c: subnet('10.0.1.0/24', 'c') },
      aws_route_table_association: {
        a: { subnet_id: '${aws_subnet.a.id}', route_table_id: '${aws_route_table.public.id}' },
        c: { subnet_id: '${aws_subnet.c.id}', route_table_id: '${aws_route_table.public.id}' },
      },
      aws_security_group: {
        service: { name: 'slipway-staging-web', vpc_id: '${aws_vpc.main.id}', description: 'web' },
      },
      aws_security_group_rule: {
        in: {
          type: 'ingress',
          security_group_id: '${aws_security_group.service.id}',
          protocol: 'tcp',
          from_port: names.containerPort,
          to_port: names.containerPort,
          cidr_blocks: ['10.0.0.0/16'],
        },
        out: {
          type: 'egress',
          security_group_id: '${aws_security_group.service.id}',
          protocol: '-1',
          from_port: 0,
          to_port: 0,
          cidr_blocks: ['0.0.0.0/0'],
        },
      },
      aws_ecs_cluster: { main: { name: names.cluster } },
      aws_ecs_cluster_capacity_providers: {
        main: {
          cluster_name: '${aws_ecs_cluster.main.name}',
          capacity_providers: ['FARGATE', 'FARGATE_SPOT'],
        },
      },
      aws_lb: { main: { name: 'slipway-staging', subnets: ['${aws_subnet.a.id}', '${aws_subnet.c.id}'] } },
      aws_lb_target_group: { web: group('web'), alternate: group('web-alternate') },
      aws_lb_listener: { production: listener(80), test: listener(8080) },
      aws_lb_listener_rule: { production: rule('production'), test: rule('test') },
      aws_iam_role: {
        execution: role('slipway-staging-web-execution', 'ecs-tasks.amazonaws.com'),
        load_balancer: role('slipway-staging-load-balancer', 'ecs.amazonaws.com'),
      },
      aws_iam_role_policy_attachment: {
        execution: {
          role: '${aws_iam_role.execution.name}',
          policy_arn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
        },
      },
      aws_ecr_repository: { web: { name: names.repository } },
      aws_cloudwatch_log_group: { web: { name: names.logGroup } },
      aws_secretsmanager_secret: { database: { name: names.secret } },
      aws_secretsmanager_secret_version: {
        database: {
          secret_id: '${aws_secretsmanager_secret.database.id}',
          secret_string: 'postgres://db/web',
        },
      },
      aws_cloudwatch_metric_alarm: {
        errors: {
          alarm_name: names.alarm,
          comparison_operator: 'GreaterThanThreshold',
          evaluation_periods: 1,
          metric_name: 'HTTPCode_Target_5XX_Count',
          namespace: 'AWS/ApplicationELB',
          threshold: 1,
        },
      },
    },
  };
}
