import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { dateOf, withoutEnd, type LogSearcher } from '../aws/log-events';
import type { LogSource } from './log-source';

/** A line of one container of one task. */
export interface TaskLine {
  id: string;
  at: Date | undefined;
  timestamp: number;
  task: string;
  container: string;
  line: string;
}

/** Streams that one request may name. */
const STREAMS = 100;

export interface LogQuery {
  searcher: LogSearcher;
  source: LogSource;
  /** Ids; undefined for every task that ever wrote there. */
  tasks: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  since: number;
  filterPattern: string | undefined;
}

/** What one container of many tasks wrote since then, page by page. */
export async function* readLines(query: LogQuery): AsyncGenerator<TaskLine[]> {
  const { searcher, source, tasks, since, filterPattern } = query;
  const { logGroupName, streamPrefix } = source;
  const common = { logGroupName, startTime: since, filterPattern };
  const of = (events: readonly FilteredLogEvent[]) => events.map((event) => lineOf(event, source));
  if (tasks === undefined) {
    for await (const events of searcher.pages({ ...common, logStreamNamePrefix: streamPrefix }))
      yield of(events);
    return;
  }
  for (let start = 0; start < tasks.length; start += STREAMS) {
    const logStreamNames = tasks.slice(start, start + STREAMS).map((id) => streamPrefix + id);
    for await (const events of searcher.pages({ ...common, logStreamNames })) yield of(events);
  }
}

function lineOf(event: FilteredLogEvent, source: LogSource): TaskLine {
  const { eventId = '', timestamp = 0, message = '', logStreamName = '' } = event;
  return {
    id: `${source.container} ${logStreamName} ${eventId}`,
    at: dateOf(event.timestamp),
    timestamp,
    task: logStreamName.slice(logStreamName.lastIndexOf('/') + 1),
    container: source.container,
    line: withoutEnd(message),
  };
}
