import {
  AccessPointNotFound,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
  FileSystemNotFound,
  type AccessPointDescription,
  type FileSystemDescription,
  type MountTargetDescription,
} from '@aws-sdk/client-efs';
import type { World } from '../world';

/** Undefined where there is none. */
export function readFileSystem(world: World, id: string): Promise<FileSystemDescription | undefined> {
  return world.read('elasticfilesystem:DescribeFileSystems', id, async () => {
    try {
      const { FileSystems } = await world
        .client(EFSClient)
        .send(new DescribeFileSystemsCommand({ FileSystemId: id }));
      return FileSystems?.[0];
    } catch (error) {
      if (error instanceof FileSystemNotFound) return undefined;
      throw error;
    }
  });
}

export function readAccessPoint(world: World, id: string): Promise<AccessPointDescription | undefined> {
  return world.read('elasticfilesystem:DescribeAccessPoints', id, async () => {
    try {
      const { AccessPoints } = await world
        .client(EFSClient)
        .send(new DescribeAccessPointsCommand({ AccessPointId: id }));
      return AccessPoints?.[0];
    } catch (error) {
      if (error instanceof AccessPointNotFound) return undefined;
      throw error;
    }
  });
}

export function readMountTargets(world: World, fileSystem: string): Promise<MountTargetDescription[]> {
  return world.read('elasticfilesystem:DescribeMountTargets', fileSystem, async () => {
    const { MountTargets = [] } = await world
      .client(EFSClient)
      .send(new DescribeMountTargetsCommand({ FileSystemId: fileSystem }));
    return MountTargets;
  });
}
