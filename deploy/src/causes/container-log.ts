import type { Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { ClientOptions } from '../aws/clients';
import { culpritOf } from '../release/culprit';

/** The last lines of one container, or why there are none. */
export interface ContainerLog {
  lines: readonly string[];
  /** `its log goes to awsfirelens, which slipway does not read` */
  note: string | undefined;
}

const LOG_LINES = 30;

/** Reads what the container to blame wrote last. Never throws: what cannot be read is said in the note. */
export async function readContainerLog(
  task: Task,
  taskDefinition: TaskDefinition | undefined,
  balanced: string | undefined,
  place: ClientOptions,
): Promise<ContainerLog> {
  const none = (note?: string): ContainerLog => ({ lines: [], note });
  const containers = taskDefinition?.containerDefinitions ?? [];
  const culprit = culpritOf(task)?.name ?? balanced;
  const definition =
    containers.find(({ name }) => name === culprit) ?? (containers.length === 1 ? containers[0] : undefined);
  const container = task.containers?.find(({ name }) => name === definition?.name);
  // What never ran wrote nothing.
  if (definition === undefined || container?.runtimeId === undefined) return none();
  const { logDriver, options = {} } = definition.logConfiguration ?? {};
  if (logDriver === undefined)
    return none(`container ${definition.name} has no "logConfiguration": its output is lost`);
  if (logDriver !== 'awslogs')
    return none(`the log of container ${definition.name} goes to ${logDriver}, which slipway does not read`);
  const logGroupName = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  if (logGroupName === undefined) return none();
  const id = task.taskArn?.slice(task.taskArn.lastIndexOf('/') + 1) ?? '';
  // Without a prefix, which only instances allow, the stream has the name of Docker's container.
  const logStreamName = prefix === undefined ? container.runtimeId : `${prefix}/${definition.name}/${id}`;
  try {
    const { readLogTail } = await import('../aws/read-log.ts');
    const region = options['awslogs-region'] ?? place.region;
    const lines = await readLogTail({ ...place, region }, { logGroupName, logStreamName }, LOG_LINES);
    return { lines, note: undefined };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return none(
      `the log of container ${definition.name} (${logGroupName}, ${logStreamName}) cannot be read: ${why}`,
    );
  }
}
