import type { Check, Problem } from '../check';
import { checkRole } from '../roles';
import { loadBalancersOf } from '../subject';
import { number, object, objects, text } from '../values';
import { each, type World } from '../world';

type LoadBalancer = ReturnType<typeof loadBalancersOf>[number];

/** Sources: "Troubleshooting Amazon ECS blue/green deployments", "Service definition parameters", ECS developer guide. */
export const trafficShifting: Check = {
  name: 'traffic-shifting',
  summary: 'blue/green, linear and canary have their second target group, rules and role',
  actions: [
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeListeners',
    'iam:GetRole',
  ],
  run: async (subject, world) => {
    const { service, serviceAt } = subject;
    const configuration = object(service?.['deploymentConfiguration']);
    const strategy = text(configuration?.['strategy']) ?? 'ROLLING';
    const balancers = loadBalancersOf(subject);
    const problems: Problem[] = [];
    const error = (message: string, hint: string, position: Problem['position']) =>
      problems.push({ level: 'error', message, hint, position });
    const bare = balancers.filter(({ advanced }) => advanced === undefined);
    if (strategy !== 'ROLLING') {
      for (const { at } of bare) {
        const hint =
          'set "alternateTargetGroupArn", "productionListenerRule" and "roleArn" in "advancedConfiguration"';
        error(`strategy ${strategy} needs an advancedConfiguration of the load balancer`, hint, at());
      }
      const bake = number(configuration?.['bakeTimeInMinutes']);
      if (bake !== undefined && (bake < 0 || bake > 1440)) {
        const at = serviceAt('deploymentConfiguration', 'bakeTimeInMinutes');
        error(`bakeTimeInMinutes ${bake} is out of range`, 'it goes from 0 to 1440', at);
      }
    } else if (bare.length > 0 && bare.length < balancers.length) {
      const hint = 'ECS wants an "advancedConfiguration" for all load balancers, or for none';
      error('some load balancers have an advancedConfiguration and some do not', hint, bare[0]?.at());
    }
    const shifting = balancers.filter(({ advanced }) => advanced !== undefined);
    const [ofBalancers, ofHooks] = await Promise.all([
      each(shifting, (balancer) => checkBalancer(balancer, world)),
      each(objects(configuration?.['lifecycleHooks']), ({ value, index }) => {
        const at = (member: string) => serviceAt('deploymentConfiguration', 'lifecycleHooks', index, member);
        const arn = text(value['roleArn']);
        if (arn === undefined) return [];
        const what = 'the role of the lifecycle hook';
        return checkRole(world, { what, arn, service: 'ecs.amazonaws.com', position: at('roleArn') });
      }),
    ]);
    return [...problems, ...ofBalancers, ...ofHooks];
  },
};

async function checkBalancer(balancer: LoadBalancer, world: World): Promise<Problem[]> {
  const { advanced, targetGroupArn, at } = balancer;
  const member = (name: string) => text(advanced?.[name]);
  const place = (name: string) => at('advancedConfiguration', name);
  const alternate = member('alternateTargetGroupArn');
  const production = member('productionListenerRule');
  const test = member('testListenerRule');
  const role = member('roleArn');
  const error = (message: string, hint: string, position: Problem['position']): Problem => ({
    level: 'error',
    message,
    hint,
    position,
  });
  const problems = (
    [
      ['alternateTargetGroupArn', alternate],
      ['productionListenerRule', production],
      ['roleArn', role],
    ] as const
  ).flatMap(([name, value]) =>
    value === undefined
      ? [error(`the advancedConfiguration has no ${name}`, `set "${name}"`, at('advancedConfiguration'))]
      : [],
  );
  if (alternate !== undefined && alternate === targetGroupArn) {
    const hint = 'traffic is shifted from one target group to another: name a second one';
    problems.push(error('both target groups are the same', hint, place('alternateTargetGroupArn')));
  }
  if (production !== undefined && production === test) {
    const hint = 'give the test traffic a rule of its own, or take "testListenerRule" out';
    problems.push(error('production and test have the same listener rule', hint, place('testListenerRule')));
  }
  const { readRuleActions, readTargetGroup } = await import('../reads/elbv2.ts');
  const groups = [targetGroupArn, alternate].filter((arn) => arn !== undefined);
  const ofAlternate = each(alternate === undefined ? [] : [alternate], async (arn) => {
    const [other, own] = await Promise.all([
      readTargetGroup(world, arn),
      targetGroupArn === undefined ? undefined : readTargetGroup(world, targetGroupArn),
    ]);
    const position = place('alternateTargetGroupArn');
    if (other === undefined)
      return [error(`target group ${arn} does not exist`, 'create it, or correct its ARN', position)];
    return (['TargetType', 'Protocol', 'VpcId'] as const).flatMap((name) =>
      own === undefined || own[name] === other[name]
        ? []
        : [
            error(
              `the two target groups differ in ${name}: ${own[name] ?? ''} and ${other[name] ?? ''}`,
              'make the second one like the first',
              position,
            ),
          ],
    );
  });
  const rules = [
    { name: 'productionListenerRule', arn: production },
    { name: 'testListenerRule', arn: test },
  ].flatMap(({ name, arn }) => (arn === undefined ? [] : [{ name, arn }]));
  const ofRules = each(rules, async ({ name, arn }) => {
    const actions = await readRuleActions(world, arn);
    if (actions === undefined)
      return [error(`${name} ${arn} does not exist`, 'create it, or correct its ARN', place(name))];
    const targets = actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
      ...(ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn: target }) => target),
      ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
    ]);
    const strangers = targets.filter((target) => !groups.includes(target ?? ''));
    if (targets.length > 0 && strangers.length === 0) return [];
    const to = targets.length === 0 ? 'to no target group' : `to ${[...new Set(strangers)].join(', ')}`;
    const hint = 'let it forward to the two target groups of this load balancer';
    return [error(`${name} forwards ${to}: ECS would not shift it`, hint, place(name))];
  });
  const ofRole = each(role === undefined ? [] : [role], (arn) =>
    checkRole(world, {
      what: 'the role that shifts traffic',
      arn,
      service: 'ecs.amazonaws.com',
      position: place('roleArn'),
    }),
  );
  return [...problems, ...(await Promise.all([ofAlternate, ofRules, ofRole])).flat()];
}
