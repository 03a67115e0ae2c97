import type { TaskDefinitionBody } from './task-definition';

const fargateOnly = (body: TaskDefinitionBody) =>
  body.networkMode === 'awsvpc' && body.cpu !== undefined && body.memory !== undefined;

/** Which launch types could run it. */
export function compatibilities(body: TaskDefinitionBody): string[] {
  if (body.networkMode === undefined || body.networkMode === 'bridge') return ['EXTERNAL', 'EC2'];
  if (body.networkMode !== 'awsvpc') return ['EXTERNAL', 'EC2'];
  return fargateOnly(body) || body.requiresCompatibilities?.includes('FARGATE')
    ? ['EC2', 'FARGATE', 'MANAGED_INSTANCES']
    : ['EC2'];
}

/** What a container instance must be able to do to run it. */
export function requiredAttributes(body: TaskDefinitionBody): { name: string }[] {
  const names = new Set<string>();
  const containers = body.containerDefinitions ?? [];
  for (const container of containers) {
    const driver = container.logConfiguration?.logDriver;
    if (driver !== undefined) {
      names.add(`com.amazonaws.ecs.capability.logging-driver.${driver}`);
      names.add('com.amazonaws.ecs.capability.docker-remote-api.1.19');
      if (driver === 'awslogs') names.add('ecs.capability.execution-role-awslogs');
    }
    if (container.dependsOn?.length) names.add('ecs.capability.container-ordering');
    if (container.healthCheck !== undefined) names.add('ecs.capability.container-health-check');
    if (/\.dkr\.ecr\./.test(container.image ?? '')) {
      names.add('com.amazonaws.ecs.capability.ecr-auth');
      names.add('ecs.capability.execution-role-ecr-pull');
    }
    for (const { valueFrom } of container.secrets ?? []) {
      const manager = /:secretsmanager:/.test(valueFrom ?? '') ? 'asm' : 'ssm';
      names.add(`ecs.capability.secrets.${manager}.environment-variables`);
    }
  }
  if (body.taskRoleArn !== undefined) names.add('com.amazonaws.ecs.capability.task-iam-role');
  if (body.networkMode === 'awsvpc') names.add('ecs.capability.task-eni');
  if (names.size > 0) names.add('com.amazonaws.ecs.capability.docker-remote-api.1.18');
  return [...names].map((name) => ({ name }));
}
