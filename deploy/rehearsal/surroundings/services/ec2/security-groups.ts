import { createHash } from 'node:crypto';
import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import type { Store } from '../../store';

interface Range {
  CidrIp?: string;
  Description?: string;
}

interface Pair {
  GroupId?: string;
  Description?: string;
}

interface Permission {
  IpProtocol?: string;
  FromPort?: string | number;
  ToPort?: string | number;
  IpRanges?: Range[];
  /** Query's names of the two lists. */
  Groups?: Pair[];
  UserIdGroupPairs?: Pair[];
}

/** Security groups: made, opened, closed and deleted. Nothing here is a firewall; checks read what they say. */
export function securityGroups(store: Store): ServiceOperations {
  const one = (input: Message) => {
    const id = requiredString(input, 'GroupId');
    const found = store.securityGroups.get(id);
    if (found === undefined) {
      throw new ApiError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
    }
    return found;
  };
  const change = (side: 'ipPermissions' | 'ipPermissionsEgress', grant: boolean) => (input: Message) => {
    const group = one(input);
    const present = (group[side] as Message[] | undefined) ?? [];
    const given = permissionsOf(input).map(written);
    const same = (a: Message, b: Message) => JSON.stringify(a) === JSON.stringify(b);
    const repeated = given.find((entry) => present.some((other) => same(entry, other)));
    if (grant && repeated !== undefined) {
      throw new ApiError('InvalidPermission.Duplicate', 'the specified rule already exists');
    }
    if (!grant && given.some((entry) => !present.some((other) => same(entry, other)))) {
      throw new ApiError(
        'InvalidPermission.NotFound',
        'The specified rule does not exist in this security group.',
      );
    }
    group[side] = grant
      ? [...present, ...given]
      : present.filter((other) => !given.some((entry) => same(entry, other)));
    return { return: true };
  };
  return {
    CreateSecurityGroup: (input) => {
      const name = requiredString(input, 'GroupName');
      const vpcId = optionalString(input, 'VpcId') ?? defaultVpc(store);
      if (
        [...store.securityGroups.values()].some((group) => group.groupName === name && group.vpcId === vpcId)
      ) {
        throw new ApiError(
          'InvalidGroup.Duplicate',
          `The security group '${name}' already exists for VPC '${vpcId}'`,
        );
      }
      const hash = createHash('sha256').update(`${vpcId} ${name} ${store.securityGroups.size}`).digest('hex');
      const groupId = `sg-0${hash.slice(0, 16)}`;
      const [specification] = list<{ Tag?: { Key: string; Value: string }[] }>(input, 'TagSpecification');
      store.securityGroups.set(groupId, {
        groupId,
        ownerId: store.accountId,
        groupName: name,
        groupDescription: optionalString(input, 'GroupDescription') ?? '',
        vpcId,
        ipPermissions: [],
        ipPermissionsEgress: [written({ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] })],
        tagSet: (specification?.Tag ?? []).map(({ Key, Value }) => ({ key: Key, value: Value })),
      });
      return { groupId, return: true };
    },
    DeleteSecurityGroup: (input) => {
      store.securityGroups.delete(String(one(input).groupId));
      return { return: true };
    },
    AuthorizeSecurityGroupIngress: change('ipPermissions', true),
    AuthorizeSecurityGroupEgress: change('ipPermissionsEgress', true),
    RevokeSecurityGroupIngress: change('ipPermissions', false),
    RevokeSecurityGroupEgress: change('ipPermissionsEgress', false),
  };
}

function defaultVpc(store: Store): string {
  const found = [...store.vpcs.values()].find((vpc) => vpc.isDefault === true);
  if (found !== undefined) return String(found.vpcId);
  throw new ApiError('VPCIdNotSpecified', 'No default VPC for this user');
}

/** The permissions of a request, or the one that its plain members make. */
function permissionsOf(input: Message): readonly Permission[] {
  const permissions = list<Permission>(input, 'IpPermissions');
  if (permissions.length > 0) return permissions;
  const cidr = optionalString(input, 'CidrIp');
  return [{ ...(input as Permission), IpRanges: cidr === undefined ? [] : [{ CidrIp: cidr }] }];
}

function written({ IpProtocol, FromPort, ToPort, IpRanges, Groups, UserIdGroupPairs }: Permission): Message {
  return {
    ipProtocol: IpProtocol ?? '-1',
    fromPort: FromPort === undefined ? undefined : Number(FromPort),
    toPort: ToPort === undefined ? undefined : Number(ToPort),
    ipRanges: (IpRanges ?? []).map(({ CidrIp, Description }) => ({
      cidrIp: CidrIp,
      description: Description,
    })),
    groups: (Groups ?? UserIdGroupPairs ?? []).map(({ GroupId, Description }) => ({
      groupId: GroupId,
      description: Description,
    })),
  };
}
