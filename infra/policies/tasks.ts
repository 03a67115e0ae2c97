import type { Arns } from '../arns';
import { actions, policy, type Statement } from './policy';

export interface ExecutionAccess {
  readonly arns: Arns;
  readonly repositoryArn: string;
  readonly logGroup: string;
  readonly envFileBucketArn: string | undefined;
  /** `/project/environment`: secrets and parameters below it may be read. */
  readonly path: string;
}

/** What ECS does for a task before its containers run: pull, read secrets, open log streams. */
export function executionPolicy(access: ExecutionAccess): string {
  const { arns, repositoryArn, logGroup, path, envFileBucketArn } = access;
  const services = ['ssm', 'secretsmanager', ...(envFileBucketArn === undefined ? [] : ['s3'])].map(
    (service) => `${service}.${arns.region}.amazonaws.com`,
  );
  return policy([
    { Sid: 'Login', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Sid: 'Pull',
      Effect: 'Allow',
      Action: actions('ecr', ['BatchCheckLayerAvailability', 'GetDownloadUrlForLayer', 'BatchGetImage']),
      Resource: repositoryArn,
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: actions('logs', ['CreateLogStream', 'PutLogEvents']),
      Resource: `${arns.logGroup(logGroup)}:*`,
    },
    {
      Sid: 'Parameters',
      Effect: 'Allow',
      Action: 'ssm:GetParameters',
      Resource: arns.parameter(`${path}/*`),
    },
    // A secret's name begins without a slash: project/environment/name.
    {
      Sid: 'Secrets',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: arns.secret(`${path.slice(1)}/*`),
    },
    ...(envFileBucketArn === undefined
      ? []
      : [
          {
            Sid: 'EnvFiles',
            Effect: 'Allow',
            Action: 's3:GetObject',
            Resource: `${envFileBucketArn}/*`,
          } as const,
          {
            Sid: 'EnvFileBucket',
            Effect: 'Allow',
            Action: 's3:GetBucketLocation',
            Resource: envFileBucketArn,
          } as const,
        ]),
    {
      Sid: 'Decrypt',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: arns.regional('kms', 'key/*'),
      Condition: { StringEquals: { 'kms:ViaService': services } },
    },
  ]);
}

/** What a task's own role may do. */
export interface TaskAccess {
  /** Whether `aws ecs execute-command` may open a shell, and where its sessions are written. */
  readonly exec:
    { readonly logGroupArn: string | undefined; readonly keyArn: string | undefined } | undefined;
  readonly files: { readonly fileSystemArn: string; readonly accessPointArn: string } | undefined;
}

/** @returns undefined where it may do nothing. */
export function taskPolicy({ exec, files }: TaskAccess): string | undefined {
  const statements: Statement[] = [];
  if (exec !== undefined) {
    // Its channels take no resource.
    statements.push({
      Sid: 'Exec',
      Effect: 'Allow',
      Action: actions('ssmmessages', [
        'CreateControlChannel',
        'CreateDataChannel',
        'OpenControlChannel',
        'OpenDataChannel',
      ]),
      Resource: '*',
    });
  }
  if (exec?.logGroupArn !== undefined) {
    statements.push(
      { Sid: 'ExecLogGroups', Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: '*' },
      {
        Sid: 'ExecLogs',
        Effect: 'Allow',
        Action: actions('logs', ['CreateLogStream', 'DescribeLogStreams', 'PutLogEvents']),
        Resource: [exec.logGroupArn, `${exec.logGroupArn}:*`],
      },
    );
  }
  if (exec?.keyArn !== undefined) {
    // The key of the cluster's exec settings encrypts what goes through the channel.
    statements.push({ Sid: 'ExecKey', Effect: 'Allow', Action: 'kms:Decrypt', Resource: exec.keyArn });
  }
  if (files !== undefined) {
    statements.push({
      Sid: 'Files',
      Effect: 'Allow',
      Action: actions('elasticfilesystem', ['ClientMount', 'ClientWrite']),
      Resource: files.fileSystemArn,
      Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': files.accessPointArn } },
    });
  }
  return statements.length === 0 ? undefined : policy(statements);
}

/**
 * What ECS needs to shift traffic: as AWS's AmazonECSInfrastructureRolePolicyForLoadBalancers, but on this
 * environment's own target groups, listeners and rules.
 */
export function loadBalancerPolicy(own: {
  targetGroupArns: readonly string[];
  listenerArns: readonly string[];
  ruleArns: readonly string[];
}): string {
  const balancing = (list: readonly string[]) => actions('elasticloadbalancing', list);
  return policy([
    {
      Sid: 'Read',
      Effect: 'Allow',
      Action: balancing([
        'DescribeListeners',
        'DescribeRules',
        'DescribeTargetGroups',
        'DescribeTargetHealth',
      ]),
      Resource: '*',
    },
    {
      Sid: 'Targets',
      Effect: 'Allow',
      Action: balancing(['RegisterTargets', 'DeregisterTargets']),
      Resource: own.targetGroupArns,
    },
    { Sid: 'Listeners', Effect: 'Allow', Action: balancing(['ModifyListener']), Resource: own.listenerArns },
    { Sid: 'Rules', Effect: 'Allow', Action: balancing(['ModifyRule']), Resource: own.ruleArns },
  ]);
}
