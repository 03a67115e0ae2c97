import type {
  AutoScalingGroupProvider,
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
  Tag,
} from '@aws-sdk/client-ecs';
import type { ContainerInstance } from './instances/instance';
import type { Service } from './services/service';
import type { Task } from './tasks/task';

export interface Cluster {
  name: string;
  arn: string;
  status: 'ACTIVE' | 'INACTIVE';
  settings: ClusterSetting[];
  configuration: ClusterConfiguration | undefined;
  serviceConnectDefaults: ClusterServiceConnectDefaults | undefined;
  capacityProviders: string[];
  defaultCapacityProviderStrategy: CapacityProviderStrategyItem[];
  tags: Tag[];
  /** By name; also services that are DRAINING or INACTIVE, until another takes their name. */
  services: Map<string, Service>;
  /** By id, in the order of their creation; stopped ones for as long as they stay visible. */
  tasks: Map<string, Task>;
  /** ACTIVE and DRAINING ones by id, in the order of their registration. */
  instances: Map<string, ContainerInstance>;
}

export interface CapacityProvider {
  name: string;
  arn: string;
  autoScalingGroupProvider: AutoScalingGroupProvider | undefined;
  tags: Tag[];
}
