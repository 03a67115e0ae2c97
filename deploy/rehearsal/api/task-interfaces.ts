import type { ControlPlane } from '../control-plane/control-plane';
import type { Store } from '../surroundings/store';
import type { Message } from './operation';

/** The network interfaces of awsvpc tasks that are not yet gone, as EC2 writes them. */
export function taskInterfaces(plane: ControlPlane, store: Store): Message[] {
  const found: Message[] = [];
  for (const cluster of plane.clusters.values()) {
    for (const task of cluster.tasks.values()) {
      const isAttached = task.connectivityAt !== undefined && task.lastStatus !== 'STOPPED';
      if (task.taskDefinition.body.networkMode !== 'awsvpc' || !isAttached) continue;
      const subnet = store.subnets.get(task.subnetId ?? '');
      const network = task.service?.configuration.networkConfiguration?.awsvpcConfiguration;
      found.push({
        networkInterfaceId: task.networkInterfaceId,
        interfaceType: 'interface',
        subnetId: task.subnetId,
        vpcId: subnet?.vpcId,
        availabilityZone: task.availabilityZone,
        description: `arn:aws:ecs:${store.region}:${store.accountId}:attachment/${task.attachmentId}`,
        ownerId: store.accountId,
        requesterManaged: true,
        status: 'in-use',
        macAddress: task.macAddress,
        privateIpAddress: task.address,
        privateIpAddressesSet: [{ privateIpAddress: task.address, primary: true }],
        // Nothing here is reached from elsewhere: its public address is its own.
        association:
          network?.assignPublicIp === 'ENABLED' ? { publicIp: task.address, ipOwnerId: 'amazon' } : undefined,
        groupSet: (network?.securityGroups ?? []).map((groupId) => ({
          groupId,
          groupName: store.securityGroups.get(groupId)?.groupName,
        })),
        tagSet: [],
      });
    }
  }
  return found;
}
