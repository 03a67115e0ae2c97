import { attributes, resources, synthesise } from './synth';

/** The project's own environments, to the letter; what holds for every setting is in security-rules.test.ts. */
const stack = synthesise();
const environments = ['staging', 'production'] as const;
const all = ['state', 'foundation', ...environments];
const every = (type: string, names: readonly string[] = all): Record<string, unknown>[] =>
  names.flatMap((name) => Object.entries(resources(stack(name), type)).map(([id, one]) => ({ ...one, id })));

test('the world reaches port 80 of the load balancer and nothing else (EC2.18, EC2.19, CKV_AWS_24, 25)', () => {
  const open = every('aws_security_group_rule').filter(
    ({ type, cidr_blocks }) => type === 'ingress' && JSON.stringify(cidr_blocks ?? []).includes('0.0.0.0/0'),
  );
  expect(open.map(({ id, from_port, to_port }) => [id, from_port, to_port])).toEqual(
    environments.map(() => ['ingress_production_in', 80, 80]),
  );
});

test('tasks are reached by the load balancer alone, and reach port 443 and their VPC (CKV_AWS_382)', () => {
  const rules = every('aws_security_group_rule', ['staging']).map(
    ({
      id,
      security_group_id,
      type,
      protocol,
      from_port,
      to_port,
      cidr_blocks,
      source_security_group_id,
    }) => ({
      id,
      group: security_group_id,
      type,
      protocol,
      ports: [from_port, to_port],
      peer: source_security_group_id ?? cidr_blocks,
    }),
  );
  const [tasks, balancer] = [
    '${aws_security_group.service_web_firewall_tasks.id}',
    '${aws_security_group.ingress_balancer.id}',
  ];
  const tcp = { protocol: 'tcp' };
  expect(rules).toEqual([
    {
      id: 'ingress_production_in',
      group: balancer,
      type: 'ingress',
      ...tcp,
      ports: [80, 80],
      peer: ['0.0.0.0/0'],
    },
    {
      id: 'ingress_test_in',
      group: balancer,
      type: 'ingress',
      ...tcp,
      ports: [8080, 8080],
      peer: ['10.0.0.0/16'],
    },
    {
      id: 'service_web_firewall_balancer_in',
      group: tasks,
      type: 'ingress',
      ...tcp,
      ports: [3000, 3000],
      peer: balancer,
    },
    {
      id: 'service_web_firewall_balancer_out',
      group: balancer,
      type: 'egress',
      ...tcp,
      ports: [3000, 3000],
      peer: tasks,
    },
    {
      id: 'service_web_firewall_internet_out_443',
      group: tasks,
      type: 'egress',
      ...tcp,
      ports: [443, 443],
      peer: ['0.0.0.0/0'],
    },
    {
      id: 'service_web_firewall_vpc_out',
      group: tasks,
      type: 'egress',
      ...tcp,
      ports: [0, 65535],
      peer: ['10.0.0.0/16'],
    },
  ]);
});

test('clusters have Container Insights (ECS.12, CKV_AWS_65)', () => {
  expect(every('aws_ecs_cluster').map(({ setting }) => setting)).toEqual(
    ['enabled', 'enhanced'].map((value) => [{ name: 'containerInsights', value }]),
  );
});

test('load balancers are hardened, span zones, and production’s cannot be deleted (ELB.4, .6, .12, .13, CKV_AWS_131, 150, 328)', () => {
  const balancers = every('aws_lb');
  for (const balancer of balancers) {
    expect(balancer).toMatchObject({ drop_invalid_header_fields: true, desync_mitigation_mode: 'defensive' });
    expect((balancer.subnets as string[]).length).toBeGreaterThanOrEqual(2);
  }
  expect(balancers.map((one) => one.enable_deletion_protection)).toEqual([false, true]);
});

test('what no rule claims is answered 404', () => {
  for (const listener of every('aws_lb_listener')) {
    expect(listener.default_action).toMatchObject([
      { type: 'fixed-response', fixed_response: { status_code: '404' } },
    ]);
  }
});

test('logs are kept for a time (CloudWatch.16, CKV_AWS_66)', () => {
  for (const [environment, days] of [
    ['staging', 30],
    ['production', 365],
  ] as const)
    for (const group of every('aws_cloudwatch_log_group', [environment]))
      expect(group.retention_in_days).toBe(days);
  expect(every('aws_cloudwatch_log_group')).toHaveLength(6);
});

test('the state bucket is versioned, encrypted, closed, reached by TLS alone, and stays (S3.1, .2, .3, .5, .8, .12, .14, .17)', () => {
  const state = stack('state');
  expect(attributes(state, 'aws_s3_bucket.state_bucket')).toMatchObject({
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(attributes(state, 'aws_s3_bucket_versioning.state_versioning')).toMatchObject({
    versioning_configuration: { status: 'Enabled' },
  });
  expect(
    attributes(state, 'aws_s3_bucket_server_side_encryption_configuration.state_encryption'),
  ).toHaveProperty('rule');
  expect(attributes(state, 'aws_s3_bucket_ownership_controls.state_ownership')).toMatchObject({
    rule: { object_ownership: 'BucketOwnerEnforced' },
  });
  expect(attributes(state, 'aws_s3_bucket_public_access_block.state_closed')).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(JSON.parse(String(attributes(state, 'aws_s3_bucket_policy.state_policy').policy))).toMatchObject({
    Statement: [
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
});

test('a role of the project carries its own policies alone', () => {
  for (const { id, policy_arn } of every('aws_iam_role_policy_attachment'))
    expect(policy_arn).toBe(`\${aws_iam_policy.${String(id)}_policy.arn}`);
});
