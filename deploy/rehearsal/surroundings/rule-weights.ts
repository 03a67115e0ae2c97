import type { BalancerSync } from './balancer-sync';
import type { Action, Listener, Store } from './store';
import type { ListenerRule, WeightedTargetGroup } from './surroundings';

/** Hears of actions that ECS gave a rule (or a listener) of the store. */
export type RuleChanged = (change: { arn: string; isListener: boolean; actions: readonly Action[] }) => void;

/** Where the rules of the store send requests, and a way to change it. Listeners stand for their default rule. */
export class RuleWeights {
  constructor(
    private readonly store: Store,
    private readonly sync: BalancerSync,
    private readonly changed: RuleChanged = () => undefined,
  ) {}

  find(arn: string): ListenerRule | undefined {
    const owner = this.owner(arn);
    if (owner === undefined) return undefined;
    return {
      arn,
      listenerArn: owner.listener.arn,
      loadBalancerArn: owner.listener.loadBalancerArn,
      targetGroups: forwardOf(owner.actions)?.targetGroups.map(weighted) ?? [],
    };
  }

  /** @throws Error where there is no such rule, or it does not forward. */
  set(arn: string, weights: readonly WeightedTargetGroup[]): void {
    const owner = this.owner(arn);
    if (owner === undefined) throw new Error(`there is no listener rule ${arn}`);
    const forward = forwardOf(owner.actions);
    if (forward === undefined) throw new Error(`the listener rule ${arn} forwards to no target group`);
    const targetGroups = withWeights(forward.targetGroups.map(weighted), weights);
    const changed: Action = {
      ...forward,
      targetGroups: targetGroups.map(({ targetGroupArn, weight }) => ({ arn: targetGroupArn, weight })),
    };
    const actions = owner.actions.map((action) => (action === forward ? changed : action));
    this.sync.setActions(owner.arn, actions);
    this.changed({ arn: owner.arn, isListener: owner.arn === owner.listener.arn, actions });
  }

  /** By the ARN of a rule, of a listener's default rule, or of the listener. */
  private owner(arn: string): { arn: string; listener: Listener; actions: readonly Action[] } | undefined {
    const rule = this.store.rules.get(arn);
    const listener =
      rule === undefined ? this.store.listenerOfDefaultRule(arn) : this.store.listeners.get(rule.listenerArn);
    if (listener === undefined) return undefined;
    return rule === undefined
      ? { arn: listener.arn, listener, actions: listener.defaultActions }
      : { arn, listener, actions: rule.actions };
  }
}

/** Groups with new weights: those that are not given keep their place with a weight of 0, new ones come last. */
export function withWeights(
  before: readonly WeightedTargetGroup[],
  weights: readonly WeightedTargetGroup[],
): WeightedTargetGroup[] {
  const given = new Map(weights.map(({ targetGroupArn, weight }) => [targetGroupArn, weight]));
  const arns = new Set([...before.map(({ targetGroupArn }) => targetGroupArn), ...given.keys()]);
  return [...arns].map((targetGroupArn) => ({ targetGroupArn, weight: given.get(targetGroupArn) ?? 0 }));
}

const forwardOf = (actions: readonly Action[]) => actions.find(({ type }) => type === 'forward');

const weighted = ({ arn, weight }: { arn: string; weight: number }): WeightedTargetGroup => ({
  targetGroupArn: arn,
  weight,
});
