import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type FilteredLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import { createClient, type ClientOptions } from './clients';
import { isException } from './ecs';

export interface LogStream {
  logGroupName: string;
  logStreamName: string;
}

export interface LogEntry {
  at: Date | undefined;
  line: string;
}

/** Reads one stream from its beginning on; each call gives what came since the last. */
export class LogTail {
  private readonly client: CloudWatchLogsClient;
  private token: string | undefined;

  constructor(
    options: ClientOptions,
    private readonly stream: LogStream,
  ) {
    this.client = createClient(CloudWatchLogsClient, options);
  }

  /** Oldest first; nothing as long as the stream is not there: it comes with the first line. */
  async read(): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for (;;) {
      const page = await this.page();
      if (page === undefined) return entries;
      for (const { timestamp, message = '' } of page.events ?? [])
        entries.push({ at: dateOf(timestamp), line: withoutEnd(message) });
      const next = page.nextForwardToken;
      // The last page gives the token that it was asked with.
      if (next === undefined || next === this.token) return entries;
      this.token = next;
    }
  }

  close(): void {
    this.client.destroy();
  }

  private async page() {
    const position = this.token === undefined ? { startFromHead: true } : { nextToken: this.token };
    try {
      return await this.client.send(new GetLogEventsCommand({ ...this.stream, ...position }));
    } catch (error) {
      if (isException(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }
}

export interface LogSearch {
  logGroupName: string;
  logStreamNamePrefix?: string;
  logStreamNames?: readonly string[];
  /** Milliseconds since 1970. */
  startTime: number;
  filterPattern?: string | undefined;
}

/** Events of many streams, page by page, in order of time within a page. @throws where the group is not there. */
export class LogSearcher {
  private readonly client: CloudWatchLogsClient;

  constructor(options: ClientOptions) {
    this.client = createClient(CloudWatchLogsClient, options);
  }

  async *pages({ logStreamNames, ...search }: LogSearch): AsyncGenerator<FilteredLogEvent[]> {
    let nextToken: string | undefined;
    do {
      const page = await this.client.send(
        new FilterLogEventsCommand({
          ...search,
          ...(logStreamNames === undefined ? {} : { logStreamNames: [...logStreamNames] }),
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      yield page.events ?? [];
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  close(): void {
    this.client.destroy();
  }
}

export function dateOf(timestamp: number | undefined): Date | undefined {
  return timestamp === undefined ? undefined : new Date(timestamp);
}

export const withoutEnd = (message: string) => message.replace(/[\r\n]+$/, '');
