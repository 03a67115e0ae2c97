import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { World } from '../world';

export function logGroupExists(world: World, name: string, region: string): Promise<boolean> {
  return world.read('logs:DescribeLogGroups', `${region} ${name}`, async () => {
    const { logGroups = [] } = await world
      .client(CloudWatchLogsClient, region)
      .send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
    // The prefix itself sorts before all that begins with it.
    return logGroups.some(({ logGroupName }) => logGroupName === name);
  });
}
