import { parseCidr, subnetSlots, tiersOf, ZONE_LETTERS } from './cidr';
import type { NetworkPlan } from './platform';
import { unique, type Problems } from './problems';
import type { ExistingNetworkSettings } from './settings';

export function checkNetwork(network: NetworkPlan, problems: Problems): void {
  if (network.existing !== undefined) return checkExisting(network, network.existing, problems);
  const { cidr, subnetPrefix, zones, tasks, nat, endpoints } = network;
  const vpc = parseCidr(cidr);
  problems.unless(
    vpc !== undefined && vpc.prefix >= 16 && vpc.prefix <= 28,
    'network.cidr',
    cidr,
    'a network such as 10.0.0.0/16, between /16 and /28, with no bits set behind its prefix',
  );
  problems.unless(
    subnetPrefix >= 16 && subnetPrefix <= 28,
    'network.subnetPrefix',
    subnetPrefix,
    'AWS has subnets of /16 to /28',
  );
  if (vpc) {
    const room = 2 ** (subnetPrefix - vpc.prefix);
    const tiers = tiersOf(network);
    const slots = subnetSlots(tiers);
    problems.unless(
      room >= slots,
      'network.subnetPrefix',
      subnetPrefix,
      `${cidr} has room for ${Math.floor(room)} subnets of /${subnetPrefix}, and ${slots} are kept (${tiers.length} tiers, eight zones): take /${vpc.prefix + Math.ceil(Math.log2(slots))} or a larger cidr`,
    );
  }
  problems.unless(zones.length >= 2, 'network.zones', zones, 'a load balancer needs two zones at least');
  unique(zones, (zone) => zone, 'network.zones', problems);
  for (const zone of zones)
    problems.unless(
      (ZONE_LETTERS as readonly string[]).includes(zone),
      'network.zones',
      zone,
      `the letter of a zone, one of ${ZONE_LETTERS.join(', ')}`,
    );
  problems.unless(
    tasks === 'public' || nat !== 'none' || endpoints === 'tasks',
    'network.nat',
    nat,
    'private tasks reach ECR and CloudWatch Logs through a NAT gateway or endpoints: take "single" or "per-az", endpoints: "tasks", or tasks: "public"',
  );
  unique(network.moreEndpoints, (service) => service, 'network.moreEndpoints', problems);
  for (const service of network.moreEndpoints)
    problems.unless(
      /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(service) && !['s3', 'dynamodb'].includes(service),
      'network.moreEndpoints',
      service,
      'the last part of an interface endpoint, such as sqs for com.amazonaws.<region>.sqs',
    );
}

/** Nothing is made, so nothing but ids and what tasks need is asked for. */
function checkExisting({ tasks }: NetworkPlan, existing: ExistingNetworkSettings, problems: Problems): void {
  const option = (member: keyof ExistingNetworkSettings) => `network.existing.${member}`;
  problems.unless(
    /^vpc-[0-9a-f]+$/.test(existing.vpcId),
    option('vpcId'),
    existing.vpcId,
    'an id such as vpc-0a1b2c3d',
  );
  problems.unless(
    parseCidr(existing.cidr) !== undefined,
    option('cidr'),
    existing.cidr,
    "the VPC's network, such as 10.0.0.0/16",
  );
  for (const tier of ['publicSubnetIds', 'privateSubnetIds', 'isolatedSubnetIds'] as const) {
    const ids = existing[tier] ?? [];
    unique(ids, (subnet) => subnet, option(tier), problems);
    for (const subnet of ids)
      problems.unless(
        /^subnet-[0-9a-f]+$/.test(subnet),
        option(tier),
        subnet,
        'an id such as subnet-0a1b2c3d',
      );
  }
  problems.unless(
    existing.publicSubnetIds.length >= 2,
    option('publicSubnetIds'),
    existing.publicSubnetIds,
    'a load balancer needs subnets in two zones at least',
  );
  problems.unless(
    tasks === 'public' || existing.privateSubnetIds.length > 0,
    option('privateSubnetIds'),
    existing.privateSubnetIds,
    'tasks run there: name them, or take tasks: "public"',
  );
}
