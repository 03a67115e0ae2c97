import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { suggestion } from '../../../schema/did-you-mean';
import type { Check, Problem } from '../check';
import { loadBalancersOf, portsOf, type Subject } from '../subject';
import { text } from '../values';
import { each, type World } from '../world';

type LoadBalancer = ReturnType<typeof loadBalancersOf>[number];

export const targetGroups: Check = {
  name: 'target-groups',
  summary:
    'target groups exist, fit the network mode, port and health check, have a load balancer, and are used by no other service',
  actions: ['elasticloadbalancing:DescribeTargetGroups', 'ecs:ListServices', 'ecs:DescribeServices'],
  run: async (subject, world) => {
    const balancers = loadBalancersOf(subject);
    const found = each(balancers, (balancer) => checkGroup(subject, balancer, world));
    const users = each(
      balancers.some(({ targetGroupArn }) => targetGroupArn !== undefined) ? [balancers] : [],
      (all) => checkUsers(subject, all, world),
    );
    return [
      ...balancers.flatMap((balancer) => checkContainer(subject, balancer)),
      ...(await Promise.all([found, users])).flat(),
    ];
  },
};

/** Container and port are the task definition's. */
function checkContainer({ containers }: Subject, balancer: LoadBalancer): Problem[] {
  const { containerName, containerPort, at } = balancer;
  if (containerName === undefined) return [];
  const error = (message: string, hint: string, member: string): Problem[] => [
    { level: 'error', message, hint, position: at(member) },
  ];
  const container = containers.find(({ name }) => name === containerName);
  if (container === undefined) {
    const names = containers.map(({ name }) => name);
    const message = `the load balancer sends requests to container "${containerName}", which the task does not have${suggestion(containerName, names)}`;
    return error(message, `it has ${names.join(', ')}`, 'containerName');
  }
  const ports = portsOf(container);
  if (containerPort === undefined || ports.some(([from, to]) => containerPort >= from && containerPort <= to))
    return [];
  const has = ports.length === 0 ? 'it maps none' : `it maps ${ports.map(([from]) => from).join(', ')}`;
  const message = `the load balancer sends requests to port ${containerPort} of container ${containerName}, which does not map it`;
  return error(message, `${has}: add it to "portMappings", or correct "containerPort"`, 'containerPort');
}

async function checkGroup(subject: Subject, balancer: LoadBalancer, world: World): Promise<Problem[]> {
  const { targetGroupArn, at } = balancer;
  if (targetGroupArn === undefined) return [];
  const { readTargetGroup } = await import('../reads/elbv2.ts');
  const group = await readTargetGroup(world, targetGroupArn);
  const position = at('targetGroupArn');
  if (group === undefined) {
    const message = `target group ${targetGroupArn} does not exist`;
    return [{ level: 'error', message, hint: 'create it, or correct its ARN', position }];
  }
  return judgeGroup(subject, balancer, group);
}

function judgeGroup(
  { networkMode, output, containers }: Subject,
  { containerName, containerPort, at }: LoadBalancer,
  group: TargetGroup,
): Problem[] {
  const name = group.TargetGroupName ?? '';
  const problems: Problem[] = [];
  const found = (level: Problem['level'], message: string, hint: string, member = 'targetGroupArn') =>
    problems.push({ level, message: `target group ${name}: ${message}`, hint, position: at(member) });

  const wanted = networkMode === 'awsvpc' ? 'ip' : 'instance';
  if (group.TargetType !== undefined && group.TargetType !== wanted) {
    const hint = `make one with target type ${wanted}: it cannot be changed`;
    found(
      'error',
      `its target type is ${group.TargetType}, and network mode ${networkMode} wants ${wanted}`,
      hint,
    );
  }
  if (group.LoadBalancerArns?.length === 0) {
    const hint = 'let a listener or a rule forward to it: ECS refuses the service before';
    found('error', 'no load balancer sends requests to it', hint);
  }
  const check = group.HealthCheckPort ?? 'traffic-port';
  const container = containers.find((one) => one.name === containerName);
  const ports = container === undefined ? [] : portsOf(container);
  if (/^\d+$/.test(check) && networkMode === 'awsvpc' && container !== undefined) {
    const listens = containers
      .flatMap(portsOf)
      .some(([from, to]) => Number(check) >= from && Number(check) <= to);
    if (!listens) {
      const hint = `let the health check ask the port of the traffic, or map port ${check}`;
      found(
        'warning',
        `its health check asks port ${check}, which no container maps (${ports.map(([from]) => from).join(', ')})`,
        hint,
      );
    }
  }
  if (networkMode === 'awsvpc' && group.Port !== undefined && containerPort !== undefined) {
    if (group.Port !== containerPort) {
      const hint =
        'ECS registers the tasks with containerPort, so this works; make the target group with the same port, so that nobody wonders';
      found(
        'warning',
        `its own port is ${group.Port}, and containerPort is ${containerPort}`,
        hint,
        'containerPort',
      );
    }
  }
  const path = group.HealthCheckPath;
  const promised = output('health_check_path');
  if (promised !== undefined && path !== undefined && path !== promised) {
    const hint = 'apply the infrastructure again: somebody changed it by hand, or the contract is old';
    found('warning', `its health check asks for ${path}, and the contract says ${promised}`, hint);
  }
  if (path !== undefined && !path.startsWith('/') && group.HealthCheckProtocol !== 'TCP')
    found('error', `its health check path "${path}" does not begin with a slash`, 'correct it');
  return problems;
}

/** Two services with one target group take each other's requests, and each other's deployments for their own. */
async function checkUsers(
  { cluster, serviceName }: Subject,
  balancers: readonly LoadBalancer[],
  world: World,
): Promise<Problem[]> {
  const { readServices } = await import('../reads/ecs.ts');
  const others = (await readServices(world, cluster)).filter(
    ({ serviceName: name, status }) => name !== serviceName && status === 'ACTIVE',
  );
  return balancers.flatMap(({ targetGroupArn, advanced, at }): Problem[] => {
    const own = [targetGroupArn, text(advanced?.['alternateTargetGroupArn'])].filter(
      (arn) => arn !== undefined,
    );
    const user = others.find(({ loadBalancers = [] }) =>
      loadBalancers.some(
        ({ targetGroupArn: theirs, advancedConfiguration }) =>
          own.includes(theirs ?? '') || own.includes(advancedConfiguration?.alternateTargetGroupArn ?? ''),
      ),
    );
    if (user === undefined) return [];
    return [
      {
        level: 'error',
        message: `target group ${targetGroupArn ?? ''} is in use by service ${user.serviceName ?? ''} of ${cluster}: each would get the other's requests`,
        hint: 'give each service a target group of its own',
        position: at('targetGroupArn'),
      },
    ];
  });
}
