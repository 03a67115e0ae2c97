import type { Store, WireTable } from '../store';
import { block, number, optionalText, text, texts, type Attributes } from './attributes';
import type { Mapping, Mappings } from './mapping';

/** A resource that is kept as its service writes it, by its id. */
function kept(
  table: (store: Store) => WireTable,
  shape: (attributes: Attributes, store: Store, now: number) => Record<string, unknown>,
): Mapping {
  return {
    put: (attributes, store, { now }) =>
      void table(store).set(text(attributes, 'id'), shape(attributes, store, now)),
    remove: (attributes, store) => void table(store).delete(text(attributes, 'id')),
  };
}

const posixUser = (attributes: Attributes) => {
  const user = block(attributes, 'posix_user');
  return 'uid' in user ? { Uid: number(user, 'uid', 0), Gid: number(user, 'gid', 0) } : undefined;
};

export const files: Mappings = {
  aws_efs_file_system: kept(
    (store) => store.fileSystems,
    (attributes, store, now) => ({
      OwnerId: store.accountId,
      CreationToken: text(attributes, 'creation_token'),
      FileSystemId: text(attributes, 'id'),
      FileSystemArn: text(attributes, 'arn'),
      CreationTime: now / 1000,
      LifeCycleState: 'available',
      SizeInBytes: { Value: 6144 },
      PerformanceMode: optionalText(attributes, 'performance_mode') ?? 'generalPurpose',
      ThroughputMode: optionalText(attributes, 'throughput_mode') ?? 'bursting',
      Encrypted: attributes.encrypted === true,
    }),
  ),
  aws_efs_mount_target: kept(
    (store) => store.mountTargets,
    (attributes, store) => ({
      OwnerId: store.accountId,
      MountTargetId: text(attributes, 'id'),
      FileSystemId: text(attributes, 'file_system_id'),
      SubnetId: text(attributes, 'subnet_id'),
      LifeCycleState: 'available',
      IpAddress: optionalText(attributes, 'ip_address'),
      AvailabilityZoneName: store.subnets.get(text(attributes, 'subnet_id'))?.availabilityZone,
      VpcId: store.subnets.get(text(attributes, 'subnet_id'))?.vpcId,
      securityGroups: texts(attributes, 'security_groups'),
    }),
  ),
  aws_efs_access_point: kept(
    (store) => store.accessPoints,
    (attributes, store) => ({
      AccessPointId: text(attributes, 'id'),
      AccessPointArn: text(attributes, 'arn'),
      FileSystemId: text(attributes, 'file_system_id'),
      PosixUser: posixUser(attributes),
      RootDirectory: { Path: optionalText(block(attributes, 'root_directory'), 'path') ?? '/' },
      OwnerId: store.accountId,
      LifeCycleState: 'available',
    }),
  ),
  aws_service_discovery_http_namespace: kept(
    (store) => store.namespaces,
    (attributes, _store, now) => ({
      Id: text(attributes, 'id'),
      Arn: text(attributes, 'arn'),
      Name: text(attributes, 'name'),
      Type: 'HTTP',
      Description: optionalText(attributes, 'description'),
      Properties: { HttpProperties: { HttpName: text(attributes, 'name') } },
      CreateDate: now / 1000,
    }),
  ),
};
