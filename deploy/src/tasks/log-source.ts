import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';

/** Where a container's lines are in CloudWatch Logs. */
export interface LogSource {
  container: string;
  region: string;
  logGroupName: string;
  /** `prefix/container/`: the id of the task follows. */
  streamPrefix: string;
}

/** @returns why its lines cannot be read, where they are not in CloudWatch Logs. */
export function logSourceOf(container: ContainerDefinition, region: string): LogSource | string {
  const { name = '', logConfiguration } = container;
  const { logDriver, options = {} } = logConfiguration ?? {};
  if (logDriver !== 'awslogs') {
    const driver = logDriver === undefined ? 'has no log configuration' : `logs by the driver ${logDriver}`;
    return `container ${name} ${driver}: slipway reads CloudWatch Logs (driver awslogs) only`;
  }
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  if (group === undefined) return `container ${name} has no "awslogs-group"`;
  if (prefix === undefined)
    return `container ${name} has no "awslogs-stream-prefix": its streams cannot be told by task`;
  return {
    container: name,
    region: options['awslogs-region'] ?? region,
    logGroupName: group,
    streamPrefix: `${prefix}/${name}/`,
  };
}

/** Sources of all containers, or of one; and why others have none. */
export function logSourcesOf(
  { containerDefinitions = [] }: TaskDefinition,
  region: string,
  only: string | undefined,
): { sources: LogSource[]; problems: string[] } {
  const sources: LogSource[] = [];
  const problems: string[] = [];
  for (const container of containerDefinitions) {
    if (only !== undefined && container.name !== only) continue;
    const source = logSourceOf(container, region);
    if (typeof source === 'string') problems.push(source);
    else sources.push(source);
  }
  return { sources, problems };
}
