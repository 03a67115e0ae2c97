import type { Forwarder } from '../api/dispatch';
import type { Stream } from '../api/server';
import type { LogStore } from './log-store';
import { MotoClient } from './moto/client';
import { MotoForwarder } from './moto/forwarder';
import { Mirror } from './moto/mirror';
import type { RuleChanged } from './rule-weights';
import type { Store } from './store';

export interface MotoOptions {
  endpoint: string;
  region: string;
  store: Store;
  logs: LogStore;
  /** Brings what was copied to the balancer and the image store. */
  settle: () => Promise<void>;
}

export interface OpenMoto {
  forwarder: Forwarder;
  stream: Stream;
  /** Brings to moto what ECS changed of a rule; moto's refusal is the caller's to hear. */
  ruleChanged: (change: Parameters<RuleChanged>[0]) => Promise<void>;
}

/**
 * Everything but ECS is moto's: requests go there as they came, and what ECS must know of it is copied into the store
 * now and after each change. The rehearsal itself answers what moto cannot know: targets and their health, images
 * (from the image store; repositories are moto's), and log events (groups are moto's).
 * @throws Error where moto cannot be reached.
 */
export async function openMoto({ endpoint, region, store, logs, settle }: MotoOptions): Promise<OpenMoto> {
  const mirror = new Mirror(store, logs, new MotoClient(endpoint, region), settle);
  try {
    await mirror.refreshAll();
  } catch (error) {
    throw new Error(`moto cannot be reached at ${endpoint}: is moto_server running there?`, { cause: error });
  }
  const forwarder = new MotoForwarder(endpoint, mirror, store);
  return {
    forwarder,
    stream: {
      takes: (service) => service === 's3',
      pass: (request, response) => forwarder.stream(request, response),
    },
    ruleChanged: (change) => mirror.writeActions(change),
  };
}
