import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import type { Policy, Store } from '../../store';
import { sortedBy } from '../page';
import { managedPolicy } from './managed-policies';
import { alreadyExists, checkDocument, encoded, noSuchEntity, paged } from './request';

/** Customer managed policies, and AWS's own to read. One version each: a new default replaces the text. */
export function policies(store: Store): ServiceOperations {
  const policy = (input: Message): Policy & { path?: string } => {
    const arn = requiredString(input, 'PolicyArn');
    const found = store.policies.get(arn) ?? managedPolicy(arn);
    if (found === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
    return found;
  };
  const users = (arn: string) => [...store.roles.values()].filter(({ attached }) => attached.has(arn));
  const written = ({ arn, name, path }: Policy & { path?: string }): Message => ({
    PolicyName: name,
    PolicyId: `ANPA${Buffer.from(name).toString('hex').toUpperCase().padEnd(17, 'A').slice(0, 17)}`,
    Arn: arn,
    Path: path ?? pathOf(arn),
    DefaultVersionId: 'v1',
    AttachmentCount: users(arn).length,
    IsAttachable: true,
    CreateDate: new Date(0).toISOString(),
    UpdateDate: new Date(0).toISOString(),
    Tags: store.tags.pairsOf(arn),
  });
  return {
    CreatePolicy: (input) => {
      const name = requiredString(input, 'PolicyName');
      const arn = store.arn('iam', `policy${optionalString(input, 'Path') ?? '/'}${name}`);
      if (store.policies.has(arn)) throw alreadyExists(`A policy called ${name}`);
      const entry = { arn, name, document: checkDocument(requiredString(input, 'PolicyDocument')) };
      store.policies.set(arn, entry);
      store.tags.add(arn, input.Tags);
      return { Policy: written(entry) };
    },

    GetPolicy: (input) => ({ Policy: written(policy(input)) }),

    ListPolicies: (input) => {
      const scope = optionalString(input, 'Scope') ?? 'All';
      const own = scope === 'AWS' ? [] : [...store.policies.values()];
      const attached = new Set([...store.roles.values()].flatMap((role) => [...role.attached]));
      const aws = scope === 'Local' ? [] : [...attached].flatMap((arn) => managedPolicy(arn) ?? []);
      const found = sortedBy([...own, ...aws], ({ arn }) => arn);
      return paged('Policies', found.map(written), (entry) => String(entry.Arn), input);
    },

    GetPolicyVersion: (input) => ({
      PolicyVersion: {
        Document: encoded(policy(input).document),
        VersionId: 'v1',
        IsDefaultVersion: true,
        CreateDate: new Date(0).toISOString(),
      },
    }),

    ListPolicyVersions: (input) => {
      policy(input);
      return { Versions: [{ VersionId: 'v1', IsDefaultVersion: true }], IsTruncated: false };
    },

    CreatePolicyVersion: (input) => {
      const found = policy(input);
      const document = checkDocument(requiredString(input, 'PolicyDocument'));
      store.policies.set(found.arn, { arn: found.arn, name: found.name, document });
      return { PolicyVersion: { VersionId: 'v1', IsDefaultVersion: true } };
    },

    DeletePolicy: (input) => {
      const { arn } = policy(input);
      if (users(arn).length > 0) {
        throw new ApiError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
      }
      store.policies.delete(arn);
      store.tags.drop(arn);
      return {};
    },

    TagPolicy: (input) => {
      store.tags.add(policy(input).arn, input.Tags);
      return {};
    },

    UntagPolicy: (input) => {
      store.tags.remove(policy(input).arn, list(input, 'TagKeys'));
      return {};
    },
  };
}

/** `arn:aws:iam::account:policy/some/path/name` -> `/some/path/`. */
function pathOf(arn: string): string {
  const full = arn.slice(arn.indexOf(':policy/') + ':policy'.length);
  return full.slice(0, full.lastIndexOf('/') + 1);
}
