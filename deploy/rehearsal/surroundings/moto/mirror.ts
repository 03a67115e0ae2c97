import type { Message } from '../../api/operation';
import type { LogStore } from '../log-store';
import { newBucket } from '../services/s3';
import { locate } from '../services/s3/request';
import type { Action, Store } from '../store';
import type { MotoClient } from './client';
import { changes, copies, copyParameters } from './copies';
import { writeActions } from './copy-load-balancing';

/** Bytes. */
const LARGEST_OBJECT = 64 * 1024;

/** The store as a copy of what moto holds, brought up to date after every change that passes through. */
export class Mirror {
  /** The last work on each service's copy; what comes next waits for it. */
  private readonly last = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Promise<void>>();
  /** Actions that ECS gave a rule or a listener and moto does not have yet; no copy may undo them. */
  private readonly unwritten = new Map<string, readonly Action[]>();

  /** @param after runs when a service's copy is new, e.g. to tell the balancer. */
  constructor(
    private readonly store: Store,
    private readonly logStore: LogStore,
    private readonly moto: MotoClient,
    private readonly after: () => Promise<void>,
  ) {}

  /** Brings the copy up to date after an operation; nothing where it changed nothing that is copied. */
  async follow(service: string, operation: string, input: () => Message): Promise<void> {
    if (!Object.hasOwn(changes, service) || !changes[service]?.test(operation)) return;
    if (service !== 'ssm') return this.refresh(service);
    const { Name, Names } = input();
    const names = [Name, Names].flat().filter((name) => typeof name === 'string');
    await this.inTurn(service, () => copyParameters(this.store, this.moto, names));
  }

  async refreshAll(): Promise<void> {
    for (const service of Object.keys(copies)) await this.refresh(service);
  }

  /** Copies one service anew, beginning after this call; calls that come while one waits share it. */
  refresh(service: string): Promise<void> {
    const waiting = this.waiting.get(service);
    if (waiting !== undefined) return waiting;
    const run = this.inTurn(service, () => {
      this.waiting.delete(service);
      return this.copy(service);
    });
    this.waiting.set(service, run);
    return run;
  }

  /** Brings to moto what ECS changed in the store: the actions of a rule, or of a listener by default. */
  writeActions(change: { arn: string; isListener: boolean; actions: readonly Action[] }): Promise<void> {
    const { arn, actions } = change;
    this.unwritten.set(arn, actions);
    return this.inTurn('elasticloadbalancing', async () => {
      // A later change of the same rule brings everything.
      if (this.unwritten.get(arn) !== actions) return;
      try {
        await writeActions(this.moto, change);
      } finally {
        if (this.unwritten.get(arn) === actions) this.unwritten.delete(arn);
      }
    });
  }

  /** Copies one object of S3, or takes it out where it is gone. Large ones are no environment files and are left. */
  async copyObject(url: string, host: string | undefined): Promise<void> {
    const [path = '', query = ''] = url.split('?');
    const { bucket: name, key } = locate({ path, headers: { host } });
    if (key === '' || /(?:^|&)(?:uploadId|partNumber|tagging|acl)/.test(query)) return;
    const bucket = this.store.buckets.get(name) ?? newBucket(Date.now());
    this.store.buckets.set(name, bucket);
    const object = await this.moto.object(path, host, LARGEST_OBJECT);
    if (object === undefined) bucket.objects.delete(key);
    else bucket.objects.set(key, { ...object, lastModified: Date.now() });
  }

  private inTurn(service: string, work: () => Promise<void>): Promise<void> {
    const run = (this.last.get(service) ?? Promise.resolve()).catch(() => undefined).then(work);
    this.last.set(service, run);
    return run;
  }

  private async copy(service: string): Promise<void> {
    const groups = [...this.store.logGroups.keys()];
    await copies[service]?.(this.store, this.moto);
    for (const [arn, actions] of this.unwritten) this.keep(arn, actions);
    for (const group of groups) if (!this.store.logGroups.has(group)) this.logStore.removeGroup(group);
    await this.after();
  }

  private keep(arn: string, actions: readonly Action[]): void {
    const rule = this.store.rules.get(arn);
    const listener = this.store.listeners.get(arn);
    if (rule !== undefined) this.store.rules.set(arn, { ...rule, actions });
    else if (listener !== undefined) this.store.listeners.set(arn, { ...listener, defaultActions: actions });
  }
}
