import type { Check, Problem } from '../check';
import { allows } from '../security-groups';
import { loadBalancersOf, networkOf } from '../subject';
import { each } from '../world';

/** Source: "Security groups for your Application Load Balancer", Elastic Load Balancing user guide. */
export const loadBalancerAccess: Check = {
  name: 'load-balancer-access',
  summary: 'security groups let the load balancer reach the container port',
  actions: [
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeLoadBalancers',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
  ],
  run: (subject, world) => {
    const { subnets, securityGroups } = networkOf(subject);
    // Without groups of their own, tasks have the VPC's default; tasks in bridge mode have their instance's.
    if (subject.networkMode !== 'awsvpc' || securityGroups.length === 0) return [];
    const wanted = loadBalancersOf(subject).flatMap(({ targetGroupArn, containerPort, at }) =>
      targetGroupArn === undefined || containerPort === undefined
        ? []
        : [{ targetGroupArn, containerPort, at }],
    );
    return each(wanted, async ({ targetGroupArn, containerPort, at }) => {
      const { readLoadBalancer, readTargetGroup } = await import('../reads/elbv2.ts');
      const { readSecurityGroups, readSubnets } = await import('../reads/ec2.ts');
      const group = await readTargetGroup(world, targetGroupArn);
      return each(group?.LoadBalancerArns ?? [], async (arn) => {
        const balancer = await readLoadBalancer(world, arn);
        const balancerGroups = balancer?.SecurityGroups ?? [];
        if (balancer === undefined || balancerGroups.length === 0) return [];
        const zones = (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
        const cidrsOf = async (ids: readonly string[]) =>
          ids.length === 0
            ? []
            : [...(await readSubnets(world, ids)).values()].flatMap(({ CidrBlock }) => CidrBlock ?? []);
        const [own, theirs, taskCidrs, balancerCidrs] = await Promise.all([
          readSecurityGroups(world, securityGroups),
          readSecurityGroups(world, balancerGroups),
          cidrsOf(subnets),
          cidrsOf(zones),
        ]);
        // Groups that are not there are another check's matter.
        if (own.size === 0 || theirs.size === 0) return [];
        const rules = (side: 'IpPermissions' | 'IpPermissionsEgress', groups: typeof own) =>
          [...groups.values()].flatMap((one) => one[side] ?? []);
        const name = balancer.LoadBalancerName ?? arn;
        const problems: Problem[] = [];
        const error = (message: string, hint: string) =>
          problems.push({ level: 'error', message, hint, position: at('containerPort') });
        const from = { groups: balancerGroups, cidrs: balancerCidrs };
        if (!allows(rules('IpPermissions', own), containerPort, from)) {
          error(
            `load balancer ${name} cannot reach port ${containerPort} of the tasks: ${securityGroups.join(', ')} lets nothing in from ${balancerGroups.join(', ')}`,
            `allow TCP ${containerPort} in from ${balancerGroups[0] ?? ''}`,
          );
        }
        const to = { groups: securityGroups, cidrs: taskCidrs };
        if (!allows(rules('IpPermissionsEgress', theirs), containerPort, to)) {
          error(
            `load balancer ${name} cannot reach port ${containerPort} of the tasks: ${balancerGroups.join(', ')} lets nothing out to ${securityGroups.join(', ')}`,
            `allow TCP ${containerPort} out to ${securityGroups[0] ?? ''}`,
          );
        }
        return problems;
      });
    });
  },
};
