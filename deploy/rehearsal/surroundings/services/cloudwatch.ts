import { ApiError, list, optionalString, requiredString, type ServiceOperations } from '../../api/operation';
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
  };
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
