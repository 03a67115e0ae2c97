import { list, type ServiceOperations } from '../../api/operation';
import type { Balancer } from '../../balancer/balancer-types';
import type { Store } from '../store';
import { listeners } from './elbv2/listeners';
import { loadBalancers } from './elbv2/load-balancers';
import { notFound, type Elbv2Context } from './elbv2/request';
import { rules } from './elbv2/rules';
import { targetGroups } from './elbv2/target-groups';
import { targets } from './elbv2/targets';

/**
 * ELBv2 over the store and the balancer: what is there is in the store, targets and their health are the balancer's.
 * An answer comes once the balancer does what it says.
 */
export function elbv2(context: Elbv2Context, balancer: Balancer): ServiceOperations {
  return {
    ...loadBalancers(context),
    ...listeners(context),
    ...rules(context),
    ...targetGroups(context),
    ...targets(context.store, balancer),
    ...tagging(context.store),
  };
}

function tagging(store: Store): ServiceOperations {
  const known = (arn: string) => {
    const { loadBalancers: balancers, listeners: heard, rules: ruled, targetGroups: groups } = store;
    if ([balancers, heard, ruled, groups].some((table) => table.has(arn))) return arn;
    if (arn.includes(':loadbalancer/')) throw notFound('LoadBalancerNotFound', 'load balancers');
    if (arn.includes(':targetgroup/')) throw notFound('TargetGroupNotFound', 'target groups');
    if (arn.includes(':listener/')) throw notFound('ListenerNotFound', 'listeners');
    if (store.listenerOfDefaultRule(arn) !== undefined) return arn;
    throw notFound('RuleNotFound', 'rules');
  };
  return {
    AddTags: (input) => {
      for (const arn of list(input, 'ResourceArns').map(known)) store.tags.add(arn, input.Tags);
      return {};
    },

    RemoveTags: (input) => {
      for (const arn of list(input, 'ResourceArns').map(known))
        store.tags.remove(arn, list(input, 'TagKeys'));
      return {};
    },

    DescribeTags: (input) => ({
      TagDescriptions: list(input, 'ResourceArns').map((arn) => ({
        ResourceArn: known(arn),
        Tags: store.tags.pairsOf(arn),
      })),
    }),
  };
}
