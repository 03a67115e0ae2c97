import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../api/operation';
import type { LogEvent, LogStore } from '../log-store';
import type { Store } from '../store';
import { filterPattern } from './log-filter';
import { numberOr, page, sortedBy } from './page';

const notFound = (what: string) =>
  new ApiError('ResourceNotFoundException', `The specified ${what} does not exist.`);

/** CloudWatch Logs: groups, streams and events, with the tokens of AWS (the last one repeats). */
export function logs(store: Store, logStore: LogStore, now: () => number): ServiceOperations {
  const group = (input: Message) => {
    const name =
      optionalString(input, 'logGroupName') ?? groupOfArn(requiredString(input, 'logGroupIdentifier'));
    if (!store.logGroups.has(name)) throw notFound('log group');
    return name;
  };
  const stream = (input: Message, groupName: string) => {
    const name = requiredString(input, 'logStreamName');
    if (!logStore.hasStream(groupName, name)) throw notFound('log stream');
    return name;
  };
  return {
    CreateLogGroup: (input) => {
      const name = requiredString(input, 'logGroupName');
      if (store.logGroups.has(name)) {
        throw new ApiError('ResourceAlreadyExistsException', 'The specified log group already exists');
      }
      store.logGroups.set(name, {
        name,
        arn: store.arn('logs', `log-group:${name}`),
        retentionInDays: undefined,
        createdAt: now(),
      });
      store.tags.add(groupArn(store, name), input.tags);
      return {};
    },

    DeleteLogGroup: (input) => {
      const name = group(input);
      store.logGroups.delete(name);
      store.tags.drop(groupArn(store, name));
      logStore.removeGroup(name);
      return {};
    },

    PutRetentionPolicy: (input) => {
      setRetention(store, group(input), Number(input.retentionInDays));
      return {};
    },

    DeleteRetentionPolicy: (input) => {
      setRetention(store, group(input), undefined);
      return {};
    },

    ListTagsForResource: (input) => ({ tags: store.tags.of(arnOf(input)) }),

    TagResource: (input) => {
      store.tags.add(arnOf(input), input.tags);
      return {};
    },

    UntagResource: (input) => {
      store.tags.remove(arnOf(input), list(input, 'tagKeys'));
      return {};
    },

    DescribeLogGroups: (input) => {
      const prefix = optionalString(input, 'logGroupNamePrefix') ?? '';
      const pattern = optionalString(input, 'logGroupNamePattern') ?? '';
      const groups = sortedBy(store.logGroups.values(), (entry) => entry.name).filter(
        ({ name }) => name.startsWith(prefix) && name.includes(pattern),
      );
      const size = numberOr(input.limit, 50, { max: 50 });
      const { entries, next } = page(
        groups,
        (entry) => entry.name,
        size,
        input.nextToken,
        'InvalidParameterException',
      );
      return {
        logGroups: entries.map((entry) => ({
          logGroupName: entry.name,
          creationTime: entry.createdAt,
          retentionInDays: entry.retentionInDays,
          metricFilterCount: 0,
          arn: `${entry.arn}:*`,
          logGroupArn: entry.arn,
          storedBytes: 0,
          logGroupClass: 'STANDARD',
        })),
        nextToken: next,
      };
    },

    CreateLogStream: (input) => {
      if (!logStore.createStream(group(input), requiredString(input, 'logStreamName'), now())) {
        throw new ApiError('ResourceAlreadyExistsException', 'The specified log stream already exists');
      }
      return {};
    },

    DeleteLogStream: (input) => {
      const groupName = group(input);
      logStore.removeStream(groupName, stream(input, groupName));
      return {};
    },

    DescribeLogStreams: (input) => {
      const groupName = group(input);
      const prefix = optionalString(input, 'logStreamNamePrefix') ?? '';
      const byTime = input.orderBy === 'LastEventTime';
      const key = (entry: { name: string; last: LogEvent | undefined }) =>
        byTime ? String(entry.last?.timestamp ?? 0).padStart(16, '0') + entry.name : entry.name;
      const streams = sortedBy(logStore.streams(groupName), key).filter(({ name }) =>
        name.startsWith(prefix),
      );
      if (input.descending === true) streams.reverse();
      const size = numberOr(input.limit, 50, { max: 50 });
      const token = input.nextToken;
      const offset = typeof token === 'string' ? Number(Buffer.from(token, 'base64').toString()) || 0 : 0;
      const end = offset + size;
      return {
        logStreams: streams.slice(offset, end).map((entry) => ({
          logStreamName: entry.name,
          creationTime: entry.createdAt,
          firstEventTimestamp: entry.first?.timestamp,
          lastEventTimestamp: entry.last?.timestamp,
          lastIngestionTime: entry.last?.ingestionTime,
          uploadSequenceToken: '49039859603643263610000000000000000000000000000000000000',
          arn: store.arn('logs', `log-group:${groupName}:log-stream:${entry.name}`),
          storedBytes: 0,
        })),
        nextToken: end < streams.length ? Buffer.from(String(end)).toString('base64') : undefined,
      };
    },

    PutLogEvents: (input) => {
      const groupName = group(input);
      const events = list<{ timestamp: number; message: string }>(input, 'logEvents');
      logStore.put(groupName, stream(input, groupName), events, now());
      return { nextSequenceToken: '49039859603643263610000000000000000000000000000000000000' };
    },

    GetLogEvents: (input) => {
      const groupName = group(input);
      const name = stream(input, groupName);
      const limit = numberOr(input.limit, 10_000, { max: 10_000 });
      const accepts = within(input);
      const token = optionalString(input, 'nextToken');
      const parsed = token === undefined ? undefined : /^([fb])\/(\d{56})\/s$/.exec(token);
      if (parsed === null)
        throw new ApiError('InvalidParameterException', 'The specified nextToken is invalid.');
      const position = parsed === undefined ? undefined : Number(parsed[2]);
      const forward = parsed === undefined ? input.startFromHead === true : parsed[1] === 'f';
      const read = forward
        ? logStore.forward(groupName, name, position ?? 0, limit, accepts)
        : logStore.backward(groupName, name, position, limit, accepts);
      return {
        events: read.events,
        nextForwardToken: `f/${String(read.end).padStart(56, '0')}/s`,
        nextBackwardToken: `b/${String(read.start).padStart(56, '0')}/s`,
      };
    },

    FilterLogEvents: (input) => {
      const groupName = group(input);
      const names = new Set(list(input, 'logStreamNames'));
      const prefix = optionalString(input, 'logStreamNamePrefix') ?? '';
      const matches = filterPattern(optionalString(input, 'filterPattern') ?? '');
      const accepts = within(input);
      const entries = logStore
        .all(groupName, (name) => name.startsWith(prefix) && (names.size === 0 || names.has(name)))
        .filter(({ event }) => accepts(event) && matches(event.message))
        .map(({ stream: logStreamName, position, event }) => ({
          logStreamName,
          ...event,
          eventId: String(event.timestamp).padStart(20, '0') + String(position).padStart(36, '0'),
        }));
      const key = (entry: { eventId: string; logStreamName: string }) =>
        `${entry.eventId} ${entry.logStreamName}`;
      const size = numberOr(input.limit, 10_000, { max: 10_000 });
      const result = page(sortedBy(entries, key), key, size, input.nextToken, 'InvalidParameterException');
      return { events: result.entries, searchedLogStreams: [], nextToken: result.next };
    },
  };
}

const groupArn = (store: Store, name: string) => store.arn('logs', `log-group:${name}`);

/** Tags belong to the group; its ARN may come with `:*`. */
const arnOf = (input: Message) => requiredString(input, 'resourceArn').replace(/:\*$/, '');

function setRetention(store: Store, name: string, retentionInDays: number | undefined): void {
  const entry = store.logGroups.get(name);
  if (entry !== undefined) store.logGroups.set(name, { ...entry, retentionInDays });
}

function within(input: Message): (event: LogEvent) => boolean {
  const start = typeof input.startTime === 'number' ? input.startTime : -Infinity;
  const end = typeof input.endTime === 'number' ? input.endTime : Infinity;
  return (event) => event.timestamp >= start && event.timestamp < end;
}

/** `arn:aws:logs:region:account:log-group:/name[:*]`, or a plain name. */
function groupOfArn(identifier: string): string {
  return /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;
}
