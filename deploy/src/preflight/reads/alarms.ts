import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { World } from '../world';

/** State by name of those alarms that there are. */
export function readAlarms(world: World, names: readonly string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(names)].sort();
  return world.read('cloudwatch:DescribeAlarms', wanted.join(), async () => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await world
      .client(CloudWatchClient)
      .send(new DescribeAlarmsCommand({ AlarmNames: wanted, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }));
    return new Map(
      [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName = '', StateValue = '' }) => [
        AlarmName,
        StateValue,
      ]),
    );
  });
}
