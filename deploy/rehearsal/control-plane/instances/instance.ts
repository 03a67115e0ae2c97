import type { Tag } from '@aws-sdk/client-ecs';
import type { Task } from '../tasks/task';

/** A container instance of a cluster: a machine with room for tasks. All instants are milliseconds of the clock. */
export interface ContainerInstance {
  /** 32 hexadecimal digits. */
  id: string;
  arn: string;
  clusterName: string;
  /** `i-...`, or `mi-...` of a machine outside of AWS: how target groups know it. */
  ec2InstanceId: string;
  launchType: 'EC2' | 'EXTERNAL';
  /** The one whose Auto Scaling group it belongs to. */
  capacityProvider: string | undefined;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  agentConnected: boolean;
  /** CPU units; 1024 are one vCPU. */
  cpu: number;
  /** MiB. */
  memory: number;
  /** Ports of the machine itself, which no task gets: `22/tcp`. */
  reservedPorts: readonly string[];
  /** By name; the value is undefined where an attribute has none. */
  attributes: Map<string, string | undefined>;
  /** Where its tasks are reached on this machine. */
  address: string;
  registeredAt: number;
  version: number;
  tags: Tag[];
  /** Tasks that are not STOPPED, in the order in which they came. */
  tasks: Set<Task>;
  /** ARNs of the DAEMON services that have started a task on it. */
  daemonsStarted: Set<string>;
  /** The ephemeral host port that was given out last. */
  lastPort: number;
}

export const zoneAttribute = 'ecs.availability-zone';

/** A machine to be registered; all of it has a default. */
export interface NewInstance {
  /** CPU units. Default 2048. */
  cpu?: number;
  /** MiB. Default 4096. */
  memory?: number;
  /** Availability zone. Default: the region's zones in turn. */
  zone?: string;
  /** E.g. `{ 'ecs.instance-type': 't3.medium' }`. */
  attributes?: Readonly<Record<string, string>>;
  /** EXTERNAL: a machine outside of AWS. Default EC2. */
  launchType?: 'EC2' | 'EXTERNAL';
  /** Capacity provider whose Auto Scaling group it belongs to. */
  capacityProvider?: string;
  /** `i-...` or `mi-...`. Default: made up. */
  ec2InstanceId?: string;
  /** Ports that no task gets, as `22/tcp`. Default: those of SSH, Docker and the ECS agent. */
  reservedPorts?: readonly string[];
  tags?: Tag[];
}

/** Whether a new task may be placed on it. */
export function isOpen(instance: ContainerInstance): boolean {
  return instance.status === 'ACTIVE' && instance.agentConnected;
}
