import type { ECSClient, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { shortId } from '../aws/tasks';
import { LogCapture } from '../causes/log-capture';
import type { Context } from '../context';
import { explain } from '../release/explain';
import type { Explanation } from '../release/outcome';
import type { Redact } from '../release/redact';

/** How the container that a run is about ended. */
export interface TaskEnd {
  task: Task;
  /** Undefined where the container never ran, or its end is not known. */
  exitCode: number | undefined;
  /** Why it went wrong; undefined where it ended with exit status 0. */
  explanation: Explanation | undefined;
}

/** Looks at a stopped task; for one that went wrong, why, from what ECS says and the container's last lines. */
export async function taskEnd(
  task: Task,
  container: string,
  taskDefinition: TaskDefinition,
  { ecs, context, region, redact }: { ecs: ECSClient; context: Context; region: string; redact: Redact },
): Promise<TaskEnd> {
  const exitCode = task.containers?.find(({ name }) => name === container)?.exitCode;
  if (exitCode === 0) return { task, exitCode, explanation: undefined };
  const place = { region, env: context.env };
  const explanation = await explain({
    place,
    service: undefined,
    deployment: undefined,
    serviceDeployment: undefined,
    logs: new LogCapture(ecs, taskDefinition.taskDefinitionArn ?? '', place, () => container),
    stoppedTasks: [task],
    events: [],
    reason: `task ${shortId(task)} stopped`,
    redact,
  });
  return { task, exitCode, explanation };
}

/** Seconds that its containers ran. */
export function ranSeconds({
  startedAt,
  executionStoppedAt,
  stoppingAt,
  stoppedAt,
}: Task): number | undefined {
  const end = executionStoppedAt ?? stoppingAt ?? stoppedAt;
  if (startedAt === undefined || end === undefined) return undefined;
  return Math.max(0, (end.getTime() - startedAt.getTime()) / 1000);
}
