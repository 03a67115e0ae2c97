import { decodeGraph, encodeGraph, type Json } from '../control-plane/state/graph';
import type { LogStore } from './log-store';
import type { Bucket, Store } from './store';

/** The services around ECS as plain JSON, to be kept in a file. Images stay in their folder. */
export interface SurroundingsState {
  version: 1;
  /** The tables of the store by name. */
  store: Json;
  logs: Json;
}

/** Everything that the store and the log streams hold. */
export function saveSurroundings(store: Store, logs: LogStore): SurroundingsState {
  const tables = Object.entries(tablesOf(store)).map(([name, table]): [string, unknown] => [
    name,
    name === 'buckets'
      ? new Map([...store.buckets].map(([key, bucket]) => [key, writtenBucket(bucket)]))
      : table,
  ]);
  return {
    version: 1,
    store: encodeGraph({ ...Object.fromEntries(tables), tags: store.tags.all() }),
    logs: encodeGraph(logs.contents()),
  };
}

/**
 * Brings what was saved into a store and log streams that hold nothing yet.
 * @throws Error for a state of another version.
 */
export function restoreSurroundings(state: SurroundingsState, store: Store, logs: LogStore): void {
  if ((state.version as number) !== 1) {
    throw new Error(`the state has version ${String(state.version)}: this rehearsal reads version 1`);
  }
  const saved = decodeGraph(state.store, asIs) as Record<string, Map<string, unknown>>;
  for (const [name, table] of Object.entries(tablesOf(store))) {
    table.clear();
    for (const [key, value] of saved[name] ?? []) {
      table.set(key, name === 'buckets' ? readBucket(value as WrittenBucket) : value);
    }
  }
  store.tags.restore(saved.tags as unknown as ReturnType<Store['tags']['all']>);
  logs.restore(decodeGraph(state.logs, asIs) as ReturnType<LogStore['contents']>);
}

const asIs = (_name: string, value: number) => value;

function tablesOf(store: Store): Record<string, Map<string, unknown>> {
  const entries = Object.entries(store).filter(
    (entry): entry is [string, Map<string, unknown>] => entry[1] instanceof Map,
  );
  return Object.fromEntries(entries);
}

type WrittenBucket = Omit<Bucket, 'objects'> & { objects: Map<string, object & { body: string }> };

/** JSON holds no bytes. */
function writtenBucket(bucket: Bucket): WrittenBucket {
  const objects = [...bucket.objects].map(
    ([key, object]) => [key, { ...object, body: object.body.toString('base64') }] as const,
  );
  return { ...bucket, objects: new Map(objects) };
}

function readBucket(bucket: WrittenBucket): Bucket {
  const objects = [...bucket.objects].map(
    ([key, object]) => [key, { ...object, body: Buffer.from(object.body, 'base64') }] as const,
  );
  return { ...bucket, objects: new Map(objects) as Bucket['objects'] };
}
