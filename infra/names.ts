import { createHash } from 'node:crypto';

/** Load balancers and target groups take 32 characters. */
const SHORT = 32;

/** All names, from the project's. Foundation and environments never share tokens: what they share is here. */
export function names(project: string) {
  const inEnvironment = (environment: string) => `${project}-${environment}`;
  const inService = (environment: string, service: string) => `${inEnvironment(environment)}-${service}`;
  const inProject = (service: string) => `${project}-${service}`;

  return {
    stateBucket: (account: string, region: string) => `${project}-state-${account}-${region}`,
    stateKey: (stack: string) => `${project}/${stack}.tfstate`,
    repository: (service: string) => `${project}/${service}`,
    buildRole: `${project}-build`,
    planRole: `${project}-plan`,
    applyRole: `${project}-apply`,
    pipeline: inProject,
    pipelineRole: (service: string) => `${inProject(service)}-pipeline`,
    /** Of a step of the pipeline: `test`, `build`, or the environment that it deploys to. */
    pipelineProject: (service: string, step: string) => `${inProject(service)}-${step}`,
    pipelineStepRole: (service: string, step: string) => `${inProject(service)}-pipeline-${step}`,
    pipelineLogGroup: (service: string, step: string) => `/codebuild/${project}/${service}/${step}`,
    pipelineTopic: (service: string) => `${inProject(service)}-pipeline`,
    artifactBucket: (service: string, place: BucketPlace) =>
      bucketName(`${inProject(service)}-pipeline`, place),
    runner: (environment: string) => `${inEnvironment(environment)}-runner`,
    budget: `${project}-monthly`,
    trail: `${project}-calls`,
    trailBucket: (place: BucketPlace) => bucketName(`${project}-calls`, place),
    environment: inEnvironment,
    cluster: inEnvironment,
    loadBalancer: (environment: string) => shorten(inEnvironment(environment)),
    loadBalancerRole: (environment: string) => `${inEnvironment(environment)}-load-balancer`,
    family: inService,
    deployRole: (environment: string, service: string) => `${inService(environment, service)}-deploy`,
    deployPlanRole: (environment: string, service: string) =>
      `${inService(environment, service)}-deploy-plan`,
    executionRole: (environment: string, service: string) => `${inService(environment, service)}-execution`,
    taskRole: (environment: string, service: string) => `${inService(environment, service)}-task`,
    targetGroup: (environment: string, service: string, colour: 'blue' | 'green') =>
      shorten(`${inService(environment, service)}-${colour}`),
    flowLogGroup: (environment: string) => `/vpc/${project}/${environment}`,
    execLogGroup: (environment: string) => `/ecs-exec/${project}/${environment}`,
    instanceRole: (environment: string) => `${inEnvironment(environment)}-instance`,
    externalRole: (environment: string) => `${inEnvironment(environment)}-external`,
    firewallLogGroup: (environment: string) => `aws-waf-logs-${shorten(inEnvironment(environment))}`,
    flowLogRole: (environment: string) => `${inEnvironment(environment)}-flow-logs`,
    key: inEnvironment,
    accessLogBucket: (environment: string, place: BucketPlace) =>
      bucketName(`${inEnvironment(environment)}-access-logs`, place),
    envFileBucket: (environment: string, place: BucketPlace) =>
      bucketName(`${inEnvironment(environment)}-env-files`, place),
    secret: (environment: string, name: string) => `${project}/${environment}/${name}`,
    topic: (environment: string) => `${inEnvironment(environment)}-notifications`,
    /** What the names of all log groups of services begin with. */
    logGroups: (environment: string) => `/ecs/${project}/${environment}/`,
    logGroup: (environment: string, service: string) => `/ecs/${project}/${environment}/${service}`,
    alarm: (environment: string, service: string, what: string) =>
      `${inService(environment, service)}-${what}`,
    parameters: (environment: string) => `/${project}/${environment}`,
    servicesPath: (environment: string) => `/${project}/${environment}/services`,
    outputsParameter: (environment: string) => `/${project}/${environment}/outputs`,
    serviceOutputsParameter: (environment: string, service: string) =>
      `/${project}/${environment}/services/${service}/outputs`,
  };
}

interface BucketPlace {
  readonly accountId: string;
  readonly region: string;
}

/** S3 has one space of names for all accounts, and takes 63 characters; the account may be a token, of twelve digits later. */
function bucketName(name: string, { accountId, region }: BucketPlace): string {
  return `${shorten(name, 63 - 12 - region.length - 2)}-${accountId}-${region}`;
}

/** A name of at most 32 characters; what is cut off is made up for by six characters of its hash. */
export function shorten(name: string, length = SHORT): string {
  if (name.length <= length) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${name.slice(0, length - hash.length - 1).replace(/-+$/, '')}-${hash}`;
}
