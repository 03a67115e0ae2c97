import { BlockList, isIPv6 } from 'node:net';
import type { IpPermission } from '@aws-sdk/client-ec2';

/** The other side of a rule: groups by id, and ranges of addresses. */
export interface Peer {
  groups: readonly string[];
  /** Of the subnets that it is in, where they are known. */
  cidrs: readonly string[];
}

/** Whether one of the rules lets TCP traffic of the port through, from or to the peer. */
export function allows(rules: readonly IpPermission[], port: number, peer: Peer): boolean {
  return rules.some((rule) => covers(rule, port) && reaches(rule, peer));
}

function covers({ IpProtocol, FromPort = 0, ToPort = 65_535 }: IpPermission, port: number): boolean {
  if (IpProtocol === '-1') return true;
  return (IpProtocol === 'tcp' || IpProtocol === '6') && port >= FromPort && port <= ToPort;
}

function reaches(
  { UserIdGroupPairs = [], IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }: IpPermission,
  { groups, cidrs }: Peer,
): boolean {
  // Nobody looks into prefix lists; they are taken to hold what is wanted.
  if (PrefixListIds.length > 0) return true;
  if (UserIdGroupPairs.some(({ GroupId = '' }) => groups.includes(GroupId))) return true;
  const ranges = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
  return ranges.some((range) => {
    if (range === undefined) return false;
    if (/\/0$/.test(range) || cidrs.length === 0) return true;
    return cidrs.some((cidr) => overlap(range, cidr));
  });
}

/** Whether two ranges have an address in common; ranges that cannot be read are taken to have. */
export function overlap(left: string, right: string): boolean {
  const within = (range: string, address: string) => {
    const [network = '', bits = ''] = range.split('/');
    const list = new BlockList();
    const type = isIPv6(network) ? 'ipv6' : 'ipv4';
    list.addSubnet(network, Number(bits), type);
    return list.check(address.split('/')[0] ?? '', isIPv6(address.split('/')[0] ?? '') ? 'ipv6' : 'ipv4');
  };
  try {
    return within(left, right) || within(right, left);
  } catch {
    return true;
  }
}
