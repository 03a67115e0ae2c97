import { EfsAccessPoint } from '@cdktf/provider-aws/lib/efs-access-point';
import { EfsFileSystem } from '@cdktf/provider-aws/lib/efs-file-system';
import { EfsMountTarget } from '@cdktf/provider-aws/lib/efs-mount-target';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { Construct } from 'constructs';
import type { NetworkFacts } from './network';

export interface FileSystemProps {
  readonly name: string;
  readonly network: NetworkFacts;
  /** Letters, one for each private subnet; they name the mount targets. */
  readonly zones: readonly string[];
  readonly keyArn: string | undefined;
  readonly protect: boolean;
}

const NFS = 2049;
/** Of the user that the access point turns everybody into; not root's. */
const USER = 1000;

/**
 * Files that tasks in every zone share. They come in through the access point, as one user, in one folder; a service's
 * security group opens NFS for it with `admit`.
 */
export class FileSystem extends Construct {
  readonly fileSystemId: string;
  readonly fileSystemArn: string;
  readonly accessPointId: string;
  readonly accessPointArn: string;
  private readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: FileSystemProps) {
    super(scope, id);
    const group = new SecurityGroup(this, 'nfs', {
      name: `${props.name}-files`,
      description: `Files of ${props.name}`,
      vpcId: props.network.vpcId,
      tags: { Name: `${props.name}-files` },
    });
    this.securityGroupId = group.id;
    const files = new EfsFileSystem(this, 'files', {
      encrypted: true,
      ...(props.keyArn === undefined ? {} : { kmsKeyId: props.keyArn }),
      throughputMode: 'elastic',
      lifecyclePolicy: [{ transitionToIa: 'AFTER_30_DAYS' }],
      tags: { Name: props.name },
      ...(props.protect ? { lifecycle: { preventDestroy: true } } : {}),
    });
    this.fileSystemId = files.id;
    this.fileSystemArn = files.arn;
    props.network.privateSubnetIds.forEach((subnetId, index) => {
      new EfsMountTarget(this, `mount-${props.zones[index] ?? index}`, {
        fileSystemId: files.id,
        subnetId,
        securityGroups: [group.id],
      });
    });
    const door = new EfsAccessPoint(this, 'access-point', {
      fileSystemId: files.id,
      posixUser: { uid: USER, gid: USER },
      rootDirectory: {
        path: '/data',
        creationInfo: { ownerUid: USER, ownerGid: USER, permissions: '0750' },
      },
      tags: { Name: props.name },
    });
    this.accessPointId = door.id;
    this.accessPointArn = door.arn;
  }

  /** Lets the tasks of a service mount it. */
  admit(service: string, securityGroupId: string): void {
    new SecurityGroupRule(this, `${service}-in`, {
      securityGroupId: this.securityGroupId,
      type: 'ingress',
      protocol: 'tcp',
      fromPort: NFS,
      toPort: NFS,
      sourceSecurityGroupId: securityGroupId,
      description: `NFS from the tasks of ${service}`,
    });
  }
}
