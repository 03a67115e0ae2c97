import { createHash } from 'node:crypto';
import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../api/operation';
import type { Store, WireTable } from '../store';
import { numberOr, page, sortedBy } from './page';

/** EFS as far as a task with volumes needs it: file systems, their mount targets and access points. No files. */
export function efs(store: Store, now: () => number): ServiceOperations {
  const fileSystem = (id: string) => {
    const found = store.fileSystems.get(id.slice(id.lastIndexOf('/') + 1));
    if (found !== undefined) return found;
    throw new ApiError('FileSystemNotFound', `File system '${id}' does not exist.`, 404, {
      ErrorCode: 'FileSystemNotFound',
    });
  };
  const ofFileSystem = (table: WireTable, input: Message) => {
    const id = optionalString(input, 'FileSystemId');
    if (id !== undefined) fileSystem(id);
    return [...table.values()].filter((entry) => id === undefined || entry.FileSystemId === id);
  };
  const one = (table: WireTable, id: string, code: string, noun: string) => {
    const found = table.get(id.slice(id.lastIndexOf('/') + 1));
    if (found !== undefined) return found;
    throw new ApiError(code, `${noun} ${id} does not exist.`, 404, { ErrorCode: code });
  };
  const tagged = (entry: Message, arn: string) => {
    const tags = store.tags.pairsOf(arn);
    return { ...entry, Name: tags.find(({ Key }) => Key === 'Name')?.Value, Tags: tags };
  };
  const paged = (name: string, key: string, found: readonly Message[], input: Message): Message => {
    const identify = (entry: Message) => String(entry[key]);
    const size = numberOr(input.MaxItems ?? input.MaxResults, 100, { max: 100 });
    const token = input.Marker ?? input.NextToken;
    const { entries, next } = page(sortedBy(found, identify), identify, size, token, 'BadRequest');
    return { [name]: entries, ...(name === 'AccessPoints' ? { NextToken: next } : { NextMarker: next }) };
  };
  return {
    CreateFileSystem: (input) => {
      const token = optionalString(input, 'CreationToken') ?? '';
      const existing = [...store.fileSystems.values()].find((entry) => entry.CreationToken === token);
      if (existing !== undefined && token !== '') {
        throw new ApiError(
          'FileSystemAlreadyExists',
          `File system '${String(existing.FileSystemId)}' already exists with creation token '${token}'`,
          409,
          { ErrorCode: 'FileSystemAlreadyExists', FileSystemId: existing.FileSystemId },
        );
      }
      const id = idOf('fs', token, store.fileSystems.size);
      const arn = store.arn('elasticfilesystem', `file-system/${id}`);
      const entry: Message = {
        OwnerId: store.accountId,
        CreationToken: token,
        FileSystemId: id,
        FileSystemArn: arn,
        CreationTime: now() / 1000,
        LifeCycleState: 'available',
        NumberOfMountTargets: 0,
        SizeInBytes: { Value: 6144 },
        PerformanceMode: optionalString(input, 'PerformanceMode') ?? 'generalPurpose',
        ThroughputMode: optionalString(input, 'ThroughputMode') ?? 'bursting',
        Encrypted: input.Encrypted === true,
      };
      store.fileSystems.set(id, entry);
      store.tags.add(arn, input.Tags);
      return tagged(entry, arn);
    },

    DescribeFileSystems: (input) => {
      const token = optionalString(input, 'CreationToken');
      const found = ofFileSystem(store.fileSystems, input)
        .filter((entry) => token === undefined || entry.CreationToken === token)
        .map((entry) => ({
          ...tagged(entry, String(entry.FileSystemArn)),
          NumberOfMountTargets: [...store.mountTargets.values()].filter(
            ({ FileSystemId }) => FileSystemId === entry.FileSystemId,
          ).length,
        }));
      return paged('FileSystems', 'FileSystemId', found, input);
    },

    DeleteFileSystem: (input) => {
      const entry = fileSystem(requiredString(input, 'FileSystemId'));
      if (ofFileSystem(store.mountTargets, input).length > 0) {
        throw new ApiError('FileSystemInUse', 'The file system has mount targets: delete them first.', 409);
      }
      store.fileSystems.delete(String(entry.FileSystemId));
      return {};
    },

    CreateMountTarget: (input) => {
      const { FileSystemId } = fileSystem(requiredString(input, 'FileSystemId'));
      const SubnetId = requiredString(input, 'SubnetId');
      const subnet = store.subnets.get(SubnetId);
      const id = idOf('fsmt', `${String(FileSystemId)} ${SubnetId}`, store.mountTargets.size);
      const entry: Message = {
        OwnerId: store.accountId,
        MountTargetId: id,
        FileSystemId,
        SubnetId,
        LifeCycleState: 'available',
        IpAddress: optionalString(input, 'IpAddress'),
        AvailabilityZoneName: subnet?.availabilityZone,
        VpcId: subnet?.vpcId,
      };
      store.mountTargets.set(id, entry);
      return entry;
    },

    DescribeMountTargets: (input) => {
      const id = optionalString(input, 'MountTargetId');
      const found =
        id === undefined
          ? ofFileSystem(store.mountTargets, input)
          : [one(store.mountTargets, id, 'MountTargetNotFound', 'Mount target')];
      return paged('MountTargets', 'MountTargetId', found, input);
    },

    DescribeMountTargetSecurityGroups: (input) => {
      const id = requiredString(input, 'MountTargetId');
      const entry = one(store.mountTargets, id, 'MountTargetNotFound', 'Mount target');
      return { SecurityGroups: entry.securityGroups ?? [] };
    },

    DeleteMountTarget: (input) => {
      const id = requiredString(input, 'MountTargetId');
      one(store.mountTargets, id, 'MountTargetNotFound', 'Mount target');
      store.mountTargets.delete(id);
      return {};
    },

    CreateAccessPoint: (input) => {
      const { FileSystemId } = fileSystem(requiredString(input, 'FileSystemId'));
      const id = idOf('fsap', optionalString(input, 'ClientToken') ?? '', store.accessPoints.size);
      const arn = store.arn('elasticfilesystem', `access-point/${id}`);
      const entry: Message = {
        ClientToken: input.ClientToken,
        AccessPointId: id,
        AccessPointArn: arn,
        FileSystemId,
        PosixUser: input.PosixUser,
        RootDirectory: input.RootDirectory ?? { Path: '/' },
        OwnerId: store.accountId,
        LifeCycleState: 'available',
      };
      store.accessPoints.set(id, entry);
      store.tags.add(arn, input.Tags);
      return tagged(entry, arn);
    },

    DescribeAccessPoints: (input) => {
      const id = optionalString(input, 'AccessPointId');
      const found =
        id === undefined
          ? ofFileSystem(store.accessPoints, input)
          : [one(store.accessPoints, id, 'AccessPointNotFound', 'Access Point')];
      const written = found.map((entry) => tagged(entry, String(entry.AccessPointArn)));
      return paged('AccessPoints', 'AccessPointId', written, input);
    },

    DeleteAccessPoint: (input) => {
      const id = requiredString(input, 'AccessPointId');
      one(store.accessPoints, id, 'AccessPointNotFound', 'Access Point');
      store.accessPoints.delete(id);
      return {};
    },

    DescribeLifecycleConfiguration: (input) => {
      fileSystem(requiredString(input, 'FileSystemId'));
      return { LifecyclePolicies: [] };
    },

    ListTagsForResource: (input) => ({ Tags: store.tags.pairsOf(arnOf(store, input)) }),

    TagResource: (input) => {
      store.tags.add(arnOf(store, input), input.Tags);
      return {};
    },

    UntagResource: (input) => {
      store.tags.remove(arnOf(store, input), list(input, 'tagKeys'));
      return {};
    },
  };
}

function idOf(prefix: string, seed: string, count: number): string {
  const hash = createHash('sha256').update(`${prefix} ${seed} ${count}`).digest('hex');
  return `${prefix}-0${hash.slice(0, 16)}`;
}

/** By id or ARN, of a file system or an access point. */
function arnOf(store: Store, input: Message): string {
  const given = requiredString(input, 'ResourceId');
  if (given.startsWith('arn:')) return given;
  const kind = given.startsWith('fsap-') ? 'access-point' : 'file-system';
  return store.arn('elasticfilesystem', `${kind}/${given}`);
}
