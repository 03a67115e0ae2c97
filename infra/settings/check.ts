import { parseCidr, SUBNET_SLOTS, ZONE_LETTERS } from './cidr';
import { checkService } from './check-service';
import type { Environment, Home, Project } from './platform';
import { NAME, Problems, unique } from './problems';

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function checkProject(project: Project): string[] {
  const problems = new Problems('project');
  checkHome(project, problems);
  const { github } = project;
  problems.unless(
    /^[\w./-]+$/.test(github.branch),
    'github.branch',
    github.branch,
    'name the branch that builds images, such as main',
  );
  if (github.identity) {
    const { owner, repository, ids } = github.identity;
    problems.unless(
      /^[A-Za-z0-9](-?[A-Za-z0-9])*$/.test(owner),
      'github.owner',
      owner,
      'the owner alone, as in github.com/OWNER/repository',
    );
    problems.unless(
      /^[\w.-]+$/.test(repository),
      'github.repository',
      repository,
      'the name alone, as in github.com/owner/REPOSITORY',
    );
    if (ids) {
      problems.unless(
        /^\d+$/.test(ids.owner),
        'github.ownerId',
        ids.owner,
        'the number of `gh api repos/OWNER/REPOSITORY --jq .owner.id`',
      );
      problems.unless(
        /^\d+$/.test(ids.repository),
        'github.repositoryId',
        ids.repository,
        'the number of `gh api repos/OWNER/REPOSITORY --jq .id`',
      );
    }
  }
  return problems.found;
}

/** What an environment takes over from the project is the project's to answer for. */
export function checkEnvironment(environment: Environment, project: Project): string[] {
  const problems = new Problems(environment.name);
  checkHome(environment, problems, project);
  problems.unless(
    NAME.test(environment.name),
    'name',
    environment.name,
    'lower-case letters, digits and single hyphens, such as staging',
  );
  checkNetwork(environment, problems);
  problems.unless(
    RETENTION_DAYS.includes(environment.observability.logRetentionDays),
    'observability.logRetentionDays',
    environment.observability.logRetentionDays,
    `CloudWatch Logs takes one of ${RETENTION_DAYS.join(', ')}`,
  );
  for (const source of environment.ingress.testSources.filter((one) => one !== environment.network.cidr)) {
    problems.unless(
      parseCidr(source) !== undefined,
      'ingress.testSources',
      source,
      'a CIDR such as 203.0.113.0/24',
    );
    problems.unless(
      !source.endsWith('/0'),
      'ingress.testSources',
      source,
      'the test listener shows what is not released yet: name your own networks',
    );
  }
  problems.unless(
    environment.services.length > 0,
    'services',
    environment.services,
    'an environment carries at least one',
  );
  unique(environment.services, (service) => service.name, 'services.name', problems);
  unique(environment.services, (service) => service.priority, 'services.priority', problems);
  for (const service of environment.services) checkService(environment, service, problems);
  return problems.found;
}

function checkHome(home: Home, problems: Problems, inherited?: Home): void {
  const check = (
    member: 'project' | 'account' | 'region' | 'stateBucket',
    pattern: RegExp,
    right: string,
  ) => {
    const value = home[member];
    if (value === undefined || value === inherited?.[member]) return;
    problems.unless(pattern.test(value), member === 'project' ? 'name' : member, value, right);
  };
  check('project', NAME, 'lower-case letters, digits and single hyphens, such as shop');
  check('account', /^\d{12}$/, 'an AWS account id has twelve digits');
  check('region', /^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-central-1');
  check('stateBucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of an S3 bucket, without s3://');
}

function checkNetwork(environment: Environment, problems: Problems): void {
  const { cidr, subnetPrefix, zones, tasks, nat } = environment.network;
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
    problems.unless(
      room >= SUBNET_SLOTS,
      'network.subnetPrefix',
      subnetPrefix,
      `${cidr} has room for ${Math.floor(room)} subnets of /${subnetPrefix}, and ${SUBNET_SLOTS} are kept (two tiers, eight zones): take /${vpc.prefix + Math.ceil(Math.log2(SUBNET_SLOTS))} or a larger cidr`,
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
    tasks === 'public' || nat !== 'none',
    'network.nat',
    nat,
    'private tasks reach ECR and CloudWatch Logs through a NAT gateway: take "single" or "per-az", or tasks: "public"',
  );
}
