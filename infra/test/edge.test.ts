import type { EnvironmentSettings, IngressSettings } from '../settings/settings';
import { addresses, attributes, resources, synthesiseFrom } from './synth';

const one = (
  name: string,
  ingress: IngressSettings,
  more: Partial<EnvironmentSettings> = {},
): EnvironmentSettings => ({ name, ingress, services: [{ name: 'web' }], ...more });
const certificateArn = 'arn:aws:acm:ap-northeast-1:123456789012:certificate/1';
const stack = synthesiseFrom({
  environments: [
    one('plain', {}),
    one('small', {}, { preset: 'small' }),
    one(
      'named',
      { domain: 'shop.example.com' },
      { services: [{ name: 'web' }, { name: 'api', hosts: ['api.shop.example.com'] }] },
    ),
    one('zone', { domain: 'shop.example.com', zone: 'Z0123456789ABC', certificateArn }),
    one('front', { domain: 'shop.example.com', cloudFront: true, firewall: true }),
    one('front-bare', { cloudFront: true }),
    one('walled', { firewall: true, rateLimit: 500, sources: ['203.0.113.0/24'] }, { encryption: 'own' }),
    one('tcp', { kind: 'network' }),
  ],
});
const opened = (name: string) =>
  Object.values(resources(stack(name), 'aws_security_group_rule'))
    .filter(
      ({ security_group_id, type }) =>
        type === 'ingress' && String(security_group_id).includes('ingress_balancer'),
    )
    .map(({ from_port, cidr_blocks, prefix_list_ids }) => [from_port, cidr_blocks ?? prefix_list_ids]);
const url = (name: string, service = 'web') =>
  (stack(name).output?.services?.value as Record<string, { service_url: string }>)[service]?.service_url;

test('without a domain: HTTP at the own name of the balancer', () => {
  expect(attributes(stack('plain'), 'aws_lb_listener.ingress_production')).toMatchObject({
    port: 80,
    protocol: 'HTTP',
  });
  expect(url('plain')).toBe('http://${aws_lb.ingress_load_balancer.dns_name}');
  expect(opened('plain')).toEqual([
    [80, ['0.0.0.0/0']],
    [8080, ['10.0.0.0/16']],
  ]);
});

describe('with a domain', () => {
  test('everybody is sent to HTTPS, of TLS 1.2 at least', () => {
    const encrypted = {
      protocol: 'HTTPS',
      ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificate_arn:
        '${aws_acm_certificate_validation.ingress_domain_certificate_validation.certificate_arn}',
    };
    expect(attributes(stack('named'), 'aws_lb_listener.ingress_production')).toMatchObject({
      port: 443,
      ...encrypted,
    });
    expect(attributes(stack('named'), 'aws_lb_listener.ingress_test')).toMatchObject({
      port: 8080,
      ...encrypted,
    });
    expect(attributes(stack('named'), 'aws_lb_listener.ingress_redirect')).toMatchObject({
      port: 80,
      default_action: [
        { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' } },
      ],
    });
    expect(opened('named').map(([port]) => port)).toEqual([443, 80, 8080]);
  });

  test('a zone of its own, a certificate proved in it, records for the name and for hosts below it', () => {
    expect(attributes(stack('named'), 'aws_route53_zone.ingress_domain_zone')).toMatchObject({
      name: 'shop.example.com',
    });
    expect(attributes(stack('named'), 'aws_acm_certificate.ingress_domain_certificate')).toMatchObject({
      domain_name: 'shop.example.com',
      subject_alternative_names: ['*.shop.example.com'],
      validation_method: 'DNS',
    });
    const records = Object.values(resources(stack('named'), 'aws_route53_record')).map(({ name, type }) => [
      type,
      name,
    ]);
    expect(records).toEqual(
      expect.arrayContaining([
        ['A', 'shop.example.com'],
        ['AAAA', 'shop.example.com'],
        ['A', 'api.shop.example.com'],
        ['AAAA', 'api.shop.example.com'],
      ]),
    );
    expect(stack('named').output?.name_servers?.value).toBe(
      '${aws_route53_zone.ingress_domain_zone.name_servers}',
    );
    expect([url('named'), url('named', 'api')]).toEqual([
      'https://shop.example.com',
      'https://api.shop.example.com',
    ]);
  });

  test('a zone and a certificate that are there already are used', () => {
    expect(resources(stack('zone'), 'aws_route53_zone')).toEqual({});
    expect(resources(stack('zone'), 'aws_acm_certificate')).toEqual({});
    expect(attributes(stack('zone'), 'aws_lb_listener.ingress_production').certificate_arn).toBe(
      certificateArn,
    );
    expect(attributes(stack('zone'), 'aws_route53_record.ingress_domain_address').zone_id).toBe(
      'Z0123456789ABC',
    );
  });
});

describe('CloudFront', () => {
  test('alone reaches the balancer, on one port', () => {
    for (const name of ['front', 'front-bare']) {
      const list = ['${data.aws_ec2_managed_prefix_list.ingress_cloudfront.id}'];
      expect(opened(name)[0]).toEqual([name === 'front' ? 443 : 80, list]);
      expect(opened(name)).toHaveLength(2);
    }
  });

  test('has the name, with a certificate of us-east-1', () => {
    expect(
      attributes(stack('front'), 'aws_acm_certificate.ingress_domain_cloudfront_certificate').provider,
    ).toBe('aws.us-east-1');
    expect(attributes(stack('front'), 'aws_cloudfront_distribution.ingress_cdn_distribution')).toMatchObject({
      aliases: ['shop.example.com'],
      viewer_certificate: { ssl_support_method: 'sni-only', minimum_protocol_version: 'TLSv1.2_2021' },
    });
    expect(attributes(stack('front'), 'aws_route53_record.ingress_domain_address')).toMatchObject({
      alias: { name: '${aws_cloudfront_distribution.ingress_cdn_distribution.domain_name}' },
    });
  });

  test('brings TLS where there is no domain', () => {
    expect(url('front-bare')).toBe(
      'https://${aws_cloudfront_distribution.ingress_cdn_distribution.domain_name}',
    );
  });
});

describe('the firewall', () => {
  interface Rule {
    name: string;
    statement: Record<string, Record<string, unknown>>;
  }
  const rules = (name: string) =>
    attributes(stack(name), 'aws_wafv2_web_acl.ingress_firewall_acl').rule as Rule[];

  test('limits each address, and knows what is bad', () => {
    expect(rules('walled').map((rule) => rule.name)).toEqual([
      'rate',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
    ]);
    expect(rules('walled')[0]?.statement.rate_based_statement).toEqual({
      limit: 500,
      aggregate_key_type: 'IP',
    });
  });

  test('counts whose a request is, not that CloudFront brought it', () => {
    expect(rules('front')[0]?.statement.rate_based_statement).toMatchObject({
      aggregate_key_type: 'FORWARDED_IP',
    });
  });

  test('writes what it refused, without secrets, encrypted with the own key', () => {
    expect(attributes(stack('walled'), 'aws_cloudwatch_log_group.ingress_firewall_logs')).toMatchObject({
      name: 'aws-waf-logs-slipway-walled',
      kms_key_id: '${aws_kms_key.encryption_key.arn}',
    });
    const policy = String(attributes(stack('walled'), 'aws_kms_key.encryption_key').policy);
    expect(policy).toContain('log-group:aws-waf-logs-slipway-walled*');
  });
});

test('sources say who reaches the balancer, also at the edge of its subnets', () => {
  expect(opened('walled')[0]).toEqual([80, ['203.0.113.0/24']]);
  const { ingress } = attributes(stack('walled'), 'aws_network_acl.network_rules_public');
  expect(ingress).toContainEqual(expect.objectContaining({ from_port: 80, cidr_block: '203.0.113.0/24' }));
});

describe('access logs', () => {
  test('go to a bucket that balancers of this account alone may write to', () => {
    const bucket = 'slipway-plain-access-logs-123456789012-ap-northeast-1';
    expect(attributes(stack('plain'), 'aws_lb.ingress_load_balancer').access_logs).toEqual({
      bucket: '${aws_s3_bucket_policy.ingress_access_logs_policy.bucket}',
      enabled: true,
    });
    const policy = String(
      attributes(stack('plain'), 'aws_s3_bucket_policy.ingress_access_logs_policy').policy,
    );
    expect(JSON.parse(policy)).toMatchObject({
      Statement: [
        { Sid: 'TlsOnly', Effect: 'Deny' },
        {
          Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          Resource: `arn:aws:s3:::${bucket}/AWSLogs/123456789012/*`,
        },
      ],
    });
  });

  test('small has none', () => {
    expect(addresses(stack('small')).filter((address) => address.includes('access_logs'))).toEqual([]);
  });
});

test('a network balancer forwards by itself, and hands its listeners to ECS', () => {
  const document = stack('tcp');
  expect(resources(document, 'aws_lb_listener_rule')).toEqual({});
  expect(attributes(document, 'aws_lb.ingress_load_balancer').load_balancer_type).toBe('network');
  const target = '${aws_lb_target_group.service_web_routing_blue.arn}';
  expect(attributes(document, 'aws_lb_listener.service_web_routing_production_listener')).toMatchObject({
    port: 80,
    protocol: 'TCP',
    default_action: [{ type: 'forward', target_group_arn: target }],
    lifecycle: { ignore_changes: ['default_action'] },
  });
  expect(attributes(document, 'aws_lb_target_group.service_web_routing_blue').protocol).toBe('TCP');
});
