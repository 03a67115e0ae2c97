import type { ClusterSettings, EnvironmentSettings } from '../settings/settings';
import { addresses, attributes, resources, synthesiseFrom } from './synth';

const one = (
  name: string,
  cluster: ClusterSettings,
  more: Partial<EnvironmentSettings> = {},
): EnvironmentSettings => ({ name, cluster, services: [{ name: 'web', exec: true }], ...more });
const stack = synthesiseFrom({
  project: { name: 'slipway', permissionsBoundary: 'arn:aws:iam::123456789012:policy/bound' },
  environments: [
    one('fargate', {}),
    one('instances', { capacity: 'ec2' }, { services: [{ name: 'web', networkMode: 'bridge' }] }),
    one('alarms', {
      capacity: 'ec2',
      ec2: { scaling: 'alarms', instanceType: 't4g.small', architecture: 'arm64', min: 2, max: 9 },
    }),
    one('closed', { capacity: 'ec2' }, { preset: 'isolated' }),
    one('wide', { external: true, serviceConnect: 'shop.internal', logExec: true }, { encryption: 'own' }),
  ],
});

const strategy = (name: string) =>
  attributes(stack(name), 'aws_ecs_cluster_capacity_providers.cluster_capacity');

test('Fargate and Fargate Spot, or instances; never both in one strategy', () => {
  expect(strategy('fargate')).toMatchObject({
    capacity_providers: ['FARGATE', 'FARGATE_SPOT'],
    default_capacity_provider_strategy: [{ capacity_provider: 'FARGATE', weight: 1 }],
  });
  expect(strategy('instances')).toMatchObject({
    capacity_providers: ['slipway-instances'],
    default_capacity_provider_strategy: [{ capacity_provider: 'slipway-instances', weight: 1 }],
  });
  expect(stack('instances').output?.capacity_provider_names?.value).toEqual(['slipway-instances']);
});

describe('instances', () => {
  const template = (name: string) => attributes(stack(name), 'aws_launch_template.instances_template');

  test('ask for tokens within one hop, and have encrypted disks (EC2.8, CKV_AWS_341)', () => {
    expect(template('instances')).toMatchObject({
      metadata_options: { http_tokens: 'required', http_put_response_hop_limit: 1 },
      block_device_mappings: [{ ebs: { encrypted: 'true', volume_type: 'gp3', volume_size: 30 } }],
    });
    expect(template('instances')).not.toHaveProperty('key_name');
  });

  test('take the newest image of AWS for their architecture', () => {
    const image = (name: string) => stack(name).data?.aws_ssm_parameter?.instances_image?.name;
    expect(image('instances')).toBe('/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id');
    expect(image('alarms')).toBe(
      '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
    );
  });

  test('join the cluster, and try until it is there', () => {
    const script = Buffer.from(String(template('instances').user_data), 'base64').toString();
    expect(script).toContain('ECS_CLUSTER=slipway-instances\n');
    expect(script).toContain('Restart=always\n');
  });

  test('may do what ECS and Session Manager need', () => {
    const attached = Object.values(resources(stack('instances'), 'aws_iam_role_policy_attachment'));
    expect(attached.map(({ policy_arn }) => policy_arn).sort()).toEqual([
      'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
    ]);
  });

  test('are scaled, drained and protected by ECS (ECS.19)', () => {
    expect(attributes(stack('instances'), 'aws_ecs_capacity_provider.instances_provider')).toMatchObject({
      auto_scaling_group_provider: {
        managed_draining: 'ENABLED',
        managed_termination_protection: 'ENABLED',
        managed_scaling: { status: 'ENABLED', minimum_scaling_step_size: 1, maximum_scaling_step_size: 1 },
      },
    });
    expect(attributes(stack('instances'), 'aws_autoscaling_group.instances')).toMatchObject({
      min_size: 1,
      max_size: 5,
      protect_from_scale_in: true,
      lifecycle: { ignore_changes: ['desired_capacity'] },
    });
  });

  test('or by alarms of what tasks reserve: one more above 75 percent, one less below 30', () => {
    const document = stack('alarms');
    expect(attributes(document, 'aws_autoscaling_group.instances')).toMatchObject({
      min_size: 2,
      max_size: 9,
      protect_from_scale_in: false,
    });
    const steps = Object.values(resources(document, 'aws_autoscaling_policy'));
    expect(steps.map(({ scaling_adjustment }) => scaling_adjustment)).toEqual([-1, 1]);
    const alarm = (what: string) =>
      attributes(document, `aws_cloudwatch_metric_alarm.instances_scaling_${what}`);
    for (const what of ['cpu_high', 'memory_high'])
      expect(alarm(what)).toMatchObject({ threshold: 75, comparison_operator: 'GreaterThanThreshold' });
    expect(alarm('both_low')).toMatchObject({ threshold: 30, comparison_operator: 'LessThanThreshold' });
  });

  test('in bridge mode are targets themselves, on the ports that Docker chooses', () => {
    expect(attributes(stack('instances'), 'aws_lb_target_group.service_web_routing_blue').target_type).toBe(
      'instance',
    );
    expect(attributes(stack('instances'), 'aws_security_group_rule.instances_balancer_in')).toMatchObject({
      from_port: 32768,
      to_port: 65535,
      source_security_group_id: '${aws_security_group.ingress_balancer.id}',
    });
    expect(addresses(stack('alarms'))).not.toContain('aws_security_group_rule.instances_balancer_in');
  });

  test('without a way to the internet reach ECS through endpoints of its agent', () => {
    const services = Object.values(resources(stack('closed'), 'aws_vpc_endpoint')).map(({ service_name }) =>
      String(service_name).replace('com.amazonaws.ap-northeast-1.', ''),
    );
    expect(services).toEqual(expect.arrayContaining(['ecs', 'ecs-agent', 'ecs-telemetry', 'ec2messages']));
  });
});

test('the cluster is made last, so that it is destroyed first', () => {
  const document = stack('instances');
  const { depends_on } = attributes(document, 'aws_ecs_cluster.cluster');
  const others = addresses(document).filter((address) => !/^aws_ecs_cluster/.test(address));
  expect([...(depends_on as string[])].sort()).toEqual(others);
});

describe('exec', () => {
  test('sessions are written to a log group, which the task may do, and encrypted with the own key', () => {
    expect(attributes(stack('wide'), 'aws_ecs_cluster.cluster')).toMatchObject({
      configuration: {
        execute_command_configuration: {
          logging: 'OVERRIDE',
          kms_key_id: '${aws_kms_key.encryption_key.arn}',
          log_configuration: { cloud_watch_encryption_enabled: true },
        },
      },
    });
    const policy = String(attributes(stack('wide'), 'aws_iam_role_policy.service_web_task_policy').policy);
    expect((JSON.parse(policy) as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid)).toEqual([
      'Exec',
      'ExecLogGroups',
      'ExecLogs',
      'ExecKey',
    ]);
  });
});

test('services find each other in a namespace', () => {
  expect(attributes(stack('wide'), 'aws_ecs_cluster.cluster').service_connect_defaults).toEqual({
    namespace: '${aws_service_discovery_http_namespace.cluster_needs_namespace.arn}',
  });
  expect(stack('wide').output?.service_connect_namespace_arn?.value).toBe(
    '${aws_service_discovery_http_namespace.cluster_needs_namespace.arn}',
  );
});

test('machines elsewhere have a role; the secret with which one joins is nowhere in state', () => {
  expect(attributes(stack('wide'), 'aws_iam_role.external_role').assume_role_policy).toContain(
    'ssm.amazonaws.com',
  );
  expect(stack('wide').output?.external_activation_command?.value).toBe(
    'aws ssm create-activation --iam-role slipway-wide-external --registration-limit 1 --region ap-northeast-1',
  );
});

test('every role is bounded where a boundary is set', () => {
  for (const name of ['foundation', 'fargate', 'instances', 'wide'])
    for (const role of Object.values(resources(stack(name), 'aws_iam_role')))
      expect(role.permissions_boundary).toBe('arn:aws:iam::123456789012:policy/bound');
});
