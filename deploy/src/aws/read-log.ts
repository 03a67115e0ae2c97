import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { createClient, type ClientOptions } from './clients';

/** The last lines of a log stream, oldest first. @throws where the stream is not there or may not be read. */
export async function readLogTail(
  options: ClientOptions,
  stream: { logGroupName: string; logStreamName: string },
  lines: number,
): Promise<string[]> {
  const client = createClient(CloudWatchLogsClient, options);
  try {
    const { events = [] } = await client.send(
      new GetLogEventsCommand({ ...stream, limit: lines, startFromHead: false }),
    );
    return events.slice(-lines).map(({ message = '' }) => message.replace(/\s+$/, ''));
  } finally {
    client.destroy();
  }
}
