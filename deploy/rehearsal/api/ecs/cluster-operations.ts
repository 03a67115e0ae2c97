import type {
  CreateClusterRequest,
  DeleteClusterRequest,
  DescribeClustersRequest,
  ListClustersRequest,
  PutClusterCapacityProvidersRequest,
  UpdateClusterRequest,
  UpdateClusterSettingsRequest,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../../control-plane/arns';
import type { Cluster } from '../../control-plane/cluster';
import { clusterCounts, deleteCluster, findCluster } from '../../control-plane/clusters';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import {
  checkProviders,
  checkRemoval,
  validateCapacityStrategy,
} from '../../control-plane/instances/capacity-strategy';
import type { Message } from '../operation';
import { checkInclude } from './include';
import type { Pagination } from './pagination';
import { present } from './wire-values';

const parts = ['ATTACHMENTS', 'SETTINGS', 'CONFIGURATIONS', 'STATISTICS', 'TAGS'] as const;

export function clusterOperations(plane: ControlPlane, pagination: Pagination) {
  return {
    CreateCluster(request: CreateClusterRequest): Message {
      const name = request.clusterName ?? 'default';
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
        throw errors.invalidParameter(`Invalid cluster name: ${name}`);
      checkProviders(plane, request.capacityProviders);
      validateCapacityStrategy(
        plane,
        request.capacityProviders ?? [],
        request.defaultCapacityProviderStrategy,
      );
      const existing = plane.clusters.get(name);
      const cluster = existing?.status === 'ACTIVE' ? existing : makeCluster(plane, name, request);
      plane.clusters.set(name, cluster);
      if (cluster !== existing) {
        for (const instance of plane.settings.instances[name] ?? []) plane.instances.add(name, instance);
      }
      return { cluster: presentCluster(cluster, parts), clusterCount: 0 };
    },

    DescribeClusters(request: DescribeClustersRequest): Message {
      checkInclude(request.include, parts);
      const clusters: Message[] = [];
      const failures: Message[] = [];
      const asked = request.clusters?.length ? request.clusters : ['default'];
      for (const reference of new Set(asked)) {
        const cluster = plane.clusters.get(nameOf(reference));
        if (cluster === undefined)
          failures.push({ arn: plane.arns.cluster(nameOf(reference)), reason: 'MISSING' });
        else clusters.push(presentCluster(cluster, request.include ?? []));
      }
      return { clusters, failures };
    },

    ListClusters(request: ListClustersRequest): Message {
      const { items, nextToken } = pagination.page(request, { default: 100, most: 100 }, () =>
        [...plane.clusters.values()].filter(({ status }) => status === 'ACTIVE').map(({ arn }) => arn),
      );
      return { clusterArns: items, nextToken };
    },

    DeleteCluster(request: DeleteClusterRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      deleteCluster(cluster);
      return { cluster: presentCluster(cluster, parts) };
    },

    UpdateCluster(request: UpdateClusterRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      cluster.settings = mergeSettings(cluster.settings, request.settings);
      cluster.configuration = request.configuration ?? cluster.configuration;
      cluster.serviceConnectDefaults = connectDefaults(request) ?? cluster.serviceConnectDefaults;
      return { cluster: presentCluster(cluster, parts) };
    },

    UpdateClusterSettings(request: UpdateClusterSettingsRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      cluster.settings = mergeSettings(cluster.settings, request.settings);
      return { cluster: presentCluster(cluster, parts) };
    },

    PutClusterCapacityProviders(request: PutClusterCapacityProvidersRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = request;
      checkProviders(plane, capacityProviders);
      checkRemoval(cluster, capacityProviders);
      validateCapacityStrategy(plane, capacityProviders, defaultCapacityProviderStrategy);
      cluster.capacityProviders = capacityProviders;
      cluster.defaultCapacityProviderStrategy = defaultCapacityProviderStrategy;
      return { cluster: presentCluster(cluster, parts) };
    },
  };
}

function makeCluster(plane: ControlPlane, name: string, request: CreateClusterRequest): Cluster {
  return {
    name,
    arn: plane.arns.cluster(name),
    status: 'ACTIVE',
    settings: mergeSettings([{ name: 'containerInsights', value: 'disabled' }], request.settings),
    configuration: request.configuration,
    serviceConnectDefaults: connectDefaults(request),
    capacityProviders: request.capacityProviders ?? [],
    defaultCapacityProviderStrategy: request.defaultCapacityProviderStrategy ?? [],
    tags: request.tags ?? [],
    services: new Map(),
    tasks: new Map(),
    instances: new Map(),
  };
}

function connectDefaults(request: CreateClusterRequest | UpdateClusterRequest) {
  const namespace = request.serviceConnectDefaults?.namespace;
  return namespace === undefined ? undefined : { namespace };
}

function mergeSettings(
  before: Cluster['settings'],
  given: Cluster['settings'] | undefined,
): Cluster['settings'] {
  const kept = before.filter(({ name }) => !given?.some((setting) => setting.name === name));
  return [...kept, ...(given ?? [])];
}

function presentCluster(cluster: Cluster, include: readonly string[]): Message {
  const counts = clusterCounts(cluster);
  return present({
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    configuration: include.includes('CONFIGURATIONS') ? cluster.configuration : undefined,
    status: cluster.status,
    registeredContainerInstancesCount: cluster.instances.size,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: counts.services,
    statistics: include.includes('STATISTICS') ? statistics(cluster) : [],
    tags: include.includes('TAGS') ? cluster.tags : [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
    serviceConnectDefaults: cluster.serviceConnectDefaults,
  });
}

function statistics(cluster: Cluster): Message[] {
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const task of cluster.tasks.values()) {
    const kind = task.launchType === 'FARGATE' ? 'Fargate' : task.launchType === 'EC2' ? 'EC2' : 'External';
    if (task.lastStatus === 'RUNNING') add(`running${kind}TasksCount`);
    else if (task.desiredStatus === 'RUNNING') add(`pending${kind}TasksCount`);
  }
  const names = ['EC2', 'Fargate', 'External'].flatMap((kind) => [
    `running${kind}TasksCount`,
    `pending${kind}TasksCount`,
  ]);
  return names.map((name) => ({ name, value: String(counts.get(name) ?? 0) }));
}
