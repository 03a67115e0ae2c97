import { DescribeTasksCommand, ListTasksCommand, type ECSClient, type Task } from '@aws-sdk/client-ecs';
import type { ServiceName } from '../aws/ecs';
import type { Sink } from '../events';
import { culpritOf } from './culprit';

/**
 * Gathers the tasks of one deployment that stopped while it was watched: ECS lists a stopped task for an hour at
 * most, and not at all once its deployment is gone.
 */
export class StoppedTaskCollector {
  readonly tasks = new Map<string, Task>();
  private readonly looked = new Set<string>();
  /** Seen running, so that they are found even when ECS lists them no longer. */
  private readonly known = new Set<string>();

  constructor(
    private readonly ecs: ECSClient,
    private readonly name: ServiceName,
    private readonly deploymentId: string,
    private readonly sink: Sink,
  ) {}

  /** Reads what stopped since the last call. Never more than it takes: evidence is no reason to fail. */
  async collect(): Promise<void> {
    try {
      const [stopped, running] = await Promise.all([this.list('STOPPED'), this.list('RUNNING')]);
      const gone = [...this.known].filter((arn) => !running.includes(arn));
      const fresh = [...new Set([...stopped, ...gone])].filter((arn) => !this.looked.has(arn));
      running.forEach((arn) => this.known.add(arn));
      for (let start = 0; start < fresh.length; start += 100)
        await this.describe(fresh.slice(start, start + 100));
    } catch {
      // Asked again with the next poll; a report without this evidence is better than none.
    }
  }

  private async list(desiredStatus: 'STOPPED' | 'RUNNING'): Promise<string[]> {
    const { cluster, service } = this.name;
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.ecs.send(
        new ListTasksCommand({
          cluster,
          serviceName: service,
          desiredStatus,
          ...(nextToken ? { nextToken } : {}),
        }),
      );
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && arns.length < 1_000);
    return arns;
  }

  private async describe(arns: string[]): Promise<void> {
    const { tasks = [] } = await this.ecs.send(
      new DescribeTasksCommand({ cluster: this.name.cluster, tasks: arns }),
    );
    for (const task of tasks) {
      // A task that is still stopping does not know its exit code yet: it is looked at again.
      if (task.lastStatus === 'STOPPED' || task.startedBy !== this.deploymentId)
        this.looked.add(task.taskArn ?? '');
      if (task.startedBy !== this.deploymentId || task.lastStatus !== 'STOPPED' || isScaling(task)) continue;
      this.tasks.set(task.taskArn ?? '', task);
      this.sink({
        type: 'task-stopped',
        task: taskId(task),
        stopCode: task.stopCode,
        reason: task.stoppedReason ?? 'no reason given',
        exitCode: culpritOf(task)?.exitCode,
      });
    }
  }
}

export function taskId(task: Task): string {
  return task.taskArn?.slice(task.taskArn.lastIndexOf('/') + 1) ?? '';
}

/** Stopped because it was not needed any more, which is no failure. */
function isScaling(task: Task): boolean {
  return (
    task.stopCode === 'ServiceSchedulerInitiated' &&
    /^Scaling activity initiated/i.test(task.stoppedReason ?? '')
  );
}
