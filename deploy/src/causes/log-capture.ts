import type { ECSClient, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { ClientOptions } from '../aws/clients';
import { describeTaskDefinition } from '../aws/ecs';
import { groupKey } from '../release/group-tasks';
import { readContainerLog, type ContainerLog } from './container-log';

/** Tasks of one kind whose log is read when they stop: the others say the same. */
const EACH = 2;
/** And of all kinds, at most. */
const MOST = 8;

/**
 * Reads the log of tasks at the moment they stop. At the end may be too late: AWS forgets the task, and somebody may
 * have deleted the log group.
 */
export class LogCapture {
  private readonly captured = new Map<string, Promise<ContainerLog>>();
  private readonly kinds = new Map<string, number>();
  private definition: Promise<TaskDefinition | undefined> | undefined;

  constructor(
    private readonly ecs: ECSClient,
    private readonly taskDefinitionArn: string,
    private readonly place: ClientOptions,
    /** The container that the load balancer sends to. */
    private readonly balanced: () => string | undefined,
  ) {}

  /** Begins to read, and does not wait. */
  take(task: Task): void {
    const arn = task.taskArn ?? '';
    const kind = groupKey(task);
    const count = this.kinds.get(kind) ?? 0;
    if (count >= EACH || this.captured.size >= MOST || this.captured.has(arn)) return;
    this.kinds.set(kind, count + 1);
    this.captured.set(arn, this.read(task));
  }

  /** As it was read at the time; undefined for a task whose log was not. */
  async logOf(task: Task): Promise<ContainerLog | undefined> {
    return this.captured.get(task.taskArn ?? '');
  }

  /** Undefined where ECS does not describe it. */
  async taskDefinition(): Promise<TaskDefinition | undefined> {
    this.definition ??= describeTaskDefinition(this.ecs, this.taskDefinitionArn).then(
      (described) => described?.taskDefinition,
      () => undefined,
    );
    return this.definition;
  }

  /** As it is now. */
  async read(task: Task): Promise<ContainerLog> {
    return readContainerLog(task, await this.taskDefinition(), this.balanced(), this.place);
  }
}
