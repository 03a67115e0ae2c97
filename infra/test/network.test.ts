import { TASK_ENDPOINTS } from '../constructs/endpoints';
import type { EnvironmentSettings } from '../settings/settings';
import { addresses, attributes, resources, synthesiseFrom } from './synth';

const web = { name: 'web' };
const one = (name: string, more: Partial<EnvironmentSettings> = {}): EnvironmentSettings => ({
  name,
  services: [web],
  ...more,
});
const existing = {
  vpcId: 'vpc-0a1b',
  cidr: '172.16.0.0/16',
  publicSubnetIds: ['subnet-1', 'subnet-2'],
  privateSubnetIds: ['subnet-3', 'subnet-4'],
};
const stack = synthesiseFrom({
  environments: [
    one('standard'),
    one('small', { preset: 'small' }),
    one('isolated', { preset: 'isolated' }),
    one('theirs', { network: { existing } }),
    one('closed', {
      preset: 'isolated',
      network: { existing: { ...existing, isolatedSubnetIds: ['subnet-5'] } },
    }),
    one('open', { preset: 'isolated', network: { existing } }),
    one('mail', {
      network: { zones: ['a', 'c', 'd'], moreEndpoints: ['sqs'], isolatedTier: true },
      services: [{ ...web, outboundPorts: [443, 587, 5432] }],
    }),
  ],
});

interface Rule {
  rule_no: number;
  action: string;
  protocol: string;
  from_port: number;
  to_port: number;
  cidr_block: string;
}
const rules = (name: string, tier: string, way: 'ingress' | 'egress') =>
  (attributes(stack(name), `aws_network_acl.network_rules_${tier}`)[way] as Rule[]).map(
    ({ protocol, from_port, to_port, cidr_block }) => `${protocol} ${from_port}-${to_port} ${cidr_block}`,
  );

describe('rules of the tiers', () => {
  test('public lets in what the balancer listens on, and answers; out go answers and what tasks ask for', () => {
    expect(rules('standard', 'public', 'ingress')).toEqual([
      '-1 0-0 10.0.0.0/16',
      'tcp 80-80 0.0.0.0/0',
      'tcp 1024-3388 0.0.0.0/0',
      'tcp 3390-65535 0.0.0.0/0',
    ]);
    expect(rules('standard', 'public', 'egress')).toEqual([
      '-1 0-0 10.0.0.0/16',
      'tcp 443-443 0.0.0.0/0',
      'tcp 1024-65535 0.0.0.0/0',
    ]);
  });

  test('private lets in the VPC and answers; out go the ports that the services name', () => {
    expect(rules('mail', 'private', 'ingress')).toEqual([
      '-1 0-0 10.0.0.0/16',
      'tcp 1024-3388 0.0.0.0/0',
      'tcp 3390-65535 0.0.0.0/0',
    ]);
    expect(rules('mail', 'private', 'egress')).toEqual([
      '-1 0-0 10.0.0.0/16',
      'tcp 443-443 0.0.0.0/0',
      'tcp 587-587 0.0.0.0/0',
      'tcp 5432-5432 0.0.0.0/0',
    ]);
  });

  test('isolated knows nothing but the VPC, and has no route out of it', () => {
    for (const way of ['ingress', 'egress'] as const)
      expect(rules('mail', 'isolated', way)).toEqual(['-1 0-0 10.0.0.0/16']);
    const out = Object.values(resources(stack('mail'), 'aws_route')).map(
      ({ route_table_id }) => route_table_id,
    );
    expect(out).not.toContain('${aws_route_table.network_isolated_routes.id}');
  });

  test('every subnet is in one tier, and rules are numbered without a gap', () => {
    const acls = Object.values(resources(stack('mail'), 'aws_network_acl'));
    const subnets = acls.flatMap(({ subnet_ids }) => subnet_ids as string[]).sort();
    const made = Object.keys(resources(stack('mail'), 'aws_subnet'));
    expect(subnets).toEqual(made.map((name) => `\${aws_subnet.${name}.id}`).sort());
    for (const acl of acls)
      for (const way of ['ingress', 'egress'] as const)
        expect((acl[way] as Rule[]).map(({ rule_no }) => rule_no)).toEqual(
          (acl[way] as Rule[]).map((_, index) => (index + 1) * 10),
        );
  });

  test('what AWS gives by default lets nothing through', () => {
    const document = stack('standard');
    expect(attributes(document, 'aws_default_network_acl.network_default_rules')).toEqual({
      default_network_acl_id: '${aws_vpc.network_vpc.default_network_acl_id}',
      lifecycle: { ignore_changes: ['subnet_ids'] },
    });
    expect(attributes(document, 'aws_default_route_table.network_default_routes')).toEqual({
      default_route_table_id: '${aws_vpc.network_vpc.default_route_table_id}',
      route: [],
    });
  });
});

describe('endpoints', () => {
  const services = (name: string) =>
    Object.values(resources(stack(name), 'aws_vpc_endpoint')).map(({ service_name }) =>
      String(service_name).replace('com.amazonaws.ap-northeast-1.', ''),
    );

  test('the free gateway to S3 is in every route table', () => {
    expect(services('standard')).toEqual(['s3']);
    const { route_table_ids } = attributes(stack('mail'), 'aws_vpc_endpoint.network_endpoints_s3');
    expect(route_table_ids).toHaveLength(Object.keys(resources(stack('mail'), 'aws_route_table')).length);
  });

  test('isolated tasks reach all that they need without a NAT gateway', () => {
    expect(services('isolated').sort()).toEqual(['s3', ...TASK_ENDPOINTS].sort());
    expect(resources(stack('isolated'), 'aws_nat_gateway')).toEqual({});
    expect(attributes(stack('isolated'), 'aws_vpc_endpoint.network_endpoints_ecr_dkr')).toMatchObject({
      vpc_endpoint_type: 'Interface',
      private_dns_enabled: true,
      subnet_ids: ['${aws_subnet.network_private_a.id}', '${aws_subnet.network_private_c.id}'],
      security_group_ids: ['${aws_security_group.network_endpoints_interfaces.id}'],
    });
  });

  test('more are named by the last part of their name', () => {
    expect(services('mail')).toEqual(['s3', 'sqs']);
  });
});

describe('flow logs', () => {
  test('go to a log group through a role of their own', () => {
    expect(attributes(stack('standard'), 'aws_flow_log.flow_logs_flow_log')).toMatchObject({
      traffic_type: 'ALL',
      log_destination: '${aws_cloudwatch_log_group.flow_logs_logs.arn}',
      iam_role_arn: '${aws_iam_role.flow_logs_writer_role.arn}',
    });
    expect(attributes(stack('standard'), 'aws_cloudwatch_log_group.flow_logs_logs')).toEqual({
      name: '/vpc/slipway/standard',
      retention_in_days: 30,
    });
  });

  test('are encrypted with the own key where there is one, which CloudWatch Logs may use for them', () => {
    expect(attributes(stack('isolated'), 'aws_cloudwatch_log_group.flow_logs_logs')).toMatchObject({
      kms_key_id: '${aws_kms_key.encryption_key.arn}',
    });
    const { policy, enable_key_rotation } = attributes(stack('isolated'), 'aws_kms_key.encryption_key');
    expect(enable_key_rotation).toBe(true);
    const { Statement } = JSON.parse(String(policy)) as { Statement: { Sid: string; Condition?: unknown }[] };
    const group = (name: string) => `arn:aws:logs:ap-northeast-1:123456789012:log-group:${name}*`;
    expect(Statement.find(({ Sid }) => Sid === 'Logs')?.Condition).toEqual({
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': [
          group('/ecs/slipway/isolated/'),
          group('/vpc/slipway/isolated'),
          group('aws-waf-logs-slipway-isolated'),
          group('/ecs-exec/slipway/isolated'),
        ],
      },
    });
  });

  test('small has none', () => {
    expect(addresses(stack('small')).filter((address) => address.includes('flow_log'))).toEqual([]);
  });
});

test('a network that is there already is used, and nothing of it is made', () => {
  const document = stack('theirs');
  expect(addresses(document).filter((address) => /network_|flow_log/.test(address))).toEqual([]);
  expect(document.output?.vpc_id?.value).toBe('vpc-0a1b');
  expect(document.output?.task_subnet_ids?.value).toEqual(['subnet-3', 'subnet-4']);
  expect(attributes(document, 'aws_lb.ingress_load_balancer').subnets).toEqual(['subnet-1', 'subnet-2']);
});

test('small puts tasks into public subnets, behind no gateway', () => {
  expect(resources(stack('small'), 'aws_nat_gateway')).toEqual({});
  expect(stack('small').output?.assign_public_ip?.value).toBe('ENABLED');
  expect(stack('small').output?.task_subnet_ids?.value).toEqual([
    '${aws_subnet.network_public_a.id}',
    '${aws_subnet.network_public_c.id}',
  ]);
});

test('isolated subnets of a network that is there already are told to apps, and none where there are none', () => {
  expect(stack('closed').output?.isolated_subnet_ids?.value).toEqual(['subnet-5']);
  expect(stack('open').output).not.toHaveProperty('isolated_subnet_ids');
});
