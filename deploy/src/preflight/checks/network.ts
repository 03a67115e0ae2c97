import type { Check, Problem } from '../check';
import { loadBalancersOf, networkOf } from '../subject';
import { each } from '../world';

export const network: Check = {
  name: 'network',
  summary: 'subnets and security groups exist, all in one VPC, which is that of the target groups',
  actions: ['ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups', 'elasticloadbalancing:DescribeTargetGroups'],
  run: async (subject, world) => {
    const { networkMode, serviceAt, service, launch } = subject;
    if (service === undefined) return [];
    const { given, subnets, securityGroups, assignPublicIp } = networkOf(subject);
    const at = (...path: (string | number)[]) => serviceAt('networkConfiguration', ...path);
    const list = (member: string) => at('awsvpcConfiguration', member);
    const problems: Problem[] = [];
    const error = (message: string, hint: string, position = at()) =>
      problems.push({ level: 'error', message, hint, position });

    if (networkMode !== 'awsvpc') {
      if (given) {
        const hint = 'take "networkConfiguration" out, or set "networkMode": "awsvpc" in the task definition';
        error(`networkConfiguration goes with network mode awsvpc only, and it is ${networkMode}`, hint);
      }
      return problems;
    }
    if (!given) {
      const hint =
        'set "networkConfiguration": { "awsvpcConfiguration": { "subnets": [...], "securityGroups": [...] } }';
      error('network mode awsvpc wants a networkConfiguration, and the service has none', hint, serviceAt());
      return problems;
    }
    if (subnets.length === 0)
      error('there is no subnet', 'name at least one, better two zones', list('subnets'));
    if (subnets.length > 16) error(`${subnets.length} subnets are too many`, 'ECS takes 16', list('subnets'));
    if (securityGroups.length > 5)
      error(`${securityGroups.length} security groups are too many`, 'ECS takes 5', list('securityGroups'));
    if (assignPublicIp && (launch === 'EC2' || launch === 'EXTERNAL')) {
      const hint = 'take "assignPublicIp" out; tasks on instances reach the internet through a NAT gateway';
      error(`assignPublicIp ENABLED does not exist on ${launch}`, hint, list('assignPublicIp'));
    }

    /** What it is, and the VPC that it is in. */
    const vpcs: { what: string; vpc: string }[] = [];
    const ofSubnets = each(subnets.length === 0 ? [] : [subnets], async (ids) => {
      const { readSubnets } = await import('../reads/ec2.ts');
      const found = await readSubnets(world, ids);
      for (const [id, { VpcId = '' }] of found) vpcs.push({ what: `subnet ${id}`, vpc: VpcId });
      return missing('subnet', ids, new Set(found.keys()), (index) =>
        at('awsvpcConfiguration', 'subnets', index),
      );
    });
    const ofGroups = each(securityGroups.length === 0 ? [] : [securityGroups], async (ids) => {
      const { readSecurityGroups } = await import('../reads/ec2.ts');
      const found = await readSecurityGroups(world, ids);
      for (const [id, { VpcId = '' }] of found) vpcs.push({ what: `security group ${id}`, vpc: VpcId });
      return missing('security group', ids, new Set(found.keys()), (index) =>
        at('awsvpcConfiguration', 'securityGroups', index),
      );
    });
    const ofTargetGroups = each(loadBalancersOf(subject), async ({ targetGroupArn }) => {
      if (targetGroupArn === undefined) return [];
      const { readTargetGroup } = await import('../reads/elbv2.ts');
      const group = await readTargetGroup(world, targetGroupArn);
      if (group?.VpcId) vpcs.push({ what: `target group ${group.TargetGroupName ?? ''}`, vpc: group.VpcId });
      return [];
    });
    problems.push(...(await Promise.all([ofSubnets, ofGroups, ofTargetGroups])).flat());

    const known = vpcs.filter(({ vpc }) => vpc !== '');
    const distinct = [...new Set(known.map(({ vpc }) => vpc))].sort();
    if (distinct.length > 1) {
      const where = distinct.map((vpc) => {
        const there = known.filter((one) => one.vpc === vpc).map(({ what }) => what);
        return `${vpc} has ${[...new Set(there)].sort().join(', ')}`;
      });
      const hint = 'a service has all of them in one VPC';
      error(`the network of the service is spread over ${distinct.length} VPCs: ${where.join('; ')}`, hint);
    }
    return problems;
  },
};

function missing(
  what: string,
  ids: readonly string[],
  found: ReadonlySet<string>,
  at: (index: number) => Problem['position'],
): Problem[] {
  return ids.flatMap((id, index): Problem[] =>
    found.has(id)
      ? []
      : [
          {
            level: 'error',
            message: `${what} ${id} does not exist in this account and region`,
            hint: 'correct it, or read it from the contract ({{ output `name` }})',
            position: at(index),
          },
        ],
  );
}
