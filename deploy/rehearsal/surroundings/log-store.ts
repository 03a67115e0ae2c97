export interface LogEvent {
  timestamp: number;
  ingestionTime: number;
  message: string;
}

export interface LogStream {
  createdAt: number;
  events: LogEvent[];
  /** Events that are no longer kept; positions count them. */
  dropped: number;
}

/** A page of one stream. Positions count from the stream's first event ever. */
export interface LogPage {
  events: readonly LogEvent[];
  /** Position of the first event of the page. */
  start: number;
  /** Position after the last event that was looked at. */
  end: number;
}

const KEPT = 20_000;

/** Log streams and their events, by the name of the group. */
export class LogStore {
  private readonly groups = new Map<string, Map<string, LogStream>>();

  /** Makes a stream; false where it is there already. */
  createStream(group: string, stream: string, now: number): boolean {
    const streams = this.groups.get(group) ?? new Map<string, LogStream>();
    this.groups.set(group, streams);
    if (streams.has(stream)) return false;
    streams.set(stream, { createdAt: now, events: [], dropped: 0 });
    return true;
  }

  hasStream(group: string, stream: string): boolean {
    return this.groups.get(group)?.has(stream) ?? false;
  }

  put(
    group: string,
    stream: string,
    events: readonly { timestamp: number; message: string }[],
    now: number,
  ): void {
    this.createStream(group, stream, now);
    const kept = this.groups.get(group)?.get(stream);
    if (kept === undefined) return;
    for (const { timestamp, message } of events)
      kept.events.push({ timestamp: Math.floor(timestamp), message, ingestionTime: Math.floor(now) });
    if (kept.events.length > KEPT)
      kept.dropped += kept.events.splice(0, kept.events.length - KEPT / 2).length;
  }

  removeGroup(group: string): void {
    this.groups.delete(group);
  }

  removeStream(group: string, stream: string): void {
    this.groups.get(group)?.delete(stream);
  }

  streams(
    group: string,
  ): { name: string; createdAt: number; first: LogEvent | undefined; last: LogEvent | undefined }[] {
    return [...(this.groups.get(group) ?? [])].map(([name, stream]) => ({
      name,
      createdAt: stream.createdAt,
      first: stream.events[0],
      last: stream.events.at(-1),
    }));
  }

  /** At most `limit` events at or after the position that `accepts` lets through. */
  forward(
    group: string,
    stream: string,
    from: number,
    limit: number,
    accepts: (event: LogEvent) => boolean,
  ): LogPage {
    const { events, dropped } = this.stream(group, stream);
    const found: LogEvent[] = [];
    let at = Math.max(0, from - dropped);
    for (; at < events.length && found.length < limit; at += 1) {
      const event = events[at] as LogEvent;
      if (accepts(event)) found.push(event);
    }
    return { events: found, start: from, end: Math.max(from, at + dropped) };
  }

  /** At most `limit` events before the position (the end, where undefined), oldest first. */
  backward(
    group: string,
    stream: string,
    before: number | undefined,
    limit: number,
    accepts: (event: LogEvent) => boolean,
  ): LogPage {
    const { events, dropped } = this.stream(group, stream);
    const found: LogEvent[] = [];
    const end = Math.min(events.length, before === undefined ? events.length : Math.max(0, before - dropped));
    let at = end;
    for (; at > 0 && found.length < limit; at -= 1) {
      const event = events[at - 1] as LogEvent;
      if (accepts(event)) found.push(event);
    }
    return { events: found.reverse(), start: at + dropped, end: end + dropped };
  }

  /** Every event of the streams that `wants` names, oldest first, with a position that is unique in the group. */
  all(
    group: string,
    wants: (stream: string) => boolean,
  ): { stream: string; position: number; event: LogEvent }[] {
    const streams = [...(this.groups.get(group) ?? [])].filter(([name]) => wants(name));
    return streams
      .flatMap(([name, { events, dropped }]) =>
        events.map((event, index) => ({ stream: name, position: dropped + index, event })),
      )
      .sort((a, b) => a.event.timestamp - b.event.timestamp);
  }

  /** Everything that is kept, to be given to `restore`. */
  contents(): Map<string, Map<string, LogStream>> {
    return this.groups;
  }

  restore(contents: Map<string, Map<string, LogStream>>): void {
    this.groups.clear();
    for (const [group, streams] of contents) this.groups.set(group, streams);
  }

  private stream(group: string, stream: string): LogStream {
    return this.groups.get(group)?.get(stream) ?? { createdAt: 0, events: [], dropped: 0 };
  }
}
