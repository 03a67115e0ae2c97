/**
 * What can be made to go wrong, by name. The first eight are of the API itself, the next five are what ECS finds
 * when it starts a task, and the last five meet containers when they start.
 */
export const faultNames = [
  'throttling',
  'server-error',
  'slow-api',
  'expired-credentials',
  'access-denied',
  'pass-role-refused',
  'connection-reset',
  'connection-refused',
  'image-missing',
  'pull-rate-limit',
  'secret-refused',
  'no-capacity',
  'quota-exceeded',
  'crash-at-start',
  'crash-later',
  'never-healthy',
  'slow-start',
  'out-of-memory',
] as const;

export type FaultName = (typeof faultNames)[number];

export interface FaultOptions {
  /** Signing name of the one service it concerns, e.g. `ecs`; all without. */
  service?: string;
  /** The operations it concerns, e.g. `UpdateService`; all without. */
  operations?: readonly string[];
  /** It ends by itself after so many calls have met it. */
  times?: number;
  /** Only every n-th call meets it, the first one first. 1 without. */
  every?: number;
  /**
   * Real milliseconds. `slow-api`: how long each answer waits (2,000 without). `slow-start`: until the process begins
   * (20,000); `crash-later` and `out-of-memory`: until it ends (5,000 and 2,000).
   */
  delay?: number;
  /**
   * Faults of images, secrets and containers: a part of what they concern, e.g. `slipway/web:release-3`. An image is
   * matched as the task definition names it; a container by its name, its image's tags and digest.
   */
  subject?: string;
}

/** A call as a fault sees it. */
export interface FaultyCall {
  service: string;
  operation: string;
  accessKeyId: string | undefined;
  /** What else it is about, where that is more than its operation. */
  subject?: string;
}

interface ActiveFault {
  options: FaultOptions;
  seen: number;
  met: number;
}

/** The switchboard of one rehearsal. Everything may be switched while requests are under way. */
export class Faults {
  private readonly faults = new Map<FaultName, ActiveFault>();
  private readonly renewed = new Set<string>();
  private readonly listeners: (() => Promise<void>)[] = [];

  /**
   * Switches a fault on; again replaces its options. Resolves when it is in force.
   * @throws Error for a name that is no fault.
   */
  async set(name: FaultName, options: FaultOptions = {}): Promise<void> {
    if (!faultNames.includes(name)) {
      throw new Error(`no fault is named "${String(name)}"; there are ${faultNames.join(', ')}`);
    }
    if (name === 'expired-credentials') this.renewed.clear();
    this.faults.set(name, { options, seen: 0, met: 0 });
    await this.changed();
  }

  /** Switches one fault off, or all of them. */
  async clear(name?: FaultName): Promise<void> {
    if (name === undefined) this.faults.clear();
    else this.faults.delete(name);
    await this.changed();
  }

  active(name: FaultName): boolean {
    return this.faults.has(name);
  }

  /** True where this call meets the fault; counts it. */
  meets(name: FaultName, call: FaultyCall): FaultOptions | undefined {
    const fault = this.faults.get(name);
    if (fault === undefined || !concerns(fault.options, call)) return undefined;
    if (name === 'expired-credentials' && this.isValid(call.accessKeyId)) return undefined;
    fault.seen += 1;
    if ((fault.seen - 1) % (fault.options.every ?? 1) !== 0) return undefined;
    fault.met += 1;
    if (fault.met >= (fault.options.times ?? Infinity)) this.faults.delete(name);
    return fault.options;
  }

  /** Credentials handed out after the old ones expired are good. */
  credentialsIssued(accessKeyId: string): void {
    this.renewed.add(accessKeyId);
  }

  /** Awaited at every change. */
  onChange(listener: () => Promise<void>): void {
    this.listeners.push(listener);
  }

  private isValid(accessKeyId: string | undefined): boolean {
    return accessKeyId === undefined || this.renewed.has(accessKeyId);
  }

  private async changed(): Promise<void> {
    for (const listener of this.listeners) await listener();
  }
}

function concerns(options: FaultOptions, call: FaultyCall): boolean {
  if (options.service !== undefined && options.service !== call.service) return false;
  const subject = call.subject ?? call.operation;
  if (options.subject !== undefined && !subject.includes(options.subject)) return false;
  return options.operations === undefined || options.operations.includes(call.operation);
}
