import {
  DescribeTasksCommand,
  ListTasksCommand,
  type ECSClient,
  type ListTasksCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import type { ServiceName } from '../aws/ecs';
import { taskIdOf } from '../aws/tasks';
import type { Sink } from '../events';
import { culpritOf } from './culprit';

/** A hundred come with one call; a deployment that has lost more has shown what is wrong with it. */
const MOST_LISTED = 5_000;

/**
 * Gathers the tasks of one deployment that stopped while it was watched: ECS lists a stopped task for an hour at
 * most, and not at all once its deployment is gone.
 */
export class StoppedTaskCollector {
  readonly tasks = new Map<string, Task>();
  private readonly looked = new Set<string>();
  /** Seen running, so that they are found even when ECS lists them no longer. */
  private readonly known = new Set<string>();
  private vanished = false;

  constructor(
    private readonly ecs: ECSClient,
    private readonly name: ServiceName,
    private readonly deploymentId: string,
    private readonly sink: Sink,
    /** Of the task definition: finds tasks of a deployment that is gone. */
    private readonly family?: string,
    /** Hears of each when it stops. */
    private readonly stopped: (task: Task) => void = () => undefined,
  ) {}

  /** Reads what stopped since the last call. Never more than it takes: evidence is no reason to fail. */
  async collect(): Promise<void> {
    try {
      const [listed, running] = await Promise.all([this.list('STOPPED'), this.list('RUNNING')]);
      const stopped = this.vanished ? [...listed, ...(await this.listVanished())] : listed;
      const gone = [...this.known].filter((arn) => !running.includes(arn));
      const fresh = [...new Set([...stopped, ...gone])].filter((arn) => !this.looked.has(arn));
      running.forEach((arn) => this.known.add(arn));
      for (let start = 0; start < fresh.length; start += 100)
        await this.describe(fresh.slice(start, start + 100));
    } catch {
      // Asked again with the next poll; a report without this evidence is better than none.
    }
  }

  /** Tasks that have been told of before. */
  skip(tasks: readonly Task[]): void {
    for (const { taskArn = '' } of tasks) this.looked.add(taskArn);
  }

  /** ECS lists the deployment no longer, and with it none of its tasks under the service's name. */
  deploymentVanished(): void {
    this.vanished = true;
  }

  /** Those of the deployment that run now. */
  async running(): Promise<Task[]> {
    const arns = (await this.list('RUNNING')).slice(0, 100);
    if (arns.length === 0) return [];
    const { cluster } = this.name;
    const { tasks = [] } = await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
    return tasks.filter(
      ({ startedBy, lastStatus }) => startedBy === this.deploymentId && lastStatus === 'RUNNING',
    );
  }

  private list(desiredStatus: 'STOPPED' | 'RUNNING'): Promise<string[]> {
    return this.listBy({ serviceName: this.name.service, desiredStatus });
  }

  /** By who started them, which may be no filter beside others, and by family. One that is refused leaves the other. */
  private async listVanished(): Promise<string[]> {
    const desiredStatus = 'STOPPED' as const;
    const ways = [
      this.listBy({ startedBy: this.deploymentId, desiredStatus }),
      ...(this.family === undefined ? [] : [this.listBy({ family: this.family, desiredStatus })]),
    ];
    const answers = await Promise.allSettled(ways);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  private async listBy(
    filter: Pick<ListTasksCommandInput, 'serviceName' | 'startedBy' | 'family' | 'desiredStatus'>,
  ): Promise<string[]> {
    const { cluster } = this.name;
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.ecs.send(
        new ListTasksCommand({ cluster, ...filter, ...(nextToken ? { nextToken } : {}) }),
      );
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && arns.length < MOST_LISTED);
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
      this.stopped(task);
      this.sink({
        type: 'task-stopped',
        task: taskIdOf(task),
        stopCode: task.stopCode,
        reason: task.stoppedReason ?? 'no reason given',
        exitCode: culpritOf(task)?.exitCode,
      });
    }
  }
}

/** Stopped because it was not needed any more, which is no failure. */
function isScaling(task: Task): boolean {
  return (
    task.stopCode === 'ServiceSchedulerInitiated' &&
    /^Scaling activity initiated/i.test(task.stoppedReason ?? '')
  );
}
