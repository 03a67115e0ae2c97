import type { RouteTable, VpcEndpoint } from '@aws-sdk/client-ec2';
import { parseEcrImage } from '../../release/images';
import type { Check, Problem } from '../check';
import { secretsOf } from '../secrets';
import { allows } from '../security-groups';
import { networkOf, type Subject } from '../subject';
import { object, objects, text } from '../values';
import { each } from '../world';

/** A service that a task must reach before its containers run. */
interface Need {
  /** `com.amazonaws.REGION.` + this; undefined for what only the internet has. */
  endpoint: string | undefined;
  why: string;
}

/**
 * Source: "Amazon ECR interface VPC endpoints", "Best practices for connecting Amazon ECS to AWS services", ECS
 * developer guide.
 */
export const routes: Check = {
  name: 'routes',
  summary: 'tasks on Fargate can reach ECR, CloudWatch Logs and their secrets from their subnets',
  actions: [
    'ec2:DescribeSubnets',
    'ec2:DescribeRouteTables',
    'ec2:DescribeVpcEndpoints',
    'ec2:DescribeSecurityGroups',
  ],
  run: (subject, world) => {
    const { subnets, securityGroups, assignPublicIp } = networkOf(subject);
    // On an instance it is the agent that pulls and logs, over the instance's own network.
    if (subject.launch !== 'FARGATE' || subnets.length === 0) return [];
    const needs = needsOf(subject);
    if (needs.length === 0) return [];
    const at = (...path: (string | number)[]) =>
      subject.serviceAt('networkConfiguration', 'awsvpcConfiguration', ...path);
    const outward = each(securityGroups.length === 0 ? [] : [securityGroups], async (ids) => {
      const { readSecurityGroups } = await import('../reads/ec2.ts');
      const found = await readSecurityGroups(world, ids);
      const rules = [...found.values()].flatMap(({ IpPermissionsEgress = [] }) => IpPermissionsEgress);
      const any = rules.some(({ IpProtocol }) => IpProtocol === '-1' || IpProtocol === 'tcp');
      if (found.size === 0 || (any && allows(rules, 443, { groups: [], cidrs: [] })) || groupsOnly(rules))
        return [];
      const problem: Problem = {
        level: 'error',
        message: `the tasks can reach nothing: ${ids.join(', ')} lets no HTTPS out, and they need it for ${needs[0]?.why ?? ''}`,
        hint: 'allow TCP 443 out',
        position: at('securityGroups'),
      };
      return [problem];
    });
    const onward = each(
      subnets.map((id, index) => ({ id, index })),
      async ({ id, index }) => {
        const { readEndpoints, readRouteTables, readSubnets } = await import('../reads/ec2.ts');
        const subnet = (await readSubnets(world, subnets)).get(id);
        if (subnet?.VpcId === undefined) return [];
        const tables = await readRouteTables(world, subnet.VpcId);
        const table = tableOf(tables, id);
        if (table === undefined) {
          world.note(`no route table of subnet ${id} is known`);
          return [];
        }
        const way = wayOut(table, assignPublicIp);
        if (way.open) return [];
        const endpoints = await readEndpoints(world, subnet.VpcId);
        const missing = needs.filter(
          ({ endpoint }) => !hasEndpoint(endpoints, endpoint, world.region, table),
        );
        if (missing.length === 0) return [];
        const wanted = [...new Set(missing.flatMap(({ endpoint }) => endpoint ?? []))];
        const problem: Problem = {
          level: 'error',
          message: `tasks in subnet ${id} cannot start: ${way.why}, and they need ${list(missing.map(({ why }) => why))}`,
          hint: `${way.hint}${wanted.length === 0 ? '' : `, or add the VPC endpoints ${wanted.join(', ')}`}`,
          position: at('subnets', index),
        };
        return [problem];
      },
    );
    return Promise.all([outward, onward]).then((found) => merged(found.flat()));
  },
};

function needsOf(subject: Subject): Need[] {
  const needs = subject.containers.flatMap(({ name, value }): Need[] => {
    const own: Need[] = [];
    const image = text(value['image']) ?? '';
    if (parseEcrImage(image) !== undefined) {
      const why = `ECR for the image of ${name}`;
      own.push({ endpoint: 'ecr.api', why }, { endpoint: 'ecr.dkr', why }, { endpoint: 's3', why });
    } else if (image !== '') own.push({ endpoint: undefined, why: `the registry of ${image}` });
    const log = object(value['logConfiguration']);
    if (text(log?.['logDriver']) === 'awslogs') own.push({ endpoint: 'logs', why: 'CloudWatch Logs' });
    if (objects(value['environmentFiles']).length > 0) own.push({ endpoint: 's3', why: 'S3 for env files' });
    return own;
  });
  const secrets = secretsOf(subject).map(({ source }): Need =>
    source.kind === 'secret'
      ? { endpoint: 'secretsmanager', why: 'Secrets Manager' }
      : { endpoint: 'ssm', why: 'Parameter Store' },
  );
  return [...needs, ...secrets];
}

/** The subnet's own table, or the VPC's main one. */
function tableOf(tables: readonly RouteTable[], subnet: string): RouteTable | undefined {
  const associated = (one: RouteTable, ofSubnet: boolean) =>
    (one.Associations ?? []).some(({ SubnetId, Main }) => (ofSubnet ? SubnetId === subnet : Main === true));
  return tables.find((one) => associated(one, true)) ?? tables.find((one) => associated(one, false));
}

type Way = { open: true } | { open: false; why: string; hint: string };

/** Where the default route leads. Peers, transit gateways and appliances are taken to lead out. */
function wayOut({ Routes = [], RouteTableId = '' }: RouteTable, publicIp: boolean): Way {
  const defaults = Routes.filter(
    ({ DestinationCidrBlock, DestinationIpv6CidrBlock }) =>
      DestinationCidrBlock === '0.0.0.0/0' || DestinationIpv6CidrBlock === '::/0',
  );
  const alive = defaults.filter(({ State }) => State !== 'blackhole');
  const internet = alive.find(({ GatewayId }) => GatewayId?.startsWith('igw-'));
  if (alive.some((route) => route !== internet) || (internet !== undefined && publicIp))
    return { open: true };
  if (internet !== undefined) {
    return {
      open: false,
      why: `its way out is the internet gateway ${internet.GatewayId ?? ''}, and tasks have no public address`,
      hint: 'set "assignPublicIp": "ENABLED", or use subnets with a NAT gateway',
    };
  }
  const [dead] = defaults;
  if (dead !== undefined) {
    const to = dead.NatGatewayId ?? dead.GatewayId ?? dead.TransitGatewayId ?? dead.NetworkInterfaceId ?? '';
    return {
      open: false,
      why: `the default route of ${RouteTableId} is a black hole: ${to} is gone`,
      hint: 'let it lead to a NAT gateway that exists',
    };
  }
  return {
    open: false,
    why: `${RouteTableId} has no default route`,
    hint: 'add a route to a NAT gateway',
  };
}

function hasEndpoint(
  endpoints: readonly VpcEndpoint[],
  endpoint: string | undefined,
  region: string,
  { RouteTableId = '' }: RouteTable,
): boolean {
  if (endpoint === undefined) return false;
  return endpoints.some(({ ServiceName = '', State, VpcEndpointType, RouteTableIds = [] }) => {
    if (!ServiceName.endsWith(`.${region}.${endpoint}`) || State?.toLowerCase() !== 'available') return false;
    return VpcEndpointType !== 'Gateway' || RouteTableIds.includes(RouteTableId);
  });
}

/** Rules that name only other groups, such as those of endpoints, are not followed. */
function groupsOnly(rules: Parameters<typeof allows>[0]): boolean {
  return rules.some(
    ({ UserIdGroupPairs = [], PrefixListIds = [] }) =>
      UserIdGroupPairs.length > 0 || PrefixListIds.length > 0,
  );
}

/** One finding for all subnets with the same trouble. */
function merged(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, { first: Problem; others: string[] }>();
  for (const problem of problems) {
    const [, subnet] = /^tasks in subnet (\S+) /.exec(problem.message) ?? [];
    const key = problem.message.replace(/^tasks in subnet \S+ /, '');
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { first: problem, others: [] });
    else if (subnet !== undefined) known.others.push(subnet);
  }
  return [...seen.values()].map(({ first, others }) =>
    others.length === 0
      ? first
      : {
          ...first,
          message: first.message.replace(
            /^tasks in subnet (\S+) /,
            (_text, subnet: string) => `tasks in subnets ${[subnet, ...others].join(', ')} `,
          ),
        },
  );
}

function list(words: readonly string[]): string {
  const distinct = [...new Set(words)];
  return distinct.length < 2
    ? distinct.join('')
    : `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1) ?? ''}`;
}
