import {
  ApiError,
  list,
  optionalString,
  optionalText,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../api/operation';
import type { Alarm, Store } from '../store';
import { numberOr, page, sortedBy } from './page';

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/** CloudWatch alarms. No metric moves them: they change by SetAlarmState alone. */
export function cloudWatch(store: Store, now: () => number): ServiceOperations {
  return {
    DescribeAlarms: (input) => {
      const names = list(input, 'AlarmNames');
      const prefix = optionalString(input, 'AlarmNamePrefix') ?? '';
      const state = optionalString(input, 'StateValue');
      const alarms = sortedBy(store.alarms.values(), (alarm) => alarm.name).filter(
        (alarm) =>
          (names.length === 0 || names.includes(alarm.name)) &&
          alarm.name.startsWith(prefix) &&
          (state === undefined || alarm.state === state),
      );
      const size = numberOr(input.MaxRecords, 50, { max: 100 });
      const { entries, next } = page(alarms, (alarm) => alarm.name, size, input.NextToken);
      return { MetricAlarms: entries.map(written), CompositeAlarms: [], NextToken: next };
    },

    SetAlarmState: (input) => {
      const name = requiredString(input, 'AlarmName');
      const alarm = store.alarms.get(name);
      if (alarm === undefined) throw new ApiError('ResourceNotFound', `Alarm ${name} does not exist`, 404);
      const state = states.find((known) => known === input.StateValue);
      if (state === undefined) {
        throw new ApiError('InvalidParameterValue', `StateValue must be one of ${states.join(', ')}`);
      }
      store.alarms.set(name, {
        ...alarm,
        state,
        reason: requiredString(input, 'StateReason'),
        updatedAt: now(),
      });
      return {};
    },

    PutMetricAlarm: (input) => {
      const name = requiredString(input, 'AlarmName');
      const before = store.alarms.get(name);
      const arn = store.arn('cloudwatch', `alarm:${name}`);
      store.alarms.set(name, {
        name,
        arn,
        state: before?.state ?? 'INSUFFICIENT_DATA',
        reason: before?.reason ?? 'Unchecked: Initial alarm creation',
        updatedAt: before?.updatedAt ?? now(),
        details: detailsOf(input),
      });
      store.tags.add(arn, input.Tags);
      return {};
    },

    DeleteAlarms: (input) => {
      const names = list(input, 'AlarmNames');
      const unknown = names.filter((name) => !store.alarms.has(name));
      if (unknown.length > 0)
        throw new ApiError('ResourceNotFound', `Alarms not found: ${unknown.join(', ')}`, 404);
      for (const name of names) {
        store.tags.drop(store.alarms.get(name)?.arn ?? '');
        store.alarms.delete(name);
      }
      return {};
    },

    EnableAlarmActions: (input) => switchActions(store, list(input, 'AlarmNames'), true),
    DisableAlarmActions: (input) => switchActions(store, list(input, 'AlarmNames'), false),

    // Nobody reads metrics here; a client that sends some need not know.
    PutMetricData: () => ({}),

    ListTagsForResource: (input) => ({ Tags: store.tags.pairsOf(requiredString(input, 'ResourceARN')) }),

    TagResource: (input) => {
      store.tags.add(requiredString(input, 'ResourceARN'), input.Tags);
      return {};
    },

    UntagResource: (input) => {
      store.tags.remove(requiredString(input, 'ResourceARN'), list(input, 'TagKeys'));
      return {};
    },
  };
}

function switchActions(store: Store, names: readonly string[], ActionsEnabled: boolean): Message {
  for (const name of names) {
    const alarm = store.alarms.get(name);
    if (alarm) store.alarms.set(name, { ...alarm, details: { ...alarm.details, ActionsEnabled } });
  }
  return {};
}

const texts = [
  'AlarmDescription',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Unit',
  'ComparisonOperator',
  'TreatMissingData',
] as const;
const numbers = ['Period', 'EvaluationPeriods', 'DatapointsToAlarm', 'Threshold'] as const;
const lists = ['OKActions', 'AlarmActions', 'InsufficientDataActions', 'Dimensions', 'Metrics'] as const;

/** An alarm's own settings. Query sends numbers as text. */
function detailsOf(input: Message): Message {
  const details: Message = { ActionsEnabled: optionalText(input, 'ActionsEnabled') !== 'false' };
  for (const name of texts) details[name] = optionalString(input, name);
  for (const name of numbers) details[name] = input[name] === undefined ? undefined : Number(input[name]);
  for (const name of lists) details[name] = list(input, name);
  return details;
}

function written(alarm: Alarm) {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: new Date(alarm.updatedAt),
    ...alarm.details,
  };
}
