import { configured, idLetters, nameOf, type Compute } from './identifiers';

const role: Compute = (attributes, context) => {
  const name = nameOf(attributes, context);
  const path = configured(attributes, 'path') || '/';
  return {
    id: name,
    name,
    path,
    arn: context.arn('iam', `role${path}${name}`, true),
    unique_id: `AROA${idLetters(context.hex(17))}`,
    create_date: '2025-01-01T00:00:00Z',
    max_session_duration: 3600,
  };
};

const policy: Compute = (attributes, context) => {
  const name = nameOf(attributes, context);
  const arn = context.arn('iam', `policy${configured(attributes, 'path') || '/'}${name}`, true);
  return { id: arn, arn, name, policy_id: `ANPA${idLetters(context.hex(17))}` };
};

/** A resource that is called by its name, with an ARN that holds it. */
const named =
  (service: string, resource: (name: string) => string, more: Compute = () => ({})): Compute =>
  (attributes, context) => {
    const name = nameOf(attributes, context);
    const arn = context.arn(service, resource(name));
    return { id: name, name, arn, ...more({ ...attributes, name, arn }, context) };
  };

/** A resource whose id is its own ARN. */
const byArn =
  (service: string, resource: (name: string) => string, more: Compute = () => ({})): Compute =>
  (attributes, context) => {
    const all = named(service, resource, more)(attributes, context);
    return { ...all, id: all.arn };
  };

const bucket: Compute = (attributes, { hex, region }) => {
  const name =
    configured(attributes, 'bucket') || (configured(attributes, 'bucket_prefix') || 'terraform-') + hex(26);
  return {
    id: name,
    bucket: name,
    arn: `arn:aws:s3:::${name}`,
    bucket_domain_name: `${name}.s3.amazonaws.com`,
    bucket_regional_domain_name: `${name}.s3.${region}.amazonaws.com`,
    region,
  };
};

const uuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');

export const account: Readonly<Record<string, Compute>> = {
  aws_iam_role: role,
  aws_iam_policy: policy,
  aws_iam_role_policy: (attributes, context) => {
    const name = nameOf(attributes, context);
    return { id: `${configured(attributes, 'role')}:${name}`, name };
  },
  aws_iam_role_policy_attachment: (attributes, { hex }) => ({
    id: `${configured(attributes, 'role')}-${hex(26)}`,
  }),
  aws_iam_instance_profile: (attributes, context) => {
    const name = nameOf(attributes, context);
    return { id: name, name, arn: context.arn('iam', `instance-profile/${name}`, true) };
  },
  aws_iam_openid_connect_provider: (attributes, context) => {
    const host = configured(attributes, 'url').replace(/^https:\/\//, '');
    const arn = context.arn('iam', `oidc-provider/${host}`, true);
    return { id: arn, arn, thumbprint_list: [] };
  },
  aws_iam_service_linked_role: (attributes, context) => {
    const service = configured(attributes, 'aws_service_name');
    const arn = context.arn('iam', `role/aws-service-role/${service}/AWSServiceRole`, true);
    return { id: arn, arn };
  },

  aws_ecr_repository: (attributes, context) => {
    const name = configured(attributes, 'name');
    return {
      id: name,
      arn: context.arn('ecr', `repository/${name}`),
      registry_id: context.accountId,
      repository_url: `${context.accountId}.dkr.ecr.${context.region}.amazonaws.com/${name}`,
      image_tag_mutability: 'MUTABLE',
    };
  },
  aws_ecr_lifecycle_policy: (attributes, { accountId }) => ({
    id: configured(attributes, 'repository'),
    registry_id: accountId,
  }),
  aws_ecs_cluster: byArn('ecs', (name) => `cluster/${name}`),
  aws_ecs_cluster_capacity_providers: (attributes) => ({ id: configured(attributes, 'cluster_name') }),
  aws_ecs_capacity_provider: byArn('ecs', (name) => `capacity-provider/${name}`),

  aws_cloudwatch_log_group: named(
    'logs',
    (name) => `log-group:${name}`,
    () => ({ log_group_class: 'STANDARD' }),
  ),
  aws_cloudwatch_metric_alarm: (attributes, context) => {
    const name = configured(attributes, 'alarm_name');
    return { id: name, arn: context.arn('cloudwatch', `alarm:${name}`) };
  },
  aws_cloudwatch_dashboard: (attributes, context) => {
    const name = configured(attributes, 'dashboard_name');
    return { id: name, dashboard_arn: context.arn('cloudwatch', `dashboard/${name}`, true) };
  },
  aws_cloudwatch_event_rule: named('events', (name) => `rule/${name}`),
  aws_sns_topic: byArn('sns', (name) => name),
  aws_cloudwatch_event_target: (attributes, { hex }) => {
    const target = `terraform-${hex(26)}`;
    return { id: `${configured(attributes, 'rule')}-${target}`, target_id: target };
  },
  aws_sns_topic_policy: (attributes) => ({ id: configured(attributes, 'arn') }),
  aws_sns_topic_subscription: (attributes, { hex }) => {
    const arn = `${configured(attributes, 'topic_arn')}:${uuid(hex(32))}`;
    return { id: arn, arn };
  },
  aws_sqs_queue: (attributes, context) => {
    const name = nameOf(attributes, context);
    const url = `https://sqs.${context.region}.amazonaws.com/${context.accountId}/${name}`;
    return { id: url, url, name, arn: context.arn('sqs', name) };
  },

  aws_ssm_parameter: (attributes, context) => {
    const name = configured(attributes, 'name');
    return {
      id: name,
      arn: context.arn('ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`),
      version: 1,
      tier: 'Standard',
      data_type: 'text',
    };
  },
  aws_secretsmanager_secret: (attributes, context) => {
    const name = nameOf(attributes, context);
    const arn = context.arn('secretsmanager', `secret:${name}-${idLetters(context.hex(6))}`);
    return { id: arn, arn, name };
  },
  aws_secretsmanager_secret_version: (attributes, { hex }) => {
    const secret = configured(attributes, 'secret_id');
    const version = uuid(hex(32));
    return { id: `${secret}|${version}`, arn: secret, version_id: version, version_stages: ['AWSCURRENT'] };
  },
  aws_kms_key: (_, context) => {
    const id = uuid(context.hex(32));
    return { id, key_id: id, arn: context.arn('kms', `key/${id}`) };
  },
  aws_kms_alias: (attributes, context) => {
    const name = configured(attributes, 'name');
    return {
      id: name,
      arn: context.arn('kms', name),
      target_key_arn: configured(attributes, 'target_key_id'),
    };
  },
  aws_s3_bucket: bucket,
  aws_efs_file_system: (_, context) => {
    const id = `fs-0${context.hex(16)}`;
    const arn = context.arn('elasticfilesystem', `file-system/${id}`);
    return { id, arn, dns_name: `${id}.efs.${context.region}.amazonaws.com` };
  },
  aws_efs_access_point: (_, context) => {
    const id = `fsap-0${context.hex(16)}`;
    return { id, arn: context.arn('elasticfilesystem', `access-point/${id}`) };
  },
  aws_efs_mount_target: (_, { hex }) => ({ id: `fsmt-0${hex(16)}`, network_interface_id: `eni-0${hex(16)}` }),
  aws_service_discovery_http_namespace: (attributes, context) => {
    const id = `ns-${context.hex(16)}`;
    const name = configured(attributes, 'name');
    return { id, arn: context.arn('servicediscovery', `namespace/${id}`), http_name: name };
  },
  aws_wafv2_web_acl: (attributes, context) => {
    const id = uuid(context.hex(32));
    const name = nameOf(attributes, context);
    return { id, arn: context.arn('wafv2', `regional/webacl/${name}/${id}`), capacity: 0 };
  },
  aws_cloudfront_distribution: (_, context) => {
    const id = `E${context.hex(13).toUpperCase()}`;
    return {
      id,
      arn: `arn:aws:cloudfront::${context.accountId}:distribution/${id}`,
      domain_name: `d${context.hex(13)}.cloudfront.net`,
      // Of all distributions: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
      hosted_zone_id: 'Z2FDTNDATAQYW2',
    };
  },
  aws_autoscaling_policy: (attributes, context) => {
    const name = nameOf(attributes, context);
    const resource = `autoScalingGroupName/${configured(attributes, 'autoscaling_group_name')}:policyName/${name}`;
    return {
      id: name,
      name,
      arn: context.arn('autoscaling', `scalingPolicy:${uuid(context.hex(32))}:${resource}`),
    };
  },
  aws_budgets_budget: (attributes, context) => {
    const name = nameOf(attributes, context);
    return { id: `${context.accountId}:${name}`, name, arn: context.arn('budgets', `budget/${name}`, true) };
  },
  aws_autoscaling_group: (attributes, context) => {
    const name = nameOf(attributes, context);
    const resource = `autoScalingGroup:${uuid(context.hex(32))}:autoScalingGroupName/${name}`;
    return { id: name, name, arn: context.arn('autoscaling', resource) };
  },
  aws_codebuild_project: (attributes, context) => {
    const name = nameOf(attributes, context);
    const arn = context.arn('codebuild', `project/${name}`);
    return { id: arn, name, arn };
  },
  aws_codepipeline: (attributes, context) => {
    const name = nameOf(attributes, context);
    return { id: name, name, arn: context.arn('codepipeline', name) };
  },
  aws_codeconnections_connection: (_, context) => {
    const arn = context.arn('codeconnections', `connection/${uuid(context.hex(32))}`);
    return { id: arn, arn, connection_status: 'PENDING' };
  },
  aws_appautoscaling_target: (attributes, context) => ({
    id: configured(attributes, 'resource_id'),
    arn: context.arn('application-autoscaling', `scalable-target/${context.hex(24)}`),
  }),
  aws_appautoscaling_policy: (attributes, context) => {
    const name = configured(attributes, 'name');
    const resource = `${configured(attributes, 'service_namespace')}/${configured(attributes, 'resource_id')}`;
    const id = uuid(context.hex(32));
    return {
      id: name,
      arn: context.arn('autoscaling', `scalingPolicy:${id}:resource/${resource}:policyName/${name}`),
    };
  },
};
