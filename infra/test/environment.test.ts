import { addresses, attributes, resources, synthesiseFrom } from './synth';

const web = { name: 'web', port: 3000 };
const stack = synthesiseFrom({
  environments: [
    { name: 'staging', services: [web] },
    {
      name: 'production',
      network: { nat: 'per-az', zones: ['a', 'c', 'd'] },
      services: [web, { name: 'api', port: 8000, paths: ['/api/*'], exec: true }],
    },
    {
      name: 'open',
      network: { tasks: 'public', nat: 'none' },
      services: [{ ...web, hosts: ['shop.example.com'] }],
    },
  ],
});
const names = (environment: string, type: string) => Object.keys(resources(stack(environment), type)).sort();

test('no stack holds what a deploy owns', () => {
  for (const environment of ['staging', 'production', 'open']) {
    const types = Object.keys(stack(environment).resource).filter((type) =>
      /^aws_ecs_|^aws_appautoscaling_/.test(type),
    );
    expect(types.sort()).toEqual(['aws_ecs_cluster', 'aws_ecs_cluster_capacity_providers']);
  }
});

test('the cluster depends on everything but its own capacity, so that a destroy begins there', () => {
  const document = stack('production');
  const others = addresses(document).filter((address) => !address.startsWith('aws_ecs_'));
  expect([...(attributes(document, 'aws_ecs_cluster.cluster').depends_on as string[])].sort()).toEqual(
    others,
  );
});

test('a zone has its own place in the network: one more renumbers nothing', () => {
  const cidrs = (environment: string) =>
    Object.fromEntries(
      Object.values(resources(stack(environment), 'aws_subnet')).map(
        ({ availability_zone, cidr_block, tags }) => [
          `${(tags as { Tier: string }).Tier} ${String(availability_zone)}`,
          cidr_block,
        ],
      ),
    );
  expect(cidrs('staging')).toEqual({
    'public ap-northeast-1a': '10.0.0.0/24',
    'public ap-northeast-1c': '10.0.2.0/24',
    'private ap-northeast-1a': '10.0.8.0/24',
    'private ap-northeast-1c': '10.0.10.0/24',
  });
  expect(cidrs('production')).toMatchObject(cidrs('staging'));
  expect(cidrs('production')).toMatchObject({ 'private ap-northeast-1d': '10.0.11.0/24' });
});

test('NAT is one gateway, one a zone, or none; private subnets route to the nearest', () => {
  expect(names('staging', 'aws_nat_gateway')).toEqual(['network_nat_a']);
  expect(names('production', 'aws_nat_gateway')).toEqual(['network_nat_a', 'network_nat_c', 'network_nat_d']);
  expect(names('open', 'aws_nat_gateway')).toEqual([]);
  const gateway = (environment: string, zone: string) =>
    attributes(stack(environment), `aws_route.network_private_${zone}_nat`).nat_gateway_id;
  expect(gateway('staging', 'c')).toBe('${aws_nat_gateway.network_nat_a.id}');
  expect(gateway('production', 'c')).toBe('${aws_nat_gateway.network_nat_c.id}');
});

test('tasks stand in private subnets, or with an address each in public ones', () => {
  const placed = (environment: string) => {
    const output = stack(environment).output;
    return [output?.assign_public_ip?.value, output?.task_subnet_ids?.value];
  };
  expect(placed('staging')).toEqual(['DISABLED', stack('staging').output?.private_subnet_ids?.value]);
  expect(placed('open')).toEqual(['ENABLED', stack('open').output?.public_subnet_ids?.value]);
});

test('target groups come in pairs of type ip, with checks that make a deploy fast', () => {
  expect(names('staging', 'aws_lb_target_group')).toEqual([
    'service_web_routing_blue',
    'service_web_routing_green',
  ]);
  expect(attributes(stack('staging'), 'aws_lb_target_group.service_web_routing_blue')).toMatchObject({
    name: 'slipway-staging-web-blue',
    target_type: 'ip',
    port: 3000,
    deregistration_delay: '30',
    health_check: { path: '/health-check', interval: 5, timeout: 3, healthy_threshold: 2, matcher: '200' },
  });
});

test('the weights of a rule belong to ECS once it is there', () => {
  for (const rule of Object.values(resources(stack('production'), 'aws_lb_listener_rule'))) {
    expect(rule.lifecycle).toEqual({ ignore_changes: ['action'] });
  }
});

test('a service with a host of its own answers to it', () => {
  expect(attributes(stack('open'), 'aws_lb_listener_rule.service_web_routing_production').condition).toEqual([
    { host_header: { values: ['shop.example.com'] } },
    { path_pattern: { values: ['/*'] } },
  ]);
  expect(stack('open').output?.services?.value).toMatchObject({
    web: { service_url: 'http://shop.example.com' },
  });
});

test('a second service changes nothing of the first', () => {
  const api = { name: 'api', port: 8000, paths: ['/api/*'] };
  const both = synthesiseFrom({ environments: [{ name: 'staging', services: [web, api] }] });
  const ofWeb = addresses(stack('staging')).filter((address) => address.includes('service_web'));
  expect(ofWeb.length).toBeGreaterThan(15);
  for (const address of ofWeb) {
    expect(attributes(both('staging'), address)).toEqual(attributes(stack('staging'), address));
  }
  const ofApi = addresses(both('staging')).filter((address) => address.includes('service_api'));
  expect(ofApi).toHaveLength(ofWeb.length);
  expect(Object.keys(resources(both('foundation'), 'aws_ecr_repository'))).toEqual([
    'registry_api_repository',
    'registry_web_repository',
  ]);
});

test('only a service that asks for it gets the channels of exec', () => {
  expect(names('production', 'aws_iam_role_policy').filter((name) => name.endsWith('task_policy'))).toEqual([
    'service_api_task_policy',
  ]);
});
