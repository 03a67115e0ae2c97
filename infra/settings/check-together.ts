import { parseCidr } from './cidr';
import type { Environment, Project, Service } from './platform';
import type { Problems } from './problems';

/** Services of one environment share its listeners: each must get some of the requests. */
export function checkRules(services: readonly Service[], problems: Problems): void {
  for (const service of services) {
    const taker = services.find(
      (other) => other.name !== service.name && other.priority < service.priority && takesAll(other, service),
    );
    problems.unless(
      taker === undefined,
      `services.${service.name}.paths`,
      service.paths,
      `${taker?.name} (priority ${taker?.priority}) has all of these first: give ${service.name} hosts or paths of its own, or a lower priority than its ${service.priority}`,
    );
  }
}

/** Whether each request that fits `service` fits `other`, too. */
function takesAll(other: Service, service: Service): boolean {
  const covers = (patterns: readonly string[], pattern: string) =>
    patterns.some((one) => one === pattern || (one.endsWith('*') && pattern.startsWith(one.slice(0, -1))));
  const hosts =
    other.hosts.length === 0 ||
    (service.hosts.length > 0 && service.hosts.every((host) => covers(other.hosts, host)));
  return hosts && service.paths.every((path) => covers(other.paths, path));
}

/**
 * Networks of two environments can be connected only where they do not overlap. Those that leave the choice to the default
 * are taken not to mind.
 *
 * @param chosen names of the environments whose settings say a CIDR.
 */
export function checkOverlap(
  environment: Environment,
  all: readonly Environment[],
  chosen: ReadonlySet<string>,
  problems: Problems,
): void {
  if (!chosen.has(environment.name) || environment.network.existing !== undefined) return;
  const own = environment.network.cidr;
  for (const other of all) {
    const isBefore = all.indexOf(other) < all.indexOf(environment);
    if (other === environment || other.network.existing !== undefined) continue;
    // Of two that say theirs, the later one hears of it.
    if (chosen.has(other.name) && !isBefore) continue;
    problems.unless(
      !overlap(own, other.network.cidr),
      'network.cidr',
      own,
      `it overlaps ${other.network.cidr} of ${other.name}: take another, such as 10.${all.indexOf(environment) + 1}.0.0/16`,
    );
  }
}

function overlap(one: string, other: string): boolean {
  const [left, right] = [parseCidr(one), parseCidr(other)];
  if (left === undefined || right === undefined) return false;
  const size = 2 ** (32 - Math.min(left.prefix, right.prefix));
  return Math.floor(left.base / size) === Math.floor(right.base / size);
}

/** Images are in the project's account and region: tasks elsewhere must be let in, and have a way. */
export function checkImages(environment: Environment, project: Project, problems: Problems): void {
  const { account, region, network } = environment;
  problems.unless(
    account === undefined ||
      project.account === undefined ||
      account === project.account ||
      project.registry.pullAccounts.includes(account),
    'account',
    account,
    `its tasks pull images from ${project.account}: add it to registry.pullAccounts of the project`,
  );
  const closed = network.existing === undefined && network.tasks === 'private' && network.nat === 'none';
  problems.unless(
    region === project.region || !closed,
    'region',
    region,
    `images are in ${project.region}, and endpoints lead to ECR of their own region alone: take network.nat: "single"`,
  );
}
