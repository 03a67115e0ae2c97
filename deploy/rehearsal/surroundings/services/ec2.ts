import { ApiError, list, requiredString, type Message, type ServiceOperations } from '../../api/operation';
import type { Ec2Table, Store } from '../store';
import { describe } from './ec2/describe';
import { kinds, networkInterfaces } from './ec2/kinds';
import { securityGroups } from './ec2/security-groups';

/**
 * EC2 as far as a deploy's checks read it: the network. Ids, filters and tags select.
 * @param interfaces the network interfaces of running tasks, as EC2 writes them.
 */
export function ec2(store: Store, interfaces: () => readonly Message[]): ServiceOperations {
  return {
    ...Object.fromEntries(
      kinds.map((kind) => [kind.operation, (input: Message) => describe(kind, kind.table(store), input)]),
    ),
    ...securityGroups(store),

    DescribeNetworkInterfaces: (input) => {
      const table = new Map(interfaces().map((entry) => [String(entry[networkInterfaces.id]), entry]));
      return describe(networkInterfaces, table, input);
    },

    DescribeAvailabilityZones: () => ({ availabilityZoneInfo: zonesOf(store).map(zone(store)) }),

    DescribeVpcAttribute: (input) => {
      const vpcId = requiredString(input, 'VpcId');
      if (!store.vpcs.has(vpcId)) {
        throw new ApiError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
      }
      const attribute = requiredString(input, 'Attribute');
      return { vpcId, [attribute]: { value: attribute !== 'enableNetworkAddressUsageMetrics' } };
    },

    DescribeAccountAttributes: () => ({
      accountAttributeSet: [
        { attributeName: 'supported-platforms', attributeValueSet: [{ attributeValue: 'VPC' }] },
      ],
    }),

    CreateTags: (input) => {
      for (const entry of entriesNamed(store, list(input, 'ResourceId'))) {
        const tags = list<{ Key: string; Value?: string }>(input, 'Tag');
        const kept = tagsOf(entry).filter(({ key }) => !tags.some(({ Key }) => Key === key));
        entry.tagSet = [...kept, ...tags.map(({ Key, Value }) => ({ key: Key, value: Value ?? '' }))];
      }
      return { return: true };
    },

    DeleteTags: (input) => {
      const keys = list<{ Key: string }>(input, 'Tag').map(({ Key }) => Key);
      for (const entry of entriesNamed(store, list(input, 'ResourceId'))) {
        entry.tagSet = tagsOf(entry).filter(({ key }) => !keys.includes(key));
      }
      return { return: true };
    },
  };
}

const tagsOf = (entry: Message) => (entry.tagSet as { key: string; value: string }[] | undefined) ?? [];

function entriesNamed(store: Store, ids: readonly string[]): Message[] {
  const tables: Ec2Table[] = kinds.map((kind) => kind.table(store));
  return ids.map((id) => {
    const found = tables.map((table) => table.get(id)).find((entry) => entry !== undefined);
    if (found === undefined) throw new ApiError('InvalidID', `The ID '${id}' is not valid`);
    return found;
  });
}

/** The zones that subnets are in, else three. */
function zonesOf(store: Store): string[] {
  const used = new Set([...store.subnets.values()].map((subnet) => String(subnet.availabilityZone)));
  return used.size > 0 ? [...used].sort() : ['a', 'c', 'd'].map((letter) => store.region + letter);
}

const zone = (store: Store) => (zoneName: string, index: number) => ({
  zoneName,
  zoneState: 'available',
  regionName: store.region,
  zoneId: `${store.region.replace(/[a-z]+-([a-z])[a-z]+-/, '$1')}-az${index + 1}`,
  optInStatus: 'opt-in-not-required',
  groupName: store.region,
  networkBorderGroup: store.region,
  zoneType: 'availability-zone',
});
