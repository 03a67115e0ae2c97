import type { Store } from '../store';
import { blocks, number, text, texts } from './attributes';
import type { Mapping, Mappings } from './mapping';

const role: Mapping = {
  put(attributes, store, { now }) {
    const name = text(attributes, 'name');
    const before = store.roles.get(name);
    store.roles.set(name, {
      name,
      arn: text(attributes, 'arn'),
      path: text(attributes, 'path') || '/',
      id: text(attributes, 'unique_id'),
      assumeRolePolicy: text(attributes, 'assume_role_policy'),
      maxSessionDuration: number(attributes, 'max_session_duration', 3600),
      createdAt: before?.createdAt ?? now,
      inline: before?.inline ?? new Map<string, string>(),
      attached: before?.attached ?? new Set<string>(),
    });
    const kept = store.roles.get(name);
    for (const policy of blocks(attributes, 'inline_policy'))
      kept?.inline.set(text(policy, 'name'), text(policy, 'policy'));
    for (const arn of texts(attributes, 'managed_policy_arns')) kept?.attached.add(arn);
  },
  remove: (attributes, store) => void store.roles.delete(text(attributes, 'name')),
};

const inlinePolicy: Mapping = {
  put: (attributes, store, { now }) => {
    roleNamed(store, text(attributes, 'role'), now).inline.set(
      text(attributes, 'name'),
      text(attributes, 'policy'),
    );
  },
  remove: (attributes, store) => {
    store.roles.get(text(attributes, 'role'))?.inline.delete(text(attributes, 'name'));
  },
};

const attachment: Mapping = {
  put: (attributes, store, { now }) => {
    roleNamed(store, text(attributes, 'role'), now).attached.add(text(attributes, 'policy_arn'));
  },
  remove: (attributes, store) => {
    store.roles.get(text(attributes, 'role'))?.attached.delete(text(attributes, 'policy_arn'));
  },
};

const policy: Mapping = {
  put(attributes, store) {
    const arn = text(attributes, 'arn');
    store.policies.set(arn, { arn, name: text(attributes, 'name'), document: text(attributes, 'policy') });
  },
  remove: (attributes, store) => void store.policies.delete(text(attributes, 'arn')),
};

const openIdProvider: Mapping = {
  put(attributes, store, { now }) {
    const arn = text(attributes, 'arn');
    store.openIdProviders.set(arn, {
      arn,
      url: text(attributes, 'url').replace(/^https:\/\//, ''),
      clientIds: texts(attributes, 'client_id_list'),
      thumbprints: texts(attributes, 'thumbprint_list'),
      createdAt: store.openIdProviders.get(arn)?.createdAt ?? now,
    });
  },
  remove: (attributes, store) => void store.openIdProviders.delete(text(attributes, 'arn')),
};

/** A policy may come before its role; the role then fills in what is missing here. */
function roleNamed(store: Store, name: string, now: number) {
  const role = store.roles.get(name) ?? {
    name,
    arn: store.arn('iam', `role/${name}`),
    path: '/',
    id: '',
    assumeRolePolicy: '',
    maxSessionDuration: 3600,
    createdAt: now,
    inline: new Map<string, string>(),
    attached: new Set<string>(),
  };
  store.roles.set(name, role);
  return role;
}

export const identity: Mappings = {
  aws_iam_role: role,
  aws_iam_role_policy: inlinePolicy,
  aws_iam_role_policy_attachment: attachment,
  aws_iam_policy: policy,
  aws_iam_openid_connect_provider: openIdProvider,
};
