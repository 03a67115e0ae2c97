import { requiredString, type ServiceOperations } from '../../api/operation';
import type { Store } from '../store';
import { policies } from './iam/policies';
import { noSuchEntity } from './iam/request';
import { roles } from './iam/roles';
import { simulation } from './iam/simulate';

/** IAM as far as ECS's roles and a deploy's checks need it. Nothing is enforced: who may do what is only written down. */
export function iam(store: Store, now: () => number): ServiceOperations {
  return { ...roles(store, now), ...policies(store), ...simulation(store), ...openIdProviders(store) };
}

function openIdProviders(store: Store): ServiceOperations {
  return {
    ListOpenIDConnectProviders: () => ({
      OpenIDConnectProviderList: [...store.openIdProviders.keys()].sort().map((Arn) => ({ Arn })),
    }),

    GetOpenIDConnectProvider: (input) => {
      const arn = requiredString(input, 'OpenIDConnectProviderArn');
      const found = store.openIdProviders.get(arn);
      if (found === undefined) {
        throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
      }
      return {
        Url: found.url,
        ClientIDList: found.clientIds,
        ThumbprintList: found.thumbprints,
        CreateDate: new Date(found.createdAt).toISOString(),
        Tags: store.tags.pairsOf(arn),
      };
    },
  };
}
