import type { AppliedResource, AppliedState } from '../../apply/applied';
import type { Store } from '../store';
import { files } from './files';
import { identity } from './identity';
import { loadBalancing } from './load-balancing';
import type { Mapping, Mappings } from './mapping';
import { network } from './network';
import { scaling } from './scaling';
import { storage } from './storage';
import { putTags } from './tagging';

const mappings: Mappings = { ...network, ...identity, ...storage, ...loadBalancing, ...scaling, ...files };

interface Loaded {
  mapping: Mapping;
  attributes: Readonly<Record<string, unknown>>;
  localPort: number | undefined;
  text: string;
}

/**
 * Brings applied states into a store. A resource whose attributes are as they were the last time is left alone, so
 * that what changed since at run time (rule weights, parameter versions, objects in a bucket) stays; one that is
 * gone from its stack is taken out. Resource types that no service here answers for are passed over.
 */
export class StateLoader {
  private readonly stacks = new Map<string, Map<string, Loaded>>();

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
  ) {}

  load(applied: AppliedState): void {
    const before = this.stacks.get(applied.stack) ?? new Map<string, Loaded>();
    const after = new Map(applied.resources.flatMap((resource) => this.recognise(resource)));
    this.stacks.set(applied.stack, after);
    const changed = [...after].filter(([address, { text }]) => before.get(address)?.text !== text);
    for (const [, known] of changed) if (!known.mapping.late) this.put(known);
    if (changed.length > 0) for (const known of after.values()) if (known.mapping.late) this.put(known);
    for (const [address, known] of before) {
      if (!after.has(address)) known.mapping.remove(known.attributes, this.store);
    }
  }

  private recognise({ type, address, attributes, localPort }: AppliedResource): [string, Loaded][] {
    const mapping = Object.hasOwn(mappings, type) ? mappings[type] : undefined;
    if (mapping === undefined) return [];
    return [[address, { mapping, attributes, localPort, text: JSON.stringify([attributes, localPort]) }]];
  }

  private put({ mapping, attributes, localPort }: Loaded): void {
    mapping.put(attributes, this.store, { now: this.now(), localPort });
    putTags(attributes, this.store);
  }
}
