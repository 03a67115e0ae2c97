import { createHash } from 'node:crypto';
import { ApiError, optionalString, requiredString, type ServiceOperations } from '../../api/operation';
import type { Store } from '../store';
import { numberOr, page, sortedBy } from './page';

/** Cloud Map as far as a namespace for Service Connect needs it. No names are resolved. */
export function serviceDiscovery(store: Store, now: () => number): ServiceOperations {
  const namespace = (id: string) => {
    const found = store.namespaces.get(id.slice(id.lastIndexOf('/') + 1));
    if (found === undefined)
      throw new ApiError('NamespaceNotFound', `Namespace with id "${id}" does not exist.`);
    return found;
  };
  const operationId = (seed: string) => createHash('sha256').update(seed).digest('hex').slice(0, 32);
  const operations = new Map<string, string>();
  const done = (seed: string, id: string) => {
    const OperationId = operationId(seed);
    operations.set(OperationId, id);
    return { OperationId };
  };
  return {
    CreateHttpNamespace: (input) => {
      const Name = requiredString(input, 'Name');
      if ([...store.namespaces.values()].some((entry) => entry.Name === Name)) {
        throw new ApiError('NamespaceAlreadyExists', `Namespace with name "${Name}" already exists.`);
      }
      const id = `ns-${createHash('sha256').update(Name).digest('hex').slice(0, 16)}`;
      const Arn = store.arn('servicediscovery', `namespace/${id}`);
      store.namespaces.set(id, {
        Id: id,
        Arn,
        Name,
        Type: 'HTTP',
        Description: optionalString(input, 'Description'),
        ServiceCount: 0,
        Properties: { HttpProperties: { HttpName: Name } },
        CreateDate: now() / 1000,
      });
      store.tags.add(Arn, input.Tags);
      return done(`create ${id}`, id);
    },

    GetOperation: (input) => {
      const id = requiredString(input, 'OperationId');
      const target = operations.get(id);
      if (target === undefined) throw new ApiError('OperationNotFound', `Operation ${id} does not exist.`);
      return { Operation: { Id: id, Status: 'SUCCESS', Targets: { NAMESPACE: target } } };
    },

    GetNamespace: (input) => ({ Namespace: namespace(requiredString(input, 'Id')) }),

    ListNamespaces: (input) => {
      const sorted = sortedBy(store.namespaces.values(), ({ Id }) => String(Id));
      const size = numberOr(input.MaxResults, 100, { max: 100 });
      const { entries, next } = page(sorted, ({ Id }) => String(Id), size, input.NextToken, 'InvalidInput');
      return { Namespaces: entries, NextToken: next };
    },

    DeleteNamespace: (input) => {
      const id = String(namespace(requiredString(input, 'Id')).Id);
      store.namespaces.delete(id);
      return done(`delete ${id}`, id);
    },

    ListTagsForResource: (input) => ({ Tags: store.tags.pairsOf(requiredString(input, 'ResourceARN')) }),
  };
}
