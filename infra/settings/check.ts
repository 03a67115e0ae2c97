import { checkCluster } from './check-cluster';
import { checkGithub } from './check-github';
import { checkIngress } from './check-ingress';
import { checkNetwork } from './check-network';
import { checkRunner } from './check-pipeline';
import { checkAccount } from './check-project';
import { checkService } from './check-service';
import { checkImages, checkRules } from './check-together';
import type { Environment, Home, Project } from './platform';
import { presets } from './presets';
import { NAME, Problems, unique } from './problems';

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function checkProject(project: Project): string[] {
  const problems = new Problems('project');
  checkHome(project, problems);
  checkAccount(project, problems);
  checkGithub(project.github, problems);
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
  problems.unless(
    Object.hasOwn(presets, environment.preset),
    'preset',
    environment.preset,
    `one of ${Object.keys(presets).join(', ')}`,
  );
  checkNetwork(environment.network, problems);
  problems.unless(
    RETENTION_DAYS.includes(environment.observability.logRetentionDays),
    'observability.logRetentionDays',
    environment.observability.logRetentionDays,
    `CloudWatch Logs takes one of ${RETENTION_DAYS.join(', ')}`,
  );
  checkIngress(environment, problems);
  checkCluster(environment, problems);
  checkRunner(environment, project, problems);
  checkImages(environment, project, problems);
  checkOthers(environment, problems);
  problems.unless(
    environment.services.length > 0,
    'services',
    environment.services,
    'an environment carries at least one',
  );
  unique(environment.services, (service) => service.name, 'services.name', problems);
  unique(environment.services, (service) => service.priority, 'services.priority', problems);
  checkRules(environment.services, problems);
  for (const service of environment.services) checkService(environment, service, problems);
  return problems.found;
}

function checkOthers({ observability, storage, network }: Environment, problems: Problems): void {
  for (const email of observability.emails)
    problems.unless(
      /^\S+@\S+\.\S+$/.test(email),
      'observability.emails',
      email,
      'an address such as ops@example.com',
    );
  unique(storage.secrets, (secret) => secret, 'storage.secrets', problems);
  for (const secret of storage.secrets)
    problems.unless(
      /^[\w/+=.@-]{1,400}$/.test(secret),
      'storage.secrets',
      secret,
      'a name such as database-url, without the project and the environment',
    );
  problems.unless(
    !storage.fileSystem || network.existing === undefined || network.existing.privateSubnetIds.length > 0,
    'storage.fileSystem',
    storage.fileSystem,
    'its mount targets are in private subnets: name some in network.existing.privateSubnetIds',
  );
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
