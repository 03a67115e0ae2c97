import { at, every, list, type One, type Rule, type Stack } from './rule';

const isApplication = ({ values }: One) => values.load_balancer_type === 'application';
const isPublic = ({ values }: One) => values.internal !== true;
const redirects = (listener: One) => at(listener, 'default_action.type') === 'redirect';
const isEncrypted = ({ values }: One) => ['HTTPS', 'TLS'].includes(String(values.protocol));
const firewallOf = (balancer: One, stack: Stack) => stack.about(balancer, 'aws_wafv2_web_acl_association');

export const edgeRules: readonly Rule[] = [
  every(
    'aws_lb_listener',
    {
      id: 'https',
      checks: 'ELB.1, ELB.18, CKV_AWS_2, CKV2_AWS_20, AVD-AWS-0054',
      says: 'Listeners take HTTPS alone; those for HTTP redirect',
    },
    (listener) => isEncrypted(listener) || redirects(listener),
  ),
  every(
    'aws_lb_listener',
    {
      id: 'tls-policy',
      checks: 'ELB.17, CKV_AWS_103, CKV2_AWS_74, AVD-AWS-0047',
      says: 'TLS is of version 1.2 or later',
    },
    (listener) => !isEncrypted(listener) || /TLS13-1-[23]/.test(String(listener.values.ssl_policy)),
  ),
  every(
    'aws_lb',
    {
      id: 'drops-invalid-headers',
      checks: 'ELB.4, CKV_AWS_131, AVD-AWS-0052',
      says: 'Headers that are no headers are dropped',
    },
    (balancer) => !isApplication(balancer) || balancer.values.drop_invalid_header_fields === true,
  ),
  every(
    'aws_lb',
    {
      id: 'desync',
      checks: 'ELB.12, CKV_AWS_328',
      says: 'Requests that servers read differently are held up',
    },
    (balancer) => !isApplication(balancer) || balancer.values.desync_mitigation_mode === 'defensive',
  ),
  every(
    'aws_lb',
    {
      id: 'balancer-stays',
      checks: 'ELB.6, CKV_AWS_150',
      says: 'A load balancer cannot be deleted by mistake',
    },
    ({ values }) => values.enable_deletion_protection === true,
  ),
  every(
    'aws_lb',
    { id: 'access-logs', checks: 'ELB.5, CKV_AWS_91', says: 'Each request is logged' },
    (balancer) => at(balancer, 'access_logs.enabled') === true,
  ),
  every(
    'aws_lb',
    { id: 'two-zones', checks: 'ELB.13', says: 'A load balancer stands in two zones or more' },
    (balancer) => list(balancer, 'subnets').length >= 2,
  ),
  every(
    'aws_lb',
    { id: 'internal', checks: 'AVD-AWS-0053', says: 'Load balancers are reached from the VPC alone' },
    (balancer) => !isPublic(balancer),
  ),
  every(
    'aws_lb_target_group',
    { id: 'https-to-tasks', checks: 'ELB.21, CKV_AWS_378', says: 'Tasks are asked by HTTPS' },
    ({ values }) => ['HTTPS', 'TLS'].includes(String(values.protocol)),
  ),
  every(
    'aws_lb_target_group',
    { id: 'health-checked', checks: 'CKV_AWS_261', says: 'Targets are asked for their health' },
    (group) => at(group, 'health_check.enabled') === true,
  ),
  every(
    'aws_lb',
    {
      id: 'firewall',
      checks: 'ELB.16, CKV2_AWS_28',
      says: 'A web firewall stands before what the world reaches',
    },
    (balancer, stack) =>
      !isApplication(balancer) || !isPublic(balancer) || firewallOf(balancer, stack).length > 0,
  ),
  every(
    'aws_wafv2_web_acl',
    { id: 'firewall-logs', checks: 'WAF.11, CKV2_AWS_31', says: 'What a web firewall sees is logged' },
    (acl, stack) => stack.about(acl, 'aws_wafv2_web_acl_logging_configuration').length > 0,
  ),
  every(
    'aws_wafv2_web_acl',
    {
      id: 'known-bad-inputs',
      checks: 'WAF.10, WAF.12, CKV_AWS_175, CKV_AWS_192, CKV_AWS_342, CKV2_AWS_76',
      says: 'A web firewall has rules, blocks what is known to be bad (Log4j), and counts each rule',
    },
    (acl) => {
      const rules = list(acl, 'rule');
      const counted = rules.every((rule) =>
        JSON.stringify(rule).includes('"cloudwatch_metrics_enabled":true'),
      );
      return counted && JSON.stringify(rules).includes('AWSManagedRulesKnownBadInputsRuleSet');
    },
  ),
  every(
    'aws_cloudfront_distribution',
    {
      id: 'cdn-encrypts',
      checks: 'CloudFront.3, CloudFront.9, CloudFront.10, CKV_AWS_34',
      says: 'CloudFront redirects to HTTPS, and asks its origin by it',
    },
    (cdn) =>
      at(cdn, 'default_cache_behavior.viewer_protocol_policy') === 'redirect-to-https' &&
      at(cdn, 'origin.custom_origin_config.origin_protocol_policy') === 'https-only',
  ),
  every(
    'aws_cloudfront_distribution',
    {
      id: 'cdn-tls',
      checks: 'CloudFront.7, CloudFront.8, CKV_AWS_174',
      says: 'CloudFront speaks TLS 1.2 or later, by its own certificate',
    },
    (cdn) => /^TLSv1\.[23]/.test(String(at(cdn, 'viewer_certificate.minimum_protocol_version'))),
  ),
  every(
    'aws_cloudfront_distribution',
    { id: 'cdn-logs', checks: 'CloudFront.5, CKV_AWS_86', says: 'CloudFront logs each request' },
    ({ values }) => values.logging_config !== undefined,
  ),
  every(
    'aws_cloudfront_distribution',
    {
      id: 'cdn-firewall',
      checks: 'CloudFront.6, CKV_AWS_68, CKV2_AWS_47',
      says: 'CloudFront has a web firewall of its own',
    },
    ({ values }) => values.web_acl_id !== undefined,
  ),
  every(
    'aws_cloudfront_distribution',
    {
      id: 'cdn-origins',
      checks: 'CloudFront.4, CKV_AWS_310',
      says: 'CloudFront has a second origin to turn to',
    },
    ({ values }) => values.origin_group !== undefined,
  ),
  every(
    'aws_route53_zone',
    { id: 'dnssec', checks: 'CKV2_AWS_38', says: 'A zone is signed' },
    (zone, stack) => stack.about(zone, 'aws_route53_hosted_zone_dnssec').length > 0,
  ),
  every(
    'aws_route53_zone',
    {
      id: 'dns-query-logs',
      checks: 'Route53.2, CKV2_AWS_39',
      says: 'Who asks for names of a zone is logged',
    },
    (zone, stack) => stack.about(zone, 'aws_route53_query_log').length > 0,
  ),
];
