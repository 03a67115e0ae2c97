import type { Message } from '../api/operation';
import type { AppliedResource, AppliedState } from './applied';

type Call = (operation: string, input: Message) => Promise<Message>;
type Blocks = readonly Record<string, unknown>[];

/**
 * Brings the clusters of applied states into ECS: new ones are created, changed ones updated; one that is gone from
 * its stack is deleted, which ECS refuses while it has services, as AWS does.
 */
export class ClusterLoader {
  private readonly stacks = new Map<string, Map<string, string>>();

  /** @param call one operation of ECS. */
  constructor(private readonly call: Call) {}

  async load(applied: AppliedState): Promise<void> {
    const before = this.stacks.get(applied.stack) ?? new Map<string, string>();
    const clusters = applied.resources.filter(({ type }) => type === 'aws_ecs_cluster');
    const providers = applied.resources.filter(({ type }) => type === 'aws_ecs_cluster_capacity_providers');
    const after = new Map(clusters.map((cluster) => [nameOf(cluster), JSON.stringify([cluster, providers])]));
    this.stacks.set(applied.stack, after);
    for (const cluster of clusters) {
      const name = nameOf(cluster);
      if (before.get(name) === after.get(name)) continue;
      await this.put(cluster, before.has(name));
      const own = providers.find(({ attributes }) => attributes.cluster_name === name);
      if (own !== undefined) await this.putProviders(name, own);
    }
    for (const name of before.keys())
      if (!after.has(name)) await this.call('DeleteCluster', { cluster: name });
  }

  private async put({ attributes }: AppliedResource, exists: boolean): Promise<void> {
    const settings =
      (attributes.setting as Blocks | undefined)?.map(({ name, value }) => ({ name, value })) ?? [];
    const tags = Object.entries((attributes.tags_all ?? {}) as Record<string, unknown>);
    if (exists) await this.call('UpdateCluster', { cluster: attributes.name, settings });
    else {
      await this.call('CreateCluster', {
        clusterName: attributes.name,
        settings,
        tags: tags.map(([key, value]) => ({ key, value: String(value) })),
      });
    }
  }

  private async putProviders(cluster: string, { attributes }: AppliedResource): Promise<void> {
    const strategy = (attributes.default_capacity_provider_strategy as Blocks | undefined) ?? [];
    await this.call('PutClusterCapacityProviders', {
      cluster,
      capacityProviders: attributes.capacity_providers ?? [],
      defaultCapacityProviderStrategy: strategy.map((entry) => ({
        capacityProvider: entry.capacity_provider,
        base: Number(entry.base ?? 0),
        weight: Number(entry.weight ?? 0),
      })),
    });
  }
}

function nameOf(cluster: AppliedResource): string {
  return String(cluster.attributes.name);
}
