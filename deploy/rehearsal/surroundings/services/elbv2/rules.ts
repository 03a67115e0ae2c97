import { ApiError, list, requiredString, type Message, type ServiceOperations } from '../../../api/operation';
import { defaultRuleArn, type Listener, type Rule, type Store } from '../../store';
import { sortedBy } from '../page';
import { readActions, writtenAction } from './actions';
import { readCondition, writtenCondition } from './conditions';
import { invalid, notFound, optionalNumber, resourceId, type Elbv2Context } from './request';

const missing = () => notFound('RuleNotFound', 'rules');

/** The rules of listeners. A listener's own rule, for what no other takes, is read like the others. */
export function rules({ store, now, settle }: Elbv2Context): ServiceOperations {
  const known = (arn: string) => {
    if (!store.targetGroups.has(arn)) throw notFound('TargetGroupNotFound', 'target groups');
  };
  const listener = (input: Message) => {
    const found = store.listeners.get(requiredString(input, 'ListenerArn'));
    if (found === undefined) throw notFound('ListenerNotFound', 'listeners');
    return found;
  };
  const free = (listenerArn: string, priority: number, own: readonly string[] = []) => {
    const holder = [...store.rules.values()].find(
      (rule) =>
        rule.listenerArn === listenerArn && rule.priority === String(priority) && !own.includes(rule.arn),
    );
    if (holder !== undefined) {
      throw new ApiError('PriorityInUse', `Priority '${priority}' is currently in use`);
    }
  };
  return {
    CreateRule: async (input) => {
      const { arn: listenerArn } = listener(input);
      const priority = priorityOf(input);
      free(listenerArn, priority);
      const conditions = conditionsOf(input);
      const actions = readActions(input, 'Actions', known);
      if (actions === undefined) throw invalid('You must specify at least one action');
      const entry: Rule = {
        arn: `${listenerArn.replace(':listener/', ':listener-rule/')}/${resourceId(listenerArn, priority, now())}`,
        listenerArn,
        priority: String(priority),
        conditions,
        actions,
      };
      store.rules.set(entry.arn, entry);
      store.tags.add(entry.arn, input.Tags);
      await settle();
      return { Rules: [writtenRule(entry)] };
    },

    DescribeRules: (input) => {
      const arns = list(input, 'RuleArns');
      const of = input.ListenerArn === undefined ? undefined : listener(input).arn;
      const all = allRules(store);
      if (arns.some((arn) => !all.some((rule) => rule.arn === arn))) throw missing();
      const wanted = all.filter(
        (rule) =>
          (of === undefined || rule.listenerArn === of) && (arns.length === 0 || arns.includes(rule.arn)),
      );
      return { Rules: wanted.map(writtenRule) };
    },

    ModifyRule: async (input) => {
      const arn = requiredString(input, 'RuleArn');
      const rule = allRules(store).find((one) => one.arn === arn);
      if (rule === undefined) throw missing();
      const actions = readActions(input, 'Actions', known) ?? rule.actions;
      const changed = {
        ...rule,
        actions,
        conditions: input.Conditions === undefined ? rule.conditions : conditionsOf(input),
      };
      const owner = store.rules.has(arn) ? undefined : store.listenerOfDefaultRule(arn);
      if (owner === undefined) store.rules.set(arn, changed);
      else if (input.Conditions !== undefined) {
        throw new ApiError('OperationNotPermitted', `Default rule '${arn}' cannot be modified`);
      } else store.listeners.set(owner.arn, { ...owner, defaultActions: actions });
      await settle();
      return { Rules: [writtenRule(changed)] };
    },

    DeleteRule: async (input) => {
      const arn = requiredString(input, 'RuleArn');
      if (!store.rules.has(arn)) {
        if (store.listenerOfDefaultRule(arn) === undefined) throw missing();
        throw new ApiError('OperationNotPermitted', `Default rule '${arn}' cannot be deleted`);
      }
      store.rules.delete(arn);
      store.tags.drop(arn);
      await settle();
      return {};
    },

    SetRulePriorities: async (input) => {
      const wanted = list<Message>(input, 'RulePriorities').map((pair) => ({
        rule: store.rules.get(requiredString(pair, 'RuleArn')),
        priority: priorityOf(pair),
      }));
      const moved = wanted.map(({ rule, priority }) => {
        if (rule === undefined) throw missing();
        return { ...rule, priority: String(priority) };
      });
      const arns = moved.map(({ arn }) => arn);
      for (const { listenerArn, priority } of moved) free(listenerArn, Number(priority), arns);
      for (const rule of moved) store.rules.set(rule.arn, rule);
      await settle();
      return { Rules: moved.map(writtenRule) };
    },
  };
}

function priorityOf(input: Message): number {
  const priority = optionalNumber(input, 'Priority');
  if (priority !== undefined && priority >= 1 && priority <= 50_000) return priority;
  throw invalid(`Priority '${String(input.Priority)}' must be between 1 and 50000`);
}

function conditionsOf(input: Message): Rule['conditions'] {
  const conditions = list<Message>(input, 'Conditions').map(readCondition);
  if (conditions.length === 0) throw invalid('A condition must be specified');
  return conditions;
}

/** Every listener has a rule of its own for what no other rule takes. */
function allRules(store: Store): Rule[] {
  const defaults = [...store.listeners.values()].map((listener: Listener): Rule => ({
    arn: defaultRuleArn(listener),
    listenerArn: listener.arn,
    priority: 'default',
    conditions: [],
    actions: listener.defaultActions,
  }));
  const rank = (rule: Rule) => (rule.priority === 'default' ? '999999' : rule.priority.padStart(6, '0'));
  return sortedBy([...store.rules.values(), ...defaults], rank);
}

function writtenRule(rule: Rule): Message {
  return {
    RuleArn: rule.arn,
    Priority: rule.priority,
    IsDefault: rule.priority === 'default',
    Conditions: rule.conditions.map(writtenCondition),
    Actions: rule.actions.map(writtenAction),
  };
}
