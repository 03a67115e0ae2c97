import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import { Construct } from 'constructs';

export interface WebFirewallProps {
  readonly name: string;
  readonly loadBalancerArn: string;
  /** AWS takes none that does not begin with `aws-waf-logs-`. */
  readonly logGroupName: string;
  /** Requests of one address in five minutes. */
  readonly rateLimit: number;
  /** Whether requests come through CloudFront, which says in a header whose they are. */
  readonly behindCloudFront: boolean;
  readonly retentionDays: number;
  readonly keyArn: string | undefined;
}

/** AWS's own rules, in this order: what is bad for certain, then what is bad commonly. */
const MANAGED = ['AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesCommonRuleSet'] as const;

/** Refuses known attacks, and addresses that ask too much; what it refused is in a log group, without cookies and tokens. */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id);
    const seen = (metric: string) => ({
      cloudwatch_metrics_enabled: true,
      metric_name: `${props.name}-${metric}`,
      sampled_requests_enabled: true,
    });
    // The provider's own types leave a rule's members out: they are written as Terraform has them.
    const acl = new Wafv2WebAcl(this, 'acl', {
      name: props.name,
      scope: 'REGIONAL',
      description: `What may not reach ${props.name}`,
      defaultAction: { allow: {} },
      visibilityConfig: {
        cloudwatchMetricsEnabled: true,
        metricName: `${props.name}-all`,
        sampledRequestsEnabled: true,
      },
    });
    acl.addOverride('rule', [
      {
        name: 'rate',
        priority: 0,
        action: { block: {} },
        statement: {
          rate_based_statement: {
            limit: props.rateLimit,
            ...(props.behindCloudFront
              ? {
                  aggregate_key_type: 'FORWARDED_IP',
                  forwarded_ip_config: { header_name: 'X-Forwarded-For', fallback_behavior: 'MATCH' },
                }
              : { aggregate_key_type: 'IP' }),
          },
        },
        visibility_config: seen('rate'),
      },
      ...MANAGED.map((name, index) => ({
        name,
        priority: index + 1,
        override_action: { none: {} },
        statement: { managed_rule_group_statement: { name, vendor_name: 'AWS' } },
        visibility_config: seen(name),
      })),
    ]);
    new Wafv2WebAclAssociation(this, 'association', {
      resourceArn: props.loadBalancerArn,
      webAclArn: acl.arn,
    });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: props.logGroupName,
      retentionInDays: props.retentionDays,
      ...(props.keyArn === undefined ? {} : { kmsKeyId: props.keyArn }),
    });
    new Wafv2WebAclLoggingConfiguration(this, 'logging', {
      resourceArn: acl.arn,
      logDestinationConfigs: [logs.arn],
      redactedFields: [{ singleHeader: { name: 'authorization' } }, { singleHeader: { name: 'cookie' } }],
    });
  }
}
