import { at, every, list, type Rule } from './rule';

export const computeRules: readonly Rule[] = [
  every(
    'aws_ecs_cluster',
    {
      id: 'container-insights',
      checks: 'ECS.12, CKV_AWS_65, AVD-AWS-0034',
      says: 'Clusters have Container Insights',
    },
    (cluster) => ['enabled', 'enhanced'].includes(String(at(cluster, 'setting.value'))),
  ),
  every(
    'aws_ecs_cluster',
    { id: 'exec-logged', checks: 'CKV_AWS_223', says: 'What is typed in exec sessions is logged' },
    (cluster) => at(cluster, 'configuration.execute_command_configuration.logging') === 'OVERRIDE',
  ),
  every(
    'aws_ecs_cluster',
    {
      id: 'exec-encrypted',
      checks: 'CKV_AWS_224',
      says: 'Exec sessions and their log have a key of our own',
    },
    (cluster) => at(cluster, 'configuration.execute_command_configuration.kms_key_id') !== undefined,
  ),
  every(
    'aws_ecs_capacity_provider',
    {
      id: 'termination-protection',
      checks: 'ECS.19',
      says: 'An instance that carries tasks is not taken away',
    },
    (provider) =>
      at(provider, 'auto_scaling_group_provider.managed_termination_protection') === 'ENABLED' &&
      at(provider, 'auto_scaling_group_provider.managed_scaling.status') === 'ENABLED',
  ),
  every(
    'aws_launch_template',
    {
      id: 'instance-metadata',
      checks: 'EC2.8, EC2.170, CKV_AWS_79, CKV_AWS_341, AVD-AWS-0130',
      says: 'Instance metadata takes version 2 alone, and is not reached from containers',
    },
    (template) =>
      at(template, 'metadata_options.http_tokens') === 'required' &&
      at(template, 'metadata_options.http_put_response_hop_limit') === 1,
  ),
  every(
    'aws_launch_template',
    {
      id: 'disks-encrypted',
      checks: 'EC2.3, CKV_AWS_8, AVD-AWS-0008',
      says: 'Disks of instances are encrypted',
    },
    (template) =>
      list(template, 'block_device_mappings').length > 0 &&
      list(template, 'block_device_mappings').every(
        ({ ebs }) => (ebs as { encrypted?: unknown } | undefined)?.encrypted === 'true',
      ),
  ),
  every(
    'aws_launch_template',
    {
      id: 'no-public-instances',
      checks: 'EC2.9, EC2.25, AVD-AWS-0009',
      says: 'Instances have no public address',
    },
    (template) => at(template, 'network_interfaces.associate_public_ip_address') === 'false',
  ),
  every(
    'aws_launch_template',
    { id: 'no-ssh', checks: 'ours', says: 'Instances have no SSH key: Session Manager opens shells' },
    ({ values }) => values.key_name === undefined,
  ),
  every(
    'aws_autoscaling_group',
    {
      id: 'group-in-two-zones',
      checks: 'AutoScaling.2, AutoScaling.9, CKV_AWS_153, CKV_AWS_315',
      says: 'Groups of instances span two zones, come from a launch template, and are tagged',
    },
    (group) =>
      list(group, 'vpc_zone_identifier').length >= 2 &&
      at(group, 'launch_template.id') !== undefined &&
      list(group, 'tag').length > 0,
  ),
  every(
    'aws_codebuild_project',
    { id: 'builds-unprivileged', checks: 'CodeBuild.5, CKV_AWS_316', says: 'Builds run without privileges' },
    (project) => at(project, 'environment.privileged_mode') !== true,
  ),
  every(
    'aws_codebuild_project',
    {
      id: 'builds-logged',
      checks: 'CodeBuild.4, CKV_AWS_314',
      says: 'What a build says is logged',
    },
    (project) => at(project, 'logs_config.cloudwatch_logs.group_name') !== undefined,
  ),
  every(
    'aws_codebuild_project',
    {
      id: 'no-secret-in-plain-text',
      checks: 'CodeBuild.2',
      says: 'No variable of a build that is written in plain text is a credential',
    },
    (project) =>
      !list(project, 'environment.environment_variable').some(
        ({ name, type }) => type === 'PLAINTEXT' && /KEY|SECRET|TOKEN|PASSWORD/.test(String(name)),
      ),
  ),
];
