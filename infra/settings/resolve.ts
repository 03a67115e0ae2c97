import { checkEnvironment, checkProject } from './check';
import type { Environment, Github, Home, Platform, Project, Service } from './platform';
import type { EnvironmentSettings, GithubSettings, ProjectSettings, ServiceSettings } from './settings';
import { SettingsError } from './problems';
import type { Variables } from './variables';

export const DEFAULT_REGION = 'ap-northeast-1';

/**
 * Fills in defaults and variables, and checks all of it.
 * @throws SettingsError with every problem at once, each with its option, its value and what would be right.
 */
export function resolvePlatform(
  settings: { project: ProjectSettings; environments: readonly EnvironmentSettings[] },
  variables: Variables,
): Platform {
  const project = resolveProject(settings.project, variables);
  const environments = settings.environments.map((one) =>
    resolveEnvironment(one, settings.project, variables),
  );
  const problems = [
    ...checkProject(project),
    ...environments.flatMap((one) => checkEnvironment(one, project)),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    project,
    environments,
    serviceNames: [
      ...new Set(environments.flatMap((one) => one.services.map((service) => service.name))),
    ].sort(),
    environment(name) {
      const found = environments.find((one) => one.name === name);
      if (!found)
        throw new Error(
          `no settings for environment "${name}"; there are: ${environments.map((one) => one.name).join(', ')}`,
        );
      return found;
    },
  };
}

function resolveProject(settings: ProjectSettings, variables: Variables): Project {
  return {
    ...resolveHome(settings.name, settings, variables),
    protect: !variables.rehearsal && (settings.protect ?? true),
    github: resolveGithub(settings.github ?? {}, variables),
  };
}

function resolveEnvironment(
  own: EnvironmentSettings,
  project: ProjectSettings,
  variables: Variables,
): Environment {
  return {
    ...resolveHome(project.name, { ...project, ...own }, variables),
    name: own.name,
    cidr: own.cidr ?? '10.0.0.0/16',
    subnetPrefix: own.subnetPrefix ?? 24,
    zones: own.zones ?? ['a', 'c'],
    nat: own.nat ?? 'single',
    tasks: own.tasks ?? 'private',
    containerInsights: own.containerInsights ?? 'enabled',
    logRetentionDays: own.logRetentionDays ?? 30,
    protect: !variables.rehearsal && (own.protect ?? false),
    testListenerSources: own.testListenerSources ?? [own.cidr ?? '10.0.0.0/16'],
    services: own.services.map(resolveService),
  };
}

function resolveService(own: ServiceSettings, index: number): Service {
  return {
    name: own.name,
    port: own.port ?? 3000,
    hosts: own.hosts ?? [],
    paths: own.paths ?? ['/*'],
    priority: own.priority ?? (index + 1) * 100,
    healthCheck: {
      path: own.healthCheck?.path ?? '/health-check',
      matcher: own.healthCheck?.matcher ?? '200',
      interval: own.healthCheck?.interval ?? 5,
      timeout: own.healthCheck?.timeout ?? 3,
      healthyCount: own.healthCheck?.healthyCount ?? 2,
      unhealthyCount: own.healthCheck?.unhealthyCount ?? 3,
    },
    deregistrationDelay: own.deregistrationDelay ?? 30,
    outboundPorts: own.outboundPorts ?? [443],
    exec: own.exec ?? false,
    errorsPerMinute: own.errorsPerMinute ?? 10,
  };
}

/** In a rehearsal the variables win: the emulator has an account of its own, and the real bucket is out of reach. */
function resolveHome(
  project: string,
  own: { account?: string; region?: string; stateBucket?: string },
  variables: Variables,
): Home {
  const { rehearsal } = variables;
  const choose = (setting: string | undefined, variable: string | undefined) =>
    rehearsal ? (variable ?? setting) : (setting ?? variable);
  return {
    project,
    account: choose(own.account, variables.accountId),
    region: choose(own.region, variables.region) ?? DEFAULT_REGION,
    stateBucket: rehearsal ? undefined : choose(own.stateBucket, variables.stateBucket),
    rehearsal,
  };
}

function resolveGithub(own: GithubSettings, variables: Variables): Github {
  const [ownerOfVariable, repositoryOfVariable] = variables.repository?.split('/') ?? [];
  const owner = own.owner ?? ownerOfVariable;
  const repository = own.repository ?? repositoryOfVariable;
  const ownerId = own.ownerId ?? variables.ownerId;
  const repositoryId = own.repositoryId ?? variables.repositoryId;
  return {
    identity:
      owner && repository
        ? {
            owner,
            repository,
            ids: ownerId && repositoryId ? { owner: ownerId, repository: repositoryId } : undefined,
          }
        : undefined,
    branch: own.branch ?? 'main',
    applyEnvironment: own.applyEnvironment ?? 'infrastructure',
    provider: own.provider ?? 'own',
  };
}
