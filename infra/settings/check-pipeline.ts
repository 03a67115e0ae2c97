import { names } from '../names';
import type { Environment, Pipeline, Project } from './platform';
import { Problems, unique } from './problems';

const ROLE_NAME_LENGTH = 64;
/** CodeConnections takes so many for a connection's name. */
const CONNECTION_NAME_LENGTH = 32;
const MAIL = /^\S+@\S+\.\S+$/;

/** Pipelines of CodePipeline: they name services and environments, which must be there. */
export function checkPipelines(project: Project, environments: readonly Environment[]): string[] {
  const problems = new Problems('project');
  for (const pipeline of project.pipelines) {
    checkSource(pipeline, problems);
    checkStages(pipeline, environments, problems);
    checkNames(project.project, pipeline, problems);
  }
  unique(project.pipelines, ({ service }) => service, 'pipeline.service', problems);
  return problems.found;
}

function checkSource(pipeline: Pipeline, problems: Problems): void {
  const { repository, branch, connectionArn, provider, buildspecs, architecture, emails } = pipeline;
  problems.unless(
    /^[\w.-]+(\/[\w.-]+)+$/.test(repository),
    'pipeline.repository',
    repository,
    'owner and name, such as shop/web',
  );
  problems.unless(/^[\w./-]+$/.test(branch), 'pipeline.branch', branch, 'a branch, such as main');
  problems.unless(
    connectionArn === undefined ||
      /^arn:[^:]+:(codestar-connections|codeconnections):.+:connection\/.+$/.test(connectionArn),
    'pipeline.connectionArn',
    connectionArn,
    'the ARN of a connection',
  );
  const oneOf = (option: string, value: string, values: readonly string[]) =>
    problems.unless(values.includes(value), option, value, `one of ${values.join(', ')}`);
  oneOf('pipeline.provider', provider, ['GitHub', 'GitLab', 'Bitbucket']);
  oneOf('pipeline.architecture', architecture, ['x86_64', 'arm64']);
  problems.unless(
    /^[\w.-]+(\/[\w.-]+)*$/.test(buildspecs),
    'pipeline.buildspecs',
    buildspecs,
    'a folder of the repository, such as deploy/ci',
  );
  for (const email of emails)
    problems.unless(MAIL.test(email), 'pipeline.emails', email, 'an address such as ops@example.com');
}

function checkStages(pipeline: Pipeline, environments: readonly Environment[], problems: Problems): void {
  const serviceNames = [...new Set(environments.flatMap(({ services }) => services.map(({ name }) => name)))];
  problems.unless(
    serviceNames.includes(pipeline.service),
    'pipeline.service',
    pipeline.service || undefined,
    `one of ${serviceNames.join(', ')}`,
  );
  problems.unless(
    pipeline.environments.length > 0,
    'pipeline.environments',
    pipeline.environments,
    'a pipeline deploys to one at least',
  );
  unique(pipeline.environments, (name) => name, 'pipeline.environments', problems);
  for (const name of pipeline.environments) {
    const environment = environments.find((one) => one.name === name);
    problems.unless(
      environment !== undefined,
      'pipeline.environments',
      name,
      `one of ${environments.map((one) => one.name).join(', ')}`,
    );
    problems.unless(
      !['test', 'build'].includes(name),
      'pipeline.environments',
      name,
      'a step of the pipeline has this name already',
    );
    if (environment === undefined || !serviceNames.includes(pipeline.service)) continue;
    problems.unless(
      environment.services.some((service) => service.name === pipeline.service),
      'pipeline.environments',
      name,
      `it carries no service ${pipeline.service}`,
    );
  }
}

function checkNames(project: string, pipeline: Pipeline, problems: Problems): void {
  const { service, environments, connectionArn } = pipeline;
  for (const step of ['build', ...environments]) {
    const role = names(project).pipelineStepRole(service, step);
    problems.unless(
      role.length <= ROLE_NAME_LENGTH,
      'pipeline.service',
      service,
      `its role ${role} has ${role.length} characters, and IAM takes ${ROLE_NAME_LENGTH}`,
    );
  }
  const connection = names(project).pipeline(service);
  problems.unless(
    connectionArn !== undefined || connection.length <= CONNECTION_NAME_LENGTH,
    'pipeline.service',
    service,
    `its connection ${connection} has ${connection.length} characters, and AWS takes ${CONNECTION_NAME_LENGTH}: make one by hand and set connectionArn`,
  );
}

/** A host for GitLab's jobs: it must know which GitLab, and reach it. */
export function checkRunner(environment: Environment, project: Project, problems: Problems): void {
  const { runner, network } = environment;
  if (runner === undefined) return;
  const { instanceType, tokenSecret, concurrency, diskSize } = runner;
  problems.unless(
    project.gitlab !== undefined,
    'runner',
    runner,
    'its jobs are of the project that `gitlab` names in environments/project.ts: set it',
  );
  problems.unless(
    network.existing !== undefined || network.nat !== 'none',
    'network.nat',
    network.nat,
    'the runner reaches GitLab through a NAT gateway: take single or per-az',
  );
  problems.unless(
    /^[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType),
    'runner.instanceType',
    instanceType,
    'a type such as t3.small',
  );
  problems.unless(
    /^[\w/+=.@-]+$/.test(tokenSecret),
    'runner.tokenSecret',
    tokenSecret,
    'the name of a secret, such as runner-token',
  );
  problems.unless(
    Number.isInteger(concurrency) && concurrency >= 1,
    'runner.concurrency',
    concurrency,
    'a whole number from 1',
  );
  problems.unless(
    Number.isInteger(diskSize) && diskSize >= 20 && diskSize <= 16_384,
    'runner.diskSize',
    diskSize,
    '20 to 16384 GiB',
  );
}
