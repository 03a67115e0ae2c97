import { ApiError, requiredString, type Message, type ServiceOperations } from '../../api/operation';
import type { Role, Store } from '../store';
import { numberOr, page, sortedBy } from './page';

const notFound = (what: string) => new ApiError('NoSuchEntity', `The ${what} cannot be found.`, 404);

/** Documents are percent-encoded in IAM's answers. */
const encoded = (document: string) => encodeURIComponent(document);

/** IAM as far as a deploy's checks read it: roles and their policies. Nothing is changed here. */
export function iam(store: Store): ServiceOperations {
  const role = (input: Message) => {
    const name = requiredString(input, 'RoleName');
    const found = store.roles.get(name);
    if (found === undefined) throw notFound(`role with name ${name}`);
    return found;
  };
  const policy = (input: Message) => {
    const arn = requiredString(input, 'PolicyArn');
    const found = store.policies.get(arn);
    if (found === undefined) throw new ApiError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
    return found;
  };
  const paged = <T>(name: string, entries: readonly T[], key: (entry: T) => string, input: Message) => {
    const result = page(
      entries,
      key,
      numberOr(input.MaxItems, 100, { max: 1000 }),
      input.Marker,
      'InvalidInput',
    );
    return { [name]: result.entries, IsTruncated: result.next !== undefined, Marker: result.next };
  };
  return {
    GetRole: (input) => ({ Role: written(role(input)) }),

    ListRoles: (input) => {
      const roles = sortedBy(store.roles.values(), ({ name }) => name).map(written);
      return paged('Roles', roles, (entry) => String(entry.RoleName), input);
    },

    GetRolePolicy: (input) => {
      const { name, inline } = role(input);
      const policyName = requiredString(input, 'PolicyName');
      const document = inline.get(policyName);
      if (document === undefined) throw notFound(`role policy with name ${policyName}`);
      return { RoleName: name, PolicyName: policyName, PolicyDocument: encoded(document) };
    },

    ListRolePolicies: (input) =>
      paged('PolicyNames', [...role(input).inline.keys()].sort(), (name) => name, input),

    ListAttachedRolePolicies: (input) => {
      const policies = [...role(input).attached].sort().map((arn) => ({
        PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
        PolicyArn: arn,
      }));
      return paged('AttachedPolicies', policies, ({ PolicyArn }) => PolicyArn, input);
    },

    GetPolicy: (input) => {
      const { arn, name } = policy(input);
      return {
        Policy: { PolicyName: name, Arn: arn, Path: '/', DefaultVersionId: 'v1', IsAttachable: true },
      };
    },

    GetPolicyVersion: (input) => ({
      PolicyVersion: { Document: encoded(policy(input).document), VersionId: 'v1', IsDefaultVersion: true },
    }),
  };
}

function written(role: Role): Message {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt).toISOString(),
    AssumeRolePolicyDocument: encoded(role.assumeRolePolicy),
    MaxSessionDuration: role.maxSessionDuration,
  };
}
