import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { createClient, type ClientOptions } from './clients';

export interface AlarmState {
  name: string;
  state: string;
  /** CloudWatch's own words. */
  reason: string | undefined;
}

/** These alarms, as far as there are such. @throws where they may not be read. */
export async function readAlarmStates(
  options: ClientOptions,
  names: readonly string[],
): Promise<AlarmState[]> {
  const client = createClient(CloudWatchClient, options);
  try {
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName = '', StateValue = '', StateReason }) => ({
      name: AlarmName,
      state: StateValue,
      reason: StateReason || undefined,
    }));
  } finally {
    client.destroy();
  }
}
