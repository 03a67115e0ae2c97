import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { compatibilities, requiredAttributes } from './attributes';
import { parseCpu, parseMemory } from './fargate-sizes';
import type { TaskDefinition, TaskDefinitionBody, TaskDefinitionFamily } from './task-definition';
import { validateTaskDefinition } from './validate';

/** Registers a new revision: always the next number of its family, also for an identical body. */
export function registerTaskDefinition(
  plane: ControlPlane,
  request: RegisterTaskDefinitionRequest,
): TaskDefinition {
  const { family: name, tags, ...body } = request;
  validateTaskDefinition(request);
  const family: TaskDefinitionFamily = plane.families.get(name ?? '') ?? {
    name: name ?? '',
    lastRevision: 0,
    revisions: new Map(),
  };
  plane.families.set(family.name, family);
  family.lastRevision += 1;
  const filled = withDefaults(body);
  const taskDefinition: TaskDefinition = {
    arn: plane.arns.taskDefinition(family.name, family.lastRevision),
    family: family.name,
    revision: family.lastRevision,
    status: 'ACTIVE',
    body: filled,
    compatibilities: compatibilities(filled),
    requiresAttributes: requiredAttributes(filled),
    registeredAt: plane.clock.now(),
    registeredBy: `arn:aws:iam::${plane.accountId}:root`,
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
    tags: tags ?? [],
  };
  family.revisions.set(taskDefinition.revision, taskDefinition);
  return taskDefinition;
}

/** As AWS gives it back: defaults filled in, CPU and memory as plain numbers. */
function withDefaults(body: TaskDefinitionBody): TaskDefinitionBody {
  const cpu = body.cpu === undefined ? undefined : parseCpu(body.cpu);
  const memory = body.memory === undefined ? undefined : parseMemory(body.memory);
  const ownPorts = body.networkMode === 'awsvpc' || body.networkMode === 'host';
  return {
    volumes: [],
    placementConstraints: [],
    ...body,
    ...(cpu !== undefined && { cpu: String(cpu) }),
    ...(memory !== undefined && { memory: String(memory) }),
    containerDefinitions: (body.containerDefinitions ?? []).map((container) =>
      containerDefaults(container, ownPorts),
    ),
  };
}

function containerDefaults(container: ContainerDefinition, ownPorts: boolean): ContainerDefinition {
  return {
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort ?? (ownPorts ? mapping.containerPort : 0),
      protocol: mapping.protocol ?? 'tcp',
    })),
    ...(container.healthCheck !== undefined && {
      healthCheck: { ...container.healthCheck, ...healthCheckDefaults(container.healthCheck) },
    }),
  };
}

function healthCheckDefaults(check: {
  interval?: number | undefined;
  timeout?: number | undefined;
  retries?: number | undefined;
}) {
  return { interval: check.interval ?? 30, timeout: check.timeout ?? 5, retries: check.retries ?? 3 };
}

/**
 * By family (its latest ACTIVE revision), `family:revision` or ARN.
 * @throws ClientException with the given text where there is none.
 */
export function findTaskDefinition(
  plane: ControlPlane,
  reference: string,
  missing: () => Error,
): TaskDefinition {
  const found = lookUpTaskDefinition(plane, reference);
  if (found === undefined) throw missing();
  return found;
}

export function lookUpTaskDefinition(plane: ControlPlane, reference: string): TaskDefinition | undefined {
  const text = reference.startsWith('arn:') ? (reference.split('/').at(-1) ?? '') : reference;
  const [name = '', revision] = text.split(':');
  const family = plane.families.get(name);
  if (family === undefined) return undefined;
  if (revision !== undefined) return family.revisions.get(Number(revision));
  let latest: TaskDefinition | undefined;
  for (const candidate of family.revisions.values()) {
    if (candidate.status === 'ACTIVE' && candidate.revision > (latest?.revision ?? 0)) latest = candidate;
  }
  return latest;
}

/** For a new use: as `findTaskDefinition`, and it must not be deregistered. */
export function usableTaskDefinition(plane: ControlPlane, reference: string): TaskDefinition {
  const found = findTaskDefinition(plane, reference, errors.taskDefinitionNotFound);
  if (found.status !== 'ACTIVE') throw errors.taskDefinitionInactive();
  return found;
}
