import { checkCompleted, checkShapes, type AllSettings } from './check-platform';
import type { Ec2, Environment, Github, Home, Platform, Project, Service } from './platform';
import { presets } from './presets';
import type { EnvironmentSettings, GithubSettings, ProjectSettings, ServiceSettings } from './settings';
import { SettingsError } from './problems';
import type { Variables } from './variables';

export const DEFAULT_REGION = 'ap-northeast-1';

/**
 * Fills in defaults and variables, and checks all of it.
 * @throws SettingsError with every problem at once, each with its option, its value and what would be right.
 */
export function resolvePlatform(settings: AllSettings, variables: Variables): Platform {
  const shape = checkShapes(settings);
  let completed: Omit<Platform, 'environment'>;
  let problems: string[];
  try {
    completed = complete(settings, variables);
    problems = checkCompleted(completed, settings.environments);
  } catch (error) {
    // What has the wrong type may well be in the way.
    if (shape.length === 0) throw error;
    throw new SettingsError(shape);
  }
  const aboutOf = (problem: string) => problem.slice(0, problem.indexOf('; ')).replace(/\[\d+\] is /, ' is ');
  const told = new Set(shape.map(aboutOf));
  const all = [...shape, ...problems.filter((problem) => !told.has(aboutOf(problem)))];
  if (all.length > 0) throw new SettingsError(all);
  return {
    ...completed,
    environment(name) {
      const { environments } = completed;
      const found = environments.find((one) => one.name === name);
      if (!found)
        throw new Error(
          `no settings for environment "${name}"; there are: ${environments.map((one) => one.name).join(', ')}`,
        );
      return found;
    },
  };
}

function complete(settings: AllSettings, variables: Variables): Omit<Platform, 'environment'> {
  const environments = settings.environments.map((one) =>
    resolveEnvironment(one, settings.project, variables),
  );
  const serviceNames = [
    ...new Set(environments.flatMap((one) => one.services.map((service) => service.name))),
  ].sort();
  return { project: resolveProject(settings.project, serviceNames, variables), environments, serviceNames };
}

function resolveProject(
  settings: ProjectSettings,
  serviceNames: readonly string[],
  variables: Variables,
): Project {
  const { registry = {}, gitlab, pipeline = [] } = settings;
  return {
    ...resolveHome(settings.name, settings, variables),
    protect: !variables.rehearsal && (settings.protect ?? true),
    github: resolveGithub(settings.github ?? {}, variables),
    gitlab: gitlab && { host: 'gitlab.com', branch: 'main', provider: 'own', ...gitlab },
    registry: {
      tags: registry.tags ?? 'immutable',
      keepImages: registry.keepImages ?? 500,
      untaggedDays: registry.untaggedDays ?? 14,
      replicateTo: registry.replicateTo ?? [],
      pullAccounts: registry.pullAccounts ?? [],
    },
    budget: settings.budget,
    cloudTrail: settings.cloudTrail ?? false,
    serviceLinkedRoles: settings.serviceLinkedRoles ?? 'existing',
    pipelines: [pipeline].flat().map((own) => ({
      // With several services the check asks which one.
      service: serviceNames.length === 1 ? (serviceNames[0] ?? '') : '',
      branch: 'main',
      environments: ['staging', 'production'],
      connectionArn: undefined,
      provider: 'GitHub',
      buildspecs: 'deploy/ci',
      architecture: 'x86_64',
      emails: [],
      ...defined(own),
      repository: own.repository,
    })),
  };
}

function resolveEnvironment(
  own: EnvironmentSettings,
  project: ProjectSettings,
  variables: Variables,
): Environment {
  const preset = own.preset ?? 'standard';
  // An unknown preset is a problem that the check reports.
  const given = Object.hasOwn(presets, preset) ? presets[preset] : presets.standard;
  const cidr = own.network?.existing?.cidr ?? own.network?.cidr ?? '10.0.0.0/16';
  return {
    ...resolveHome(project.name, { ...project, ...own }, variables),
    name: own.name,
    preset,
    protect: !variables.rehearsal && (own.protect ?? false),
    encryption: own.encryption ?? given.encryption,
    network: {
      subnetPrefix: 24,
      zones: ['a', 'c'],
      nat: 'single',
      tasks: 'private',
      endpoints: 's3',
      moreEndpoints: [],
      isolatedTier: false,
      flowLogs: true,
      existing: undefined,
      ...given.network,
      ...defined(own.network),
      cidr,
    },
    cluster: {
      containerInsights: 'enabled',
      logExec: true,
      capacity: 'fargate',
      external: false,
      serviceConnect: undefined,
      ...given.cluster,
      ...defined(own.cluster),
      ec2: { ...instances, ...defined(own.cluster?.ec2) },
    },
    ingress: {
      kind: 'application',
      domain: undefined,
      zone: 'own',
      certificateArn: undefined,
      cloudFront: false,
      firewall: false,
      rateLimit: 2000,
      accessLogs: true,
      sources: ['0.0.0.0/0'],
      testSources: [cidr],
      ...given.ingress,
      ...defined(own.ingress),
    },
    observability: {
      logRetentionDays: 30,
      emails: [],
      dashboard: true,
      ...given.observability,
      ...defined(own.observability),
    },
    storage: {
      fileSystem: false,
      envFiles: false,
      ...defined(own.storage),
      secrets: [
        ...new Set([...(own.storage?.secrets ?? []), ...(own.runner ? [own.runner.tokenSecret] : [])]),
      ],
    },
    runner: own.runner && {
      instanceType: 't3.small',
      concurrency: 2,
      diskSize: 50,
      ...defined(own.runner),
      tokenSecret: own.runner.tokenSecret,
    },
    services: own.services.map(resolveService),
  };
}

const instances: Ec2 = {
  instanceType: 't3.small',
  architecture: 'x86_64',
  min: 1,
  max: 5,
  diskSize: 30,
  scaling: 'provider',
};

/** Without the members that are undefined, which would hide a default. */
function defined<T extends object>(settings: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function resolveService(own: ServiceSettings, index: number): Service {
  return {
    port: 3000,
    networkMode: 'awsvpc',
    hosts: [],
    paths: ['/*'],
    priority: priorityOf(own, index),
    deregistrationDelay: 30,
    outboundPorts: [443],
    exec: false,
    errorsPerMinute: 10,
    slowSeconds: 2,
    ...defined(own),
    name: own.name,
    healthCheck: {
      path: '/health-check',
      matcher: '200',
      interval: 5,
      timeout: 3,
      healthyCount: 2,
      unhealthyCount: 3,
      ...defined(own.healthCheck),
    },
  };
}

/** What fits fewer requests is asked first: paths before hosts, hosts before what takes all that is left. */
function priorityOf({ hosts = [], paths = ['/*'] }: ServiceSettings, index: number): number {
  const takesEveryPath = paths.includes('/*');
  return (index + 1) * 100 + (takesEveryPath ? (hosts.length > 0 ? 10_000 : 20_000) : 0);
}

/** In a rehearsal the variables win: the emulator has an account of its own, and the real bucket is out of reach. */
function resolveHome(
  project: string,
  own: { account?: string; region?: string; stateBucket?: string; permissionsBoundary?: string },
  variables: Variables,
): Home {
  const { rehearsal } = variables;
  const choose = (setting: string | undefined, variable: string | undefined) =>
    rehearsal ? (variable ?? setting) : (setting ?? variable);
  return {
    project,
    account: choose(own.account, variables.accountId),
    region: choose(own.region, variables.region) ?? DEFAULT_REGION,
    stateBucket: rehearsal ? variables.stateBucket : choose(own.stateBucket, variables.stateBucket),
    permissionsBoundary: rehearsal ? undefined : own.permissionsBoundary,
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
    apps: (own.apps ?? []).map((app) => {
      const of = app.owner ?? owner ?? '';
      const number = app.ownerId ?? (of === owner ? ownerId : undefined);
      const ids = number && app.repositoryId ? { owner: number, repository: app.repositoryId } : undefined;
      return { identity: { owner: of, repository: app.repository, ids }, services: app.services };
    }),
    branch: own.branch ?? 'main',
    applyEnvironment: own.applyEnvironment ?? 'infrastructure',
    provider: own.provider ?? 'own',
  };
}
