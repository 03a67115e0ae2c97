import type { Environment, Project } from './settings/platform';

/** Where a security rule does not hold on purpose. */
export interface SecurityException {
  /** Id of the rule, in test/security. */
  readonly rule: string;
  /** Addresses; of a statement of a policy with its Sid after a space. */
  readonly at: RegExp;
  /** The setting that asks for it; everywhere where it is left out. */
  readonly when?: Setting;
  readonly reason: string;
}

interface Setting {
  /** As a person would write it. */
  readonly says: string;
  /** Of the stack's own settings; the foundation and the state bucket have no environment. */
  readonly holds: (environment: Environment | undefined, project: Project) => boolean;
}

const environment = (says: string, holds: (environment: Environment) => boolean): Setting => ({
  says,
  holds: (own) => own !== undefined && holds(own),
});

const withoutDomain = environment(
  '`ingress.domain` is not set',
  ({ ingress }) => ingress.domain === undefined,
);
const encryptedByAws: Setting = {
  says: "`encryption: 'aws'`, and what belongs to the whole account",
  holds: (own) => own?.encryption !== 'own',
};

/** All of them. One that no longer occurs fails its test, as does a rule that is broken without one. */
export const securityExceptions: readonly SecurityException[] = [
  // Network
  {
    rule: 'flow-logs',
    at: /^aws_vpc\./,
    when: environment(
      '`network.flowLogs: false`, as in the preset `small`',
      ({ network }) => !network.flowLogs,
    ),
    reason: 'It is billed by the GB, and of a small environment nobody reads it.',
  },
  {
    rule: 'world-reaches-https-alone',
    at: /^aws_security_group_rule\.ingress_production_in$/,
    when: withoutDomain,
    reason: 'There is no name to have a certificate for, so that the balancer answers by HTTP on port 80.',
  },
  {
    rule: 'world-reaches-https-alone',
    at: /^aws_security_group_rule\.ingress_redirect_in$/,
    when: environment('`ingress.domain` is set', ({ ingress }) => ingress.domain !== undefined),
    reason: 'Who types the bare name comes by HTTP, and is redirected.',
  },
  {
    rule: 'endpoints',
    at: /^aws_vpc\./,
    when: environment("`network.endpoints` is not `'tasks'`", ({ network }) => network.endpoints !== 'tasks'),
    reason:
      'Interface endpoints cost $7 a month for each service and zone; a NAT gateway or public address leads to the same APIs by TLS.',
  },
  // How requests come in
  {
    rule: 'https',
    at: /^aws_lb_listener\.(ingress_(production|test)|service_\w+_routing_(production|test)_listener)$/,
    when: withoutDomain,
    reason:
      'There is no name to have a certificate for. Set `ingress.domain` for all that is not a trial, or put CloudFront before it.',
  },
  {
    rule: 'balancer-stays',
    at: /^aws_lb\./,
    when: environment('`protect: false`', ({ protect }) => !protect),
    reason: '`cdktf destroy` of an environment that may go could not end.',
  },
  {
    rule: 'access-logs',
    at: /^aws_lb\./,
    when: environment(
      '`ingress.accessLogs: false`, as in the preset `small`',
      ({ ingress }) => !ingress.accessLogs,
    ),
    reason: 'The log of the app itself says as much in a small environment.',
  },
  {
    rule: 'internal',
    at: /^aws_lb\./,
    reason:
      'It is what the world is to reach; `ingress.sources` narrows that, and CloudFront closes it to all others.',
  },
  {
    rule: 'https-to-tasks',
    at: /^aws_lb_target_group\./,
    reason: 'TLS ends at the balancer. Tasks are reached by its security group alone, inside the VPC.',
  },
  {
    rule: 'firewall',
    at: /^aws_lb\./,
    when: environment('`ingress.firewall: false`', ({ ingress }) => !ingress.firewall),
    reason:
      'Managed rules cost $8 a month, and refuse some requests of real users until they were tuned: an option, and on in the preset `isolated`.',
  },
  {
    rule: 'cdn-encrypts',
    at: /^aws_cloudfront_distribution\./,
    when: withoutDomain,
    reason: 'The balancer has no name that a certificate could be for; its own is AWS’s.',
  },
  {
    rule: 'cdn-tls',
    at: /^aws_cloudfront_distribution\./,
    when: withoutDomain,
    reason: 'By its own name CloudFront has AWS’s certificate, whose oldest TLS version nobody can choose.',
  },
  {
    rule: 'cdn-logs',
    at: /^aws_cloudfront_distribution\./,
    reason: 'Every request that reaches the app is in the access log of the balancer behind it.',
  },
  {
    rule: 'cdn-firewall',
    at: /^aws_cloudfront_distribution\./,
    reason:
      'The firewall stands before the balancer, where requests arrive that CloudFront does not answer itself.',
  },
  {
    rule: 'cdn-origins',
    at: /^aws_cloudfront_distribution\./,
    reason: 'The balancer stands in two zones or more; there is no second one to turn to.',
  },
  {
    rule: 'dnssec',
    at: /^aws_route53_zone\./,
    reason:
      'A zone is signed with a key in us-east-1 and a record at the registrar, by hand; who needs it brings a `zone` of their own.',
  },
  {
    rule: 'dns-query-logs',
    at: /^aws_route53_zone\./,
    reason: 'Its records are public, and the requests that follow are in the access log.',
  },
  // Containers, instances and builds
  {
    rule: 'container-insights',
    at: /^aws_ecs_cluster\./,
    when: environment(
      "`cluster.containerInsights: 'disabled'`, as in the preset `small`",
      ({ cluster }) => cluster.containerInsights === 'disabled',
    ),
    reason: 'Its metrics are billed one by one; CPU and memory of services are there without.',
  },
  {
    rule: 'exec-logged',
    at: /^aws_ecs_cluster\./,
    when: environment(
      '`cluster.logExec: false`, as in the preset `small`',
      ({ cluster }) => !cluster.logExec,
    ),
    reason: 'Sessions are off unless a service asks for `exec`.',
  },
  {
    rule: 'exec-encrypted',
    at: /^aws_ecs_cluster\./,
    when: encryptedByAws,
    reason: 'TLS carries a session, and CloudWatch encrypts its log with a key of AWS’s.',
  },
  {
    rule: 'termination-protection',
    at: /^aws_ecs_capacity_provider\./,
    when: environment("`cluster.ec2.scaling: 'alarms'`", ({ cluster }) => cluster.ec2.scaling === 'alarms'),
    reason: 'AWS offers it only where the capacity provider scales; instances are drained before they go.',
  },
  {
    rule: 'builds-unprivileged',
    at: /^aws_codebuild_project\.pipeline_\w+_build_project$/,
    reason: 'Only a privileged build can build an image. Tests and deploys run without.',
  },
  // Data
  {
    rule: 'images-own-key',
    at: /^aws_ecr_repository\./,
    reason:
      'AWS’s key of the account encrypts them; a key of our own would have to be shared with every account that pulls.',
  },
  {
    rule: 'logs-kept-a-year',
    at: /^aws_cloudwatch_log_group\./,
    when: {
      says: '`observability.logRetentionDays` below 365, and what pipelines say (30 days)',
      holds: (own) => own === undefined || own.observability.logRetentionDays < 365,
    },
    reason: 'It is a setting: 7 days in `small`, 30 in `standard`, 365 in `isolated`.',
  },
  {
    rule: 'logs-own-key',
    at: /^aws_cloudwatch_log_group\./,
    when: encryptedByAws,
    reason:
      'CloudWatch encrypts them with a key of AWS’s; a key of our own costs $1 a month and its requests.',
  },
  {
    rule: 'topics-encrypted',
    at: /^aws_sns_topic\./,
    when: encryptedByAws,
    reason:
      'Alarms and events cannot publish to a topic that has AWS’s key, and what is written there (an alarm, a reason) is no secret.',
  },
  {
    rule: 'bucket-own-key',
    at: /^aws_s3_bucket\.ingress_access_logs_bucket$/,
    reason: 'Load balancers write to buckets with keys of S3 alone.',
  },
  {
    rule: 'bucket-own-key',
    at: /^aws_s3_bucket\.(state|calls_logs|pipeline_\w+_artifacts|storage_env_files)_bucket$/,
    reason:
      'S3 encrypts with a key of its own, and roles are the only way in; a second key would be a second thing to lose.',
  },
  {
    rule: 'bucket-versioned',
    at: /^aws_s3_bucket\.(ingress_access_logs|calls_logs)_bucket$/,
    reason: 'Logs are written once.',
  },
  {
    rule: 'bucket-tidied',
    at: /^aws_s3_bucket\.(state|storage_env_files)_bucket$/,
    reason: 'All versions are kept: they are small, and one may be needed again.',
  },
  {
    rule: 'bucket-access-logged',
    at: /^aws_s3_bucket\./,
    reason: 'It would need a bucket for each; `cloudTrail: true` writes down who changes a bucket.',
  },
  {
    rule: 'bucket-copied',
    at: /^aws_s3_bucket\./,
    reason: 'An environment stands in one region. What is in these buckets is worth nothing without it.',
  },
  {
    rule: 'bucket-events',
    at: /^aws_s3_bucket\./,
    reason: 'There is nobody to hear them.',
  },
  {
    rule: 'files-backed-up',
    at: /^aws_efs_file_system\./,
    reason: 'What to keep and for how long is for the app to say: add it to a plan of AWS Backup.',
  },
  {
    rule: 'parameters-encrypted',
    at: /^aws_ssm_parameter\.outputs_/,
    reason: 'They hold names and ARNs for deploys, no secrets.',
  },
  {
    rule: 'secrets-own-key',
    at: /^aws_secretsmanager_secret\./,
    when: encryptedByAws,
    reason: 'AWS’s key of the account encrypts them.',
  },
  {
    rule: 'secrets-renewed',
    at: /^aws_secretsmanager_secret\./,
    reason: 'They are made empty and filled by hand: only who issues a credential can renew it.',
  },
  {
    rule: 'trail-own-key',
    at: /^aws_cloudtrail\./,
    reason:
      'S3 encrypts its files with a key of its own; nobody but the account’s administrators reads the bucket.',
  },
  {
    rule: 'trail-to-logs',
    at: /^aws_cloudtrail\./,
    reason: 'CloudWatch would cost $0.50 a GB for a copy of what the bucket keeps.',
  },
  {
    rule: 'artifacts-own-key',
    at: /^aws_codepipeline\./,
    reason: 'They are a copy of the repository for 30 days, encrypted by S3.',
  },
  // Who may do what
  ...onEveryResource(),
];

/** Statements that name no resource, as their actions take none, or as it is not known before it is there. */
function onEveryResource(): SecurityException[] {
  const reasons: Readonly<Record<string, string>> = {
    'aws_iam_role_policy\\.\\w+ Login':
      '`ecr:GetAuthorizationToken` takes none; what may be pulled or pushed is in statements of its own.',
    'aws_iam_role_policy\\.load_balancer_policy Read': 'Reads of load balancing take none.',
    'aws_iam_role_policy\\.service_\\w+_deploy(_plan)?_policy (ReadTaskDefinitions|ReadScaling|Preflight|Follow)':
      'Reads that take none.',
    'aws_iam_role_policy\\.service_\\w+_deploy(_plan)?_policy ListTasks':
      'Lists take none; a condition names the cluster.',
    'aws_iam_role_policy\\.service_\\w+_deploy_policy Deregister':
      '`ecs:DeregisterTaskDefinition` takes none.',
    'aws_iam_role_policy\\.service_\\w+_task_policy (Exec|ExecLogGroups)':
      'The channels of exec sessions take none; only with `exec: true`.',
    'aws_iam_role_policy\\.runner_access_policy Session': 'The channels of Session Manager take none.',
    'aws_iam_(policy\\.github_apply_read|role_policy\\.github_plan)_policy Describe': 'Reads that take none.',
    'aws_iam_policy\\.github_apply_account_policy Replication':
      'Replication is a setting of the whole registry.',
    'aws_iam_policy\\.github_apply_cluster_policy Namespaces':
      'Namespaces have ids that are known once they are there.',
    'aws_iam_policy\\.github_apply_data_policy (Files|NewKeys|MountTargets)':
      'Keys, file systems and their interfaces have ids that are known once they are there.',
    'aws_iam_policy\\.github_apply_edge_policy Names':
      'Zones, certificates and distributions have ids that are known once they are there.',
    'aws_iam_policy\\.github_apply_edge_policy LogDelivery': 'The delivery of logs takes none.',
    'aws_iam_policy\\.github_apply_network_policy (Network|Instances)':
      'What EC2 makes has ids that are known once they are there; a condition names the regions.',
    'aws_iam_policy\\.github_apply_pipeline_policy NewConnections':
      'A connection has an id that is known once it is there; a condition names the regions.',
  };
  return Object.entries(reasons).map(([place, reason]) => ({
    rule: 'resources-named',
    at: new RegExp(`^${place}$`),
    reason,
  }));
}
