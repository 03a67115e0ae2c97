import {
  CreateServiceCommand,
  DeregisterTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  type ECSClient,
  type Service,
  type TaskDefinition,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { describeService, revisionName } from '../aws/ecs';
import { failureOf } from '../aws/failures';
import { SlipwayError } from '../errors';
import type { Sink } from '../events';
import { baselineOf, type Baseline } from './baseline';
import { estimateOf } from './estimate';
import type { Release } from './outcome';
import type { Plan } from './plan';
import { primaryOf } from './running';
import type { ServiceDeployments } from './service-deployments';

/** A deployment that ECS took. */
export interface Started {
  release: Release;
  deploymentId: string;
  taskDefinitionArn: string;
  baseline: Baseline;
}

/** What must succeed once the revision is registered, before the service is sent anything. */
export type Gate = (registered: TaskDefinition | undefined) => Promise<void>;

/**
 * Carries a plan out: at most one RegisterTaskDefinition, then one UpdateService or CreateService. Where the second
 * fails, the revision that the first one made is deregistered again, so that nothing is left half done.
 * @throws SlipwayError AWS_REFUSED with what ECS said
 */
export async function startRelease(
  ecs: ECSClient,
  plan: Plan,
  runningArn: string | undefined,
  serviceDeployments: ServiceDeployments,
  sink: Sink,
  gate: Gate = () => Promise.resolve(),
): Promise<Started | undefined> {
  const { cluster, service: name } = plan;
  let arn = runningArn;
  let definition: TaskDefinition | undefined;
  if (plan.register !== undefined) {
    const { family } = plan.register;
    const answer = await refused(`the task definition ${family}`, () =>
      ecs.send(new RegisterTaskDefinitionCommand(plan.register!)),
    );
    definition = answer.taskDefinition;
    arn = definition?.taskDefinitionArn ?? '';
    sink({ type: 'phase', phase: 'register', message: revisionName(arn) });
  }
  const registered = plan.register === undefined ? undefined : arn;
  await gate(definition).catch(async (error: unknown) => {
    if (registered !== undefined) await deregister(ecs, registered, sink);
    throw error;
  });
  const before = await readBaseline(ecs, { cluster, service: name }, serviceDeployments, sink);
  const service = plan.request && (await send(ecs, plan, arn, registered, sink));
  await tagService(ecs, plan, service, sink);
  if (service === undefined || arn === undefined) return undefined;
  const ours =
    service.deployments?.find((each) => each.taskDefinition === arn && each.status === 'PRIMARY') ??
    primaryOf(service);
  const deploymentId = ours?.id ?? '';
  sink({ type: 'phase', phase: 'update', message: `${revisionName(arn)} rolls out as ${deploymentId}` });
  const images = Object.fromEntries(plan.images.map(({ container, resolved }) => [container, resolved]));
  const gitSha =
    plan.register?.tags?.find(({ key }) => key === 'slipway:git-sha')?.value ?? plan.running?.gitSha;
  return {
    release: { taskDefinition: revisionName(arn), images, gitSha, deploymentId },
    deploymentId,
    taskDefinitionArn: arn,
    baseline: before,
  };
}

/** What is there now, so that what comes can be told from it. */
export async function readBaseline(
  ecs: ECSClient,
  name: { cluster: string; service: string },
  serviceDeployments: ServiceDeployments,
  sink?: Sink,
): Promise<Baseline> {
  const [service, listed] = await Promise.all([describeService(ecs, name), serviceDeployments.list()]);
  const estimate = estimateOf(listed ?? []);
  if (estimate !== undefined) sink?.({ type: 'estimate', ...estimate });
  const arns = (listed ?? []).map(({ serviceDeploymentArn }) => serviceDeploymentArn ?? '');
  return baselineOf(service?.status === 'INACTIVE' ? undefined : service, new Set(arns));
}

async function send(
  ecs: ECSClient,
  { request, cluster, service }: Plan,
  taskDefinition: string | undefined,
  registered: string | undefined,
  sink: Sink,
): Promise<Service | undefined> {
  if (request === undefined) return undefined;
  const revision = taskDefinition === undefined ? {} : { taskDefinition };
  try {
    return await refused(`service ${service}`, async () => {
      const answer =
        'create' in request
          ? await ecs.send(new CreateServiceCommand({ ...request.create, ...revision }))
          : await ecs.send(
              new UpdateServiceCommand({ ...request.update, ...(registered === undefined ? {} : revision) }),
            );
      return answer.service;
    });
  } catch (error) {
    if (registered === undefined) throw error;
    // Without an answer the update may have arrived all the same.
    if (['network', 'server'].includes(failureOf(error))) {
      const now = await describeService(ecs, { cluster, service }).catch(() => 'unknown' as const);
      if (now === 'unknown') throw error;
      if (now?.taskDefinition === registered) return now;
    }
    await deregister(ecs, registered, sink);
    throw error;
  }
}

async function deregister(ecs: ECSClient, arn: string, sink: Sink): Promise<void> {
  const name = revisionName(arn);
  try {
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
    sink({
      type: 'note',
      level: 'info',
      message: `${name} was deregistered again: the service was not updated to it`,
    });
  } catch {
    sink({
      type: 'note',
      level: 'warning',
      message: `${name} was registered but is used by nothing; it could not be deregistered`,
    });
  }
}

/** Tags are no part of UpdateService. The deployment has begun: a tag that cannot be set does not end it. */
async function tagService(
  ecs: ECSClient,
  plan: Plan,
  service: Service | undefined,
  sink: Sink,
): Promise<void> {
  const { serviceTags, removedServiceTags = [] } = plan;
  if (serviceTags.length === 0 && removedServiceTags.length === 0) return;
  try {
    const resourceArn = service?.serviceArn ?? (await describeService(ecs, plan))?.serviceArn;
    if (serviceTags.length > 0)
      await ecs.send(new TagResourceCommand({ resourceArn, tags: [...serviceTags] }));
    if (removedServiceTags.length > 0)
      await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: [...removedServiceTags] }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    sink({
      type: 'note',
      level: 'warning',
      message: `the tags of service ${plan.service} could not be set: ${message}`,
    });
  }
}

/** UpdateService to a revision that exists; used to go back. */
export async function updateTo(
  ecs: ECSClient,
  input: UpdateServiceCommandInput,
): Promise<Service | undefined> {
  return refused(
    `service ${input.service ?? ''}`,
    async () => (await ecs.send(new UpdateServiceCommand(input))).service,
  );
}

const REFUSALS = [
  'ClientException',
  'InvalidParameterException',
  'UnsupportedFeatureException',
  'PlatformUnknownException',
  'PlatformTaskDefinitionIncompatibilityException',
  'LimitExceededException',
  'ServiceNotActiveException',
  'NamespaceNotFoundException',
  'ConflictException',
];

export async function refused<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || !REFUSALS.includes(error.name)) throw error;
    throw new SlipwayError('AWS_REFUSED', `ECS refused ${what}: ${error.message} (${error.name})`, {
      hint: 'nothing was deployed; change the definition that the message is about',
      cause: error,
    });
  }
}
