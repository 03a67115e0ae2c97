export interface Group {
  name: string;
  cancelInProgress: boolean;
  /** `single`: one waits, and a newer one takes its place. `max`: all wait, in the order in which they came. */
  queue: 'single' | 'max';
}

interface Holder {
  cancel: (reason: string) => void;
}

interface Waiting extends Holder {
  enter: (release: () => void) => void;
}

/** Concurrency groups of all runs of one repository. Their names know no upper case. */
export class ConcurrencyGroups {
  private readonly holders = new Map<string, Holder>();
  private readonly queues = new Map<string, Waiting[]>();

  /**
   * Waits until the group is free.
   * @param cancel is called when another takes the place of this one, whether it waits or runs.
   * @returns what frees the group again; undefined where another took the place while this one waited.
   */
  enter(
    group: Group,
    signal: AbortSignal,
    cancel: (reason: string) => void,
  ): Promise<(() => void) | undefined> {
    const key = group.name.toLowerCase();
    const holder = this.holders.get(key);
    if (holder === undefined) return Promise.resolve(this.hold(key, { cancel }));
    const queue = this.queues.get(key) ?? [];
    this.queues.set(key, queue);
    const reason = `Canceling since a higher priority waiting request for '${group.name}' exists`;
    if (group.queue === 'single') for (const waiting of queue.splice(0)) waiting.cancel(reason);
    return new Promise((resolve) => {
      const entry: Waiting = {
        enter: resolve,
        cancel: (why) => {
          cancel(why);
          resolve(undefined);
        },
      };
      queue.push(entry);
      signal.addEventListener(
        'abort',
        () => {
          const place = queue.indexOf(entry);
          if (place >= 0) queue.splice(place, 1);
          resolve(undefined);
        },
        { once: true },
      );
      if (group.cancelInProgress) holder.cancel(reason);
    });
  }

  private hold(key: string, holder: Holder): () => void {
    this.holders.set(key, holder);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.holders.delete(key);
      const next = this.queues.get(key)?.shift();
      next?.enter(this.hold(key, next));
    };
  }
}
