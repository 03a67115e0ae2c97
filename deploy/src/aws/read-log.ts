import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { createClient, type ClientOptions } from './clients';

/** The last lines of a log stream, oldest first. @throws where the stream is not there or may not be read. */
export async function readLogTail(
  options: ClientOptions,
  stream: { logGroupName: string; logStreamName: string },
  lines: number,
): Promise<string[]> {
  return withClient(options, (client) => tailOf(client, stream, lines));
}

/** As `readLogTail`, of the stream of the group that was written to last; empty where it has none. */
export async function readNewestTail(
  options: ClientOptions,
  logGroupName: string,
  lines: number,
): Promise<string[]> {
  return withClient(options, async (client) => {
    const { logStreams = [] } = await client.send(
      new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true, limit: 1 }),
    );
    const logStreamName = logStreams[0]?.logStreamName;
    return logStreamName === undefined ? [] : tailOf(client, { logGroupName, logStreamName }, lines);
  });
}

async function tailOf(
  client: CloudWatchLogsClient,
  stream: { logGroupName: string; logStreamName: string },
  lines: number,
): Promise<string[]> {
  const { events = [] } = await client.send(
    new GetLogEventsCommand({ ...stream, limit: lines, startFromHead: false }),
  );
  return events.slice(-lines).map(({ message = '' }) => message.replace(/\s+$/, ''));
}

async function withClient<T>(
  options: ClientOptions,
  read: (client: CloudWatchLogsClient) => Promise<T>,
): Promise<T> {
  const client = createClient(CloudWatchLogsClient, options);
  try {
    return await read(client);
  } finally {
    client.destroy();
  }
}
