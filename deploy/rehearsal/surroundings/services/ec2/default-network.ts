import { createHash } from 'node:crypto';
import type { Store } from '../../store';

/**
 * The network that a new account has: a default VPC with a public subnet in each of three zones, its security group,
 * route table and internet gateway. Ids follow from account and region.
 */
export function addDefaultNetwork(store: Store): void {
  const id = (prefix: string, part = '') => {
    const seed = `${store.accountId} ${store.region} default ${prefix} ${part}`;
    return `${prefix}-0${createHash('sha256').update(seed).digest('hex').slice(0, 16)}`;
  };
  const ownerId = store.accountId;
  const vpcId = id('vpc');
  store.vpcs.set(vpcId, {
    vpcId,
    ownerId,
    state: 'available',
    cidrBlock: '172.31.0.0/16',
    dhcpOptionsId: 'default',
    instanceTenancy: 'default',
    isDefault: true,
    tagSet: [],
  });
  for (const [index, letter] of ['a', 'c', 'd'].entries()) {
    const subnetId = id('subnet', letter);
    store.subnets.set(subnetId, {
      subnetId,
      subnetArn: store.arn('ec2', `subnet/${subnetId}`),
      ownerId,
      state: 'available',
      vpcId,
      cidrBlock: `172.31.${index * 16}.0/20`,
      availabilityZone: `${store.region}${letter}`,
      availableIpAddressCount: 4091,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      tagSet: [],
    });
  }
  const groupId = id('sg');
  store.securityGroups.set(groupId, {
    groupId,
    ownerId,
    groupName: 'default',
    groupDescription: 'default VPC security group',
    vpcId,
    ipPermissions: [{ ipProtocol: '-1', ipRanges: [], groups: [{ groupId }] }],
    ipPermissionsEgress: [{ ipProtocol: '-1', ipRanges: [{ cidrIp: '0.0.0.0/0' }], groups: [] }],
    tagSet: [],
  });
  const internetGatewayId = id('igw');
  store.internetGateways.set(internetGatewayId, {
    internetGatewayId,
    ownerId,
    attachmentSet: [{ vpcId, state: 'available' }],
    tagSet: [],
  });
  const routeTableId = id('rtb');
  store.routeTables.set(routeTableId, {
    routeTableId,
    ownerId,
    vpcId,
    routeSet: [
      {
        destinationCidrBlock: '172.31.0.0/16',
        gatewayId: 'local',
        state: 'active',
        origin: 'CreateRouteTable',
      },
      {
        destinationCidrBlock: '0.0.0.0/0',
        gatewayId: internetGatewayId,
        state: 'active',
        origin: 'CreateRoute',
      },
    ],
    associationSet: [
      {
        routeTableAssociationId: id('rtbassoc'),
        routeTableId,
        main: true,
        associationState: { state: 'associated' },
      },
    ],
    tagSet: [],
  });
}

/** Whether there are subnets that somebody made; in a rehearsal without any, every subnet id will do. */
export function hasOwnSubnets(store: Store): boolean {
  return [...store.subnets.values()].some((subnet) => subnet.defaultForAz !== true);
}
