import { createHash } from 'node:crypto';
import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import type { Role, Store } from '../../store';
import { sortedBy } from '../page';
import { alreadyExists, checkDocument, encoded, noSuchEntity, paged } from './request';

/** Roles with their inline and attached policies. */
export function roles(store: Store, now: () => number): ServiceOperations {
  const role = (input: Message) => {
    const name = requiredString(input, 'RoleName');
    const found = store.roles.get(name);
    if (found === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
    return found;
  };
  const written = (entry: Role) => writtenRole(entry, store);
  return {
    CreateRole: (input) => {
      const name = requiredString(input, 'RoleName');
      if (store.roles.has(name)) throw alreadyExists(`Role with name ${name}`);
      const path = optionalString(input, 'Path') ?? '/';
      const entry: Role = {
        name,
        arn: store.arn('iam', `role${path}${name}`),
        path,
        id: `AROA${idText(name)}`,
        assumeRolePolicy: checkDocument(requiredString(input, 'AssumeRolePolicyDocument')),
        maxSessionDuration: Number(input.MaxSessionDuration ?? 3600),
        createdAt: now(),
        inline: new Map(),
        attached: new Set(),
      };
      store.roles.set(name, entry);
      store.tags.add(entry.arn, input.Tags);
      return { Role: written(entry) };
    },

    CreateServiceLinkedRole: (input) => {
      const service = requiredString(input, 'AWSServiceName');
      const known = /^([a-z0-9.-]+)\.amazonaws\.com$/.exec(service)?.[1] ?? service;
      const name = `AWSServiceRoleFor${{ ecs: 'ECS', elasticloadbalancing: 'ElasticLoadBalancing' }[known] ?? known}`;
      const path = `/aws-service-role/${service}/`;
      return {
        Role: {
          Path: path,
          RoleName: name,
          RoleId: `AROA${idText(name)}`,
          Arn: store.arn('iam', `role${path}${name}`),
          CreateDate: new Date(now()).toISOString(),
        },
      };
    },

    GetRole: (input) => ({ Role: written(role(input)) }),

    ListRoles: (input) => {
      const prefix = optionalString(input, 'PathPrefix') ?? '/';
      const found = sortedBy(store.roles.values(), ({ name }) => name).filter(({ path }) =>
        path.startsWith(prefix),
      );
      return paged('Roles', found.map(written), (entry) => String(entry.RoleName), input);
    },

    UpdateAssumeRolePolicy: (input) => {
      role(input).assumeRolePolicy = checkDocument(requiredString(input, 'PolicyDocument'));
      return {};
    },

    UpdateRole: (input) => {
      const found = role(input);
      found.maxSessionDuration = Number(input.MaxSessionDuration ?? found.maxSessionDuration);
      return {};
    },

    DeleteRole: (input) => {
      const { name, arn, inline, attached } = role(input);
      if (inline.size > 0) {
        throw new ApiError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
      }
      if (attached.size > 0) {
        throw new ApiError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
      }
      store.roles.delete(name);
      store.tags.drop(arn);
      return {};
    },

    PutRolePolicy: (input) => {
      const document = checkDocument(requiredString(input, 'PolicyDocument'));
      role(input).inline.set(requiredString(input, 'PolicyName'), document);
      return {};
    },

    GetRolePolicy: (input) => {
      const { name, inline } = role(input);
      const policyName = requiredString(input, 'PolicyName');
      const document = inline.get(policyName);
      if (document === undefined)
        throw noSuchEntity(`The role policy with name ${policyName} cannot be found.`);
      return { RoleName: name, PolicyName: policyName, PolicyDocument: encoded(document) };
    },

    DeleteRolePolicy: (input) => {
      const policyName = requiredString(input, 'PolicyName');
      if (!role(input).inline.delete(policyName)) {
        throw noSuchEntity(`The role policy with name ${policyName} cannot be found.`);
      }
      return {};
    },

    ListRolePolicies: (input) =>
      paged('PolicyNames', [...role(input).inline.keys()].sort(), (name) => name, input),

    AttachRolePolicy: (input) => {
      const arn = requiredString(input, 'PolicyArn');
      if (!/:iam::aws:policy\//.test(arn) && !store.policies.has(arn)) {
        throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
      }
      role(input).attached.add(arn);
      return {};
    },

    DetachRolePolicy: (input) => {
      const arn = requiredString(input, 'PolicyArn');
      if (!role(input).attached.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
      return {};
    },

    ListAttachedRolePolicies: (input) => {
      const policies = [...role(input).attached].sort().map((arn) => ({
        PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
        PolicyArn: arn,
      }));
      return paged('AttachedPolicies', policies, ({ PolicyArn }) => PolicyArn, input);
    },

    ListInstanceProfilesForRole: (input) => {
      role(input);
      return { InstanceProfiles: [], IsTruncated: false };
    },

    TagRole: (input) => {
      store.tags.add(role(input).arn, input.Tags);
      return {};
    },

    UntagRole: (input) => {
      store.tags.remove(role(input).arn, list(input, 'TagKeys'));
      return {};
    },

    ListRoleTags: (input) => ({ Tags: store.tags.pairsOf(role(input).arn), IsTruncated: false }),
  };
}

/** Seventeen characters as IAM's ids have them. */
function idText(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex').slice(0, 17);
  return [...hex].map((digit) => 'ABCDEFGHIJKLMNOP'[parseInt(digit, 16)]).join('');
}

function writtenRole(role: Role, store: Store): Message {
  const tags = store.tags.pairsOf(role.arn);
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt).toISOString(),
    AssumeRolePolicyDocument: encoded(role.assumeRolePolicy),
    MaxSessionDuration: role.maxSessionDuration,
    Tags: tags.length === 0 ? undefined : tags,
  };
}
