import type { Action, ForwardAction, RuleSettings } from './balancer-types';
import { BalancerError } from './balancer-types';
import { conditionsHold, type RequestFacts } from './conditions';
import { WeightedSplit } from './weights';

/** Actions in force, with the state that splits requests among their target groups. */
export class ActiveActions {
  private readonly split: WeightedSplit | undefined;

  /** @param where names the rule or listener in errors. */
  constructor(
    readonly actions: readonly Action[],
    where: string,
  ) {
    const last = actions.at(-1);
    if (last === undefined) {
      throw new BalancerError(
        'InvalidConfiguration',
        `${where} has no action; give it forward, redirect or fixed-response.`,
      );
    }
    for (const { arn, weight } of forwardsOf(actions)) {
      if (Number.isInteger(weight) && weight >= 0 && weight <= 999) continue;
      throw new BalancerError(
        'InvalidConfiguration',
        `${where} forwards to ${arn} with weight ${weight}; it must be 0 to 999.`,
      );
    }
    this.split = last.type === 'forward' ? new WeightedSplit(last.targetGroups) : undefined;
  }

  /** The one that ends a request; the ones before it would authenticate, which a rehearsal does not. */
  get last(): Action {
    return this.actions.at(-1) as Action;
  }

  /** ARN of the target group that takes the next request of a forward action. */
  nextTargetGroup(): string | undefined {
    return this.split?.next();
  }
}

/** The groups that actions forward to, with their weights. */
export function forwardsOf(actions: readonly Action[]): ForwardAction['targetGroups'] {
  return actions.flatMap((action) => (action.type === 'forward' ? action.targetGroups : []));
}

interface Rule {
  settings: RuleSettings;
  active: ActiveActions;
}

/** The rules of one listener. */
export class RuleTable {
  private default: ActiveActions;
  private sorted: Rule[] = [];

  constructor(
    private readonly listenerArn: string,
    defaultActions: readonly Action[],
  ) {
    this.default = new ActiveActions(defaultActions, listenerArn);
  }

  get defaultActions(): readonly Action[] {
    return this.default.actions;
  }

  get rules(): readonly RuleSettings[] {
    return this.sorted.map(({ settings }) => settings);
  }

  setDefault(actions: readonly Action[]): void {
    this.default = new ActiveActions(actions, this.listenerArn);
  }

  /** Adds a rule or replaces the one of the same ARN. */
  put(settings: RuleSettings): void {
    const others = this.sorted.filter((rule) => rule.settings.arn !== settings.arn);
    const holder = others.find((rule) => rule.settings.priority === settings.priority);
    if (holder !== undefined) {
      throw new BalancerError(
        'PriorityInUse',
        `Priority ${settings.priority} is taken by ${holder.settings.arn} on ${this.listenerArn}.`,
      );
    }
    const rule = { settings, active: new ActiveActions(settings.actions, settings.arn) };
    this.sorted = [...others, rule].sort((a, b) => a.settings.priority - b.settings.priority);
  }

  remove(arn: string): void {
    this.sorted = this.sorted.filter((rule) => rule.settings.arn !== arn);
  }

  /** What is to be done with a request. */
  find(facts: RequestFacts): ActiveActions {
    return (
      this.sorted.find(({ settings }) => conditionsHold(settings.conditions, facts))?.active ?? this.default
    );
  }
}
