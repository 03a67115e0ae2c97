import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { errors } from '../errors';
import { isFargateSize, parseCpu, parseMemory } from './fargate-sizes';

const mostContainers = 10;
const mostBytes = 64 * 1024;
const fargateLogDrivers = ['awslogs', 'splunk', 'awsfirelens'];
const invalidCpu =
  "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

/**
 * What ECS refuses of a task definition, one error at a time.
 * @throws ClientException with AWS's text.
 */
export function validateTaskDefinition(request: RegisterTaskDefinitionRequest): void {
  const family = request.family ?? '';
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) {
    throw errors.client(
      family === '' ? 'Family should not be null or empty.' : `Invalid family name '${family}'.`,
    );
  }
  const containers = request.containerDefinitions ?? [];
  if (containers.length === 0) throw errors.client('Container list cannot be empty.');
  if (containers.length > mostContainers) {
    throw errors.client(
      `Too many containers in the task definition: ${containers.length}. The limit is ${mostContainers}.`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(request)) > mostBytes) {
    throw errors.client('Actual length of the task definition exceeds the limit of 64 KB.');
  }
  const fargate = request.requiresCompatibilities?.includes('FARGATE') === true;
  const names = new Set<string>();
  for (const container of containers) {
    validateContainer(container, request, fargate);
    if (names.has(container.name ?? '')) {
      throw errors.client(
        `Container.name '${container.name}' is used more than once in the task definition.`,
      );
    }
    names.add(container.name ?? '');
  }
  if (containers.every((container) => container.essential === false)) {
    throw errors.client('At least one container must be marked as essential.');
  }
  for (const container of containers) validateDependencies(container, containers);
  if (fargate) validateFargate(request, containers);
  else if (request.cpu !== undefined && parseCpu(request.cpu) === undefined) throw errors.client(invalidCpu);
}

function validateContainer(
  container: ContainerDefinition,
  request: RegisterTaskDefinitionRequest,
  fargate: boolean,
): void {
  const name = container.name ?? '';
  if (name === '') throw errors.client('Container.name should not be null or empty.');
  if ((container.image ?? '') === '') throw errors.client('Container.image should not be null or empty.');
  if (
    request.memory === undefined &&
    container.memory === undefined &&
    container.memoryReservation === undefined
  ) {
    throw errors.client(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  for (const { containerPort, hostPort } of container.portMappings ?? []) {
    if (request.networkMode === 'awsvpc' && hostPort !== undefined && hostPort !== containerPort) {
      throw errors.client(
        'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      );
    }
  }
  for (const [which, seconds] of [
    ['start', container.startTimeout],
    ['stop', container.stopTimeout],
  ] as const) {
    if (seconds !== undefined && seconds < 2) {
      throw errors.client(`Granular ${which} timeout on container '${name}' must be at least 2 seconds.`);
    }
  }
  if (fargate && (container.stopTimeout ?? 0) > 120) {
    throw errors.client(
      'Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.',
    );
  }
  validateLogs(container, fargate);
}

function validateLogs({ logConfiguration }: ContainerDefinition, fargate: boolean): void {
  const driver = logConfiguration?.logDriver;
  if (driver === undefined) return;
  if (fargate && !fargateLogDrivers.includes(driver)) {
    throw errors.client(
      `${driver} is not a valid log driver. Must be one of [${fargateLogDrivers.join(',')}]`,
    );
  }
  const options = logConfiguration?.options ?? {};
  if (driver === 'awslogs' && (!options['awslogs-region'] || !options['awslogs-group'])) {
    throw errors.client('Log driver awslogs requires options: awslogs-region, awslogs-group');
  }
}

function validateDependencies(container: ContainerDefinition, all: readonly ContainerDefinition[]): void {
  for (const { containerName, condition } of container.dependsOn ?? []) {
    const on = all.find(({ name }) => name === containerName);
    if (on === undefined) {
      throw errors.client(`Cannot depend on container + '${containerName}' because it does not exist`);
    }
    if ((condition === 'SUCCESS' || condition === 'COMPLETE') && on.essential !== false) {
      throw errors.client(
        'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
      );
    }
    if (condition === 'HEALTHY' && on.healthCheck === undefined) {
      throw errors.client('A dependency container with HEALTHY condition must have health check configured');
    }
  }
  if (dependsOnItself(container.name ?? '', all)) {
    throw errors.client(`Dependency cycle detected on container '${container.name}'.`);
  }
}

function dependsOnItself(name: string, all: readonly ContainerDefinition[]): boolean {
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { containerName = '' } of all.find((container) => container.name === next)?.dependsOn ?? []) {
      if (containerName === name) return true;
      if (!seen.has(containerName)) open.push(containerName);
      seen.add(containerName);
    }
  }
  return false;
}

function validateFargate(
  request: RegisterTaskDefinitionRequest,
  containers: readonly ContainerDefinition[],
): void {
  if (request.networkMode !== 'awsvpc') throw errors.client('Fargate only supports network mode ‘awsvpc’.');
  for (const name of ['cpu', 'memory'] as const) {
    if (request[name] === undefined)
      throw errors.client(`Fargate requires that '${name}' be defined at the task level.`);
  }
  const cpu = parseCpu(request.cpu ?? '');
  const memory = parseMemory(request.memory ?? '');
  if (cpu === undefined) throw errors.client(invalidCpu);
  if (memory === undefined) throw errors.client(invalidCpu.replace("'cpu'", "'memory'"));
  if (!isFargateSize(cpu, memory)) {
    throw errors.client(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
  if (request.pidMode === 'host') {
    throw errors.client(
      "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    );
  }
  if (request.executionRoleArn !== undefined) return;
  const needs = (what: string) =>
    errors.client(`Fargate requires task definition to have execution role ARN to support ${what}.`);
  for (const container of containers) {
    if (container.logConfiguration?.logDriver === 'awslogs') throw needs('log driver awslogs');
    if (/\.dkr\.ecr\./.test(container.image ?? '')) throw needs('ECR images');
    if (container.secrets?.length) throw needs('secrets');
  }
}
