import type { Message } from '../../api/operation';
import type { Store } from '../store';
import type { MotoClient } from './client';
import { copyLoadBalancing } from './copy-load-balancing';
import { members, textOf } from './parse-xml';

type Copy = (store: Store, moto: MotoClient) => Promise<void>;

/** Which operations change what is copied. All others change something that ECS need not know. */
export const changes: Readonly<Record<string, RegExp>> = {
  elasticloadbalancing: /^(Create|Delete|Modify|Set|Register|Deregister)/,
  iam: /^(Create|Delete|Update)\w*Role(Policy)?$/,
  ec2: /^(Create|Delete|Modify)(Default)?(Subnet|Vpc)/,
  logs: /(LogGroup|RetentionPolicy)$/,
  ssm: /^(Put|Delete|Label|Unlabel)Parameter/,
  secretsmanager: /^(?!Describe|Get|List)/,
  ecr: /Repository$|ImageTagMutability$/,
  monitoring: /Alarm/,
};

/** Copies of what ECS and the balancer must know at once, by the service that it is asked of. */
export const copies: Readonly<Record<string, Copy>> = {
  elasticloadbalancing: copyLoadBalancing,

  async iam(store, moto) {
    const roles = members((await moto.query('iam', '2010-05-08', 'ListRoles', { MaxItems: '1000' })).Roles);
    store.roles.clear();
    for (const entry of roles) {
      const name = textOf(entry, 'RoleName');
      store.roles.set(name, {
        name,
        arn: textOf(entry, 'Arn'),
        path: textOf(entry, 'Path'),
        id: textOf(entry, 'RoleId'),
        assumeRolePolicy: decodeURIComponent(textOf(entry, 'AssumeRolePolicyDocument')),
        maxSessionDuration: 3600,
        createdAt: Date.parse(textOf(entry, 'CreateDate')),
        inline: new Map(),
        attached: new Set(),
      });
    }
  },

  async ec2(store, moto) {
    const subnets = members((await moto.query('ec2', '2016-11-15', 'DescribeSubnets')).subnetSet);
    store.subnets.clear();
    for (const entry of subnets) store.subnets.set(textOf(entry, 'subnetId'), entry);
  },

  async logs(store, moto) {
    const groups = await moto.jsonList('logs', 'DescribeLogGroups', 'logGroups');
    store.logGroups.clear();
    for (const entry of groups) {
      const name = String(entry.logGroupName);
      store.logGroups.set(name, {
        name,
        arn: String(entry.arn).replace(/:\*$/, ''),
        retentionInDays: entry.retentionInDays as number | undefined,
        createdAt: Number(entry.creationTime),
      });
    }
  },

  async ssm(store, moto) {
    const parameters = await moto.jsonList('ssm', 'GetParametersByPath', 'Parameters', {
      Path: '/',
      Recursive: true,
      WithDecryption: true,
    });
    store.parameters.clear();
    for (const entry of parameters) keepParameter(store, entry);
  },

  async secretsmanager(store, moto) {
    const secrets = await moto.jsonList('secretsmanager', 'ListSecrets', 'SecretList');
    const values = await Promise.all(
      secrets.map((entry) =>
        moto.json('secretsmanager', 'GetSecretValue', { SecretId: entry.ARN }).catch((): Message => ({})),
      ),
    );
    store.secrets.clear();
    for (const [index, entry] of secrets.entries()) {
      const { SecretString, VersionId } = values[index] ?? {};
      const version = {
        id: String(VersionId),
        value: String(SecretString),
        stages: ['AWSCURRENT'],
        createdAt: 0,
      };
      store.secrets.set(String(entry.Name), {
        name: String(entry.Name),
        arn: String(entry.ARN),
        description: undefined,
        versions: SecretString === undefined ? [] : [version],
        createdAt: 0,
      });
    }
  },

  async ecr(store, moto) {
    const repositories = await moto.jsonList('ecr', 'DescribeRepositories', 'repositories');
    store.repositories.clear();
    for (const entry of repositories) {
      const name = String(entry.repositoryName);
      store.repositories.set(name, {
        name,
        arn: String(entry.repositoryArn),
        uri: String(entry.repositoryUri),
        tagMutability: String(entry.imageTagMutability),
        createdAt: Number(entry.createdAt) * 1000,
      });
    }
  },

  async monitoring(store, moto) {
    const answer = await moto.query('monitoring', '2010-08-01', 'DescribeAlarms');
    store.alarms.clear();
    for (const entry of members(answer.MetricAlarms)) {
      const name = textOf(entry, 'AlarmName');
      const state = textOf(entry, 'StateValue');
      store.alarms.set(name, {
        name,
        arn: textOf(entry, 'AlarmArn'),
        state: state === 'OK' || state === 'ALARM' ? state : 'INSUFFICIENT_DATA',
        reason: textOf(entry, 'StateReason'),
        updatedAt: 0,
        details: {},
      });
    }
  },
};

/** Copies these alone: to list every parameter takes moto long, since it holds AWS's own as well. */
export async function copyParameters(
  store: Store,
  moto: MotoClient,
  names: readonly string[],
): Promise<void> {
  const { Parameters } = await moto.json('ssm', 'GetParameters', { Names: names, WithDecryption: true });
  for (const name of names) store.parameters.delete(name);
  for (const entry of Parameters as Message[]) keepParameter(store, entry);
}

function keepParameter(store: Store, entry: Message): void {
  const name = String(entry.Name);
  store.parameters.set(name, {
    name,
    arn: String(entry.ARN),
    type: String(entry.Type),
    value: String(entry.Value),
    version: Number(entry.Version),
    lastModified: Number(entry.LastModifiedDate) * 1000,
  });
}
