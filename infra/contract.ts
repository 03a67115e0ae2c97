import { createHash } from 'node:crypto';

/**
 * What infrastructure promises to apps: the only list of outputs. Terraform outputs, SSM parameters and
 * `app/ecs/contract.json` all come from it (`npm run generate`).
 */
export const contract = {
  /** One value an environment. */
  environment: {
    environment: { type: 'string', description: 'Name of the environment' },
    region: { type: 'string', description: 'AWS region' },
    account_id: { type: 'string', description: 'AWS account' },
    vpc_id: { type: 'string', description: 'VPC' },
    public_subnet_ids: {
      type: 'list(string)',
      description: 'Subnets with a route to the internet gateway, one a zone',
    },
    private_subnet_ids: { type: 'list(string)', description: 'Subnets without one, one a zone' },
    task_subnet_ids: { type: 'list(string)', description: 'Subnets that tasks run in' },
    assign_public_ip: {
      type: 'string',
      description: 'ENABLED where tasks run in public subnets, else DISABLED',
    },
    cluster_name: { type: 'string', description: 'ECS cluster' },
    cluster_arn: { type: 'string', description: 'ARN of the ECS cluster' },
    load_balancer_role_arn: {
      type: 'string',
      description: 'Role with which ECS shifts traffic between target groups',
    },
    load_balancer_dns_name: { type: 'string', description: "The load balancer's own host name" },
    capacity_provider_names: { type: 'list(string)', description: 'Capacity providers of the cluster' },
    build_role_arn: { type: 'string', description: 'Role of the workflow that builds and pushes images' },
    notification_topic_arn: { type: 'string', description: 'SNS topic of alarms and failed deployments' },
    isolated_subnet_ids: {
      type: 'list(string)',
      description:
        'Subnets without any route out of the VPC, one a zone; network.isolatedTier switches them on',
      optional: true,
    },
    env_file_bucket_arn: {
      type: 'string',
      description: 'ARN of the bucket for env files; storage.envFiles switches it on',
      optional: true,
    },
    file_system_id: {
      type: 'string',
      description: 'EFS file system; storage.fileSystem switches it on',
      optional: true,
    },
    file_system_access_point_id: {
      type: 'string',
      description: 'Access point of the file system; storage.fileSystem switches it on',
      optional: true,
    },
    service_connect_namespace_arn: {
      type: 'string',
      description: 'Namespace in which services find each other; cluster.serviceConnect names it',
      optional: true,
    },
  },
  /** One value a service of an environment. */
  service: {
    service_name: { type: 'string', description: 'ECS service' },
    task_definition_family: { type: 'string', description: 'Family of its task definitions' },
    repository_url: { type: 'string', description: 'ECR repository, as images are named' },
    repository_arn: { type: 'string', description: 'ARN of the ECR repository' },
    task_execution_role_arn: {
      type: 'string',
      description: 'Role with which ECS pulls the image, reads secrets and writes logs',
    },
    task_role_arn: { type: 'string', description: 'Role of the application itself' },
    service_security_group_id: {
      type: 'string',
      description: 'Security group of the tasks; only the load balancer reaches them',
    },
    target_group_arn: { type: 'string', description: 'Target group that serves' },
    alternate_target_group_arn: { type: 'string', description: 'The other target group, for blue/green' },
    production_listener_rule_arn: { type: 'string', description: 'Listener rule for everybody' },
    test_listener_rule_arn: {
      type: 'string',
      description: 'Listener rule for a look at what is not released yet',
    },
    service_url: { type: 'string', description: 'Where the service answers' },
    log_group_name: { type: 'string', description: 'CloudWatch log group of the containers' },
    alarm_names: { type: 'list(string)', description: 'Alarms that may stop a deployment' },
    deploy_role_arn: { type: 'string', description: 'Role of the workflow that deploys' },
    deploy_plan_role_arn: {
      type: 'string',
      description: 'Role of the workflow that shows what a deploy would change; reads only',
    },
    container_port: { type: 'number', description: 'Port that the container listens on' },
    health_check_path: { type: 'string', description: 'Path that the load balancer asks' },
  },
} as const satisfies Contract;

export type OutputType = 'string' | 'number' | 'bool' | 'list(string)';

export interface OutputPromise {
  readonly type: OutputType;
  /** Its meaning, in a line. */
  readonly description: string;
  /** There only where a setting switches it on. */
  readonly optional?: true;
}

export type Scope = Readonly<Record<string, OutputPromise>>;

export interface Contract {
  readonly environment: Scope;
  readonly service: Scope;
}

interface TypeScriptTypes {
  string: string;
  number: number;
  bool: boolean;
  'list(string)': readonly string[];
}

type OptionalNames<S extends Scope> = {
  [K in keyof S]: S[K] extends { optional: true } ? K : never;
}[keyof S];

/** Values of a scope: TypeScript refuses one that is missing, one too many, and one of the wrong type. */
export type OutputsOf<S extends Scope> = {
  readonly [K in Exclude<keyof S, OptionalNames<S>>]: TypeScriptTypes[S[K]['type']];
} & { readonly [K in OptionalNames<S>]?: TypeScriptTypes[S[K]['type']] };

export type EnvironmentOutputs = OutputsOf<(typeof contract)['environment']>;
export type ServiceOutputs = OutputsOf<(typeof contract)['service']>;

export const CONTRACT_VERSION = 1;

/** First 16 hex digits of the SHA-256 over the sorted lines `scope.name type`; descriptions do not count. */
export function contractHash(list: Contract = contract): string {
  const lines = (['environment', 'service'] as const).flatMap((scope) =>
    Object.entries<OutputPromise>(list[scope]).map(
      ([name, promise]) => `${scope}.${name} ${promise.type}${promise.optional ? ' optional' : ''}`,
    ),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16);
}

/** Text of `app/ecs/contract.json`. */
export function contractDocument(list: Contract = contract): string {
  return `${JSON.stringify({ version: CONTRACT_VERSION, hash: contractHash(list), ...list }, null, 2)}\n`;
}
