import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { describeTaskDefinition, isException } from '../aws/ecs';
import type { LogSearcher } from '../aws/log-events';
import { Patience } from '../aws/patience';
import { describeTasks, shortId, taskIdOf } from '../aws/tasks';
import { logRedactor } from '../causes/redact-log';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { pollSeconds } from '../release/follow';
import { openService, type OpenService } from '../release/open-service';
import { redactor } from '../release/redact';
import type { DoneResult } from '../release/result';
import { pause } from '../release/watch';
import type { Target } from '../target';
import { chooseContainer } from './container';
import { readLines, type TaskLine } from './log-read';
import { logSourcesOf, type LogSource } from './log-source';
import { findTask, serviceTasks, type ServiceTasks } from './service-tasks';

export interface LogsOptions {
  follow: boolean;
  sinceSeconds: number;
  /** Of one task; a few letters of its id are enough. */
  task: string | undefined;
  container: string | undefined;
  /** As CloudWatch Logs writes them. */
  filterPattern: string | undefined;
}

/** A line may reach CloudWatch Logs so much later than others that are younger. */
const LATE_MILLISECONDS = 10_000;

/**
 * What the containers of a service write, in order of time. With `follow` also what comes, of new tasks too, until the
 * run is interrupted, which is no error.
 * @throws SlipwayError LOGS_UNAVAILABLE where the lines are not in CloudWatch Logs
 */
export async function showLogs(context: Context, target: Target, options: LogsOptions): Promise<DoneResult> {
  const opened = openService(context, target);
  const known = await serviceTasks(opened);
  const one =
    options.task === undefined
      ? undefined
      : findTask([...known.ofService, ...known.standalone], options.task);
  const taskDefinition = await definitionFor(opened, known, one?.taskDefinitionArn);
  if (options.container !== undefined) chooseContainer(taskDefinition, options.container);
  const { sources, problems } = logSourcesOf(taskDefinition, target.region, options.container);
  if (sources.length === 0) {
    throw new SlipwayError('LOGS_UNAVAILABLE', problems.join('; '), {
      hint: 'read them where that driver sends them, or set "logDriver": "awslogs" with a group and a stream prefix',
    });
  }
  for (const message of problems) context.sink({ type: 'note', level: 'warning', message });
  const { LogSearcher } = await import('../aws/log-events.ts');
  const searchers = new Map<string, LogSearcher>();
  for (const { region } of sources)
    if (!searchers.has(region)) searchers.set(region, new LogSearcher({ region, env: context.env }));
  try {
    return await new Reader(
      context,
      target,
      opened,
      known,
      options,
      sources,
      searchers,
      one && taskIdOf(one),
      taskDefinition,
    ).run();
  } finally {
    searchers.forEach((searcher) => searcher.close());
  }
}

class Reader {
  private readonly shown = new Map<string, number>();
  private readonly tasks = new Set<string>();
  /** Whether a task is one of the service, by id. */
  private readonly owned = new Map<string, boolean>();
  private readonly redact: (line: string) => string;
  private readonly patience: Patience;
  private since: number;
  private count = 0;

  constructor(
    private readonly context: Context,
    private readonly target: Target,
    private readonly opened: OpenService,
    known: ServiceTasks,
    private readonly options: LogsOptions,
    private readonly sources: readonly LogSource[],
    private readonly searchers: ReadonlyMap<string, LogSearcher>,
    private readonly task: string | undefined,
    taskDefinition: TaskDefinition,
  ) {
    this.redact = logRedactor(redactor(target.outputs), taskDefinition);
    this.since = Date.now() - options.sinceSeconds * 1000;
    this.patience = new Patience(
      pollSeconds(context.env),
      context.sink,
      'the service is not touched by that',
    );
    known.ofService.forEach((each) => this.owned.set(taskIdOf(each), true));
    known.standalone.forEach((each) => this.owned.set(taskIdOf(each), false));
  }

  async run(): Promise<DoneResult> {
    const { context, options } = this;
    for (;;) {
      try {
        this.show(await this.read());
        this.patience.answered();
        if (!options.follow) break;
      } catch (error) {
        this.patience.failed(missingGroup(error, this.sources));
      }
      await pause(this.patience.interval, context.signal);
      if (context.signal.aborted) break;
    }
    const message =
      this.count === 0
        ? `no lines${options.follow ? '' : ` in the last ${options.sinceSeconds} s; --since looks further back`}`
        : `${this.count} ${this.count === 1 ? 'line' : 'lines'} of ${this.tasks.size} ${this.tasks.size === 1 ? 'task' : 'tasks'}`;
    const data = { lines: this.count, tasks: [...this.tasks] };
    return { kind: 'done', command: 'logs', outcome: 'done', message, data, exitCode: 0 };
  }

  /** What is new, in order of time over all containers. */
  private async read(): Promise<TaskLine[]> {
    const fresh: TaskLine[] = [];
    for (const source of this.sources) {
      const searcher = this.searchers.get(source.region);
      if (searcher === undefined) continue;
      const tasks = this.task === undefined ? undefined : [this.task];
      const { filterPattern } = this.options;
      for await (const lines of readLines({ searcher, source, tasks, since: this.since, filterPattern })) {
        if (this.context.signal.aborted) break;
        fresh.push(...lines.filter(({ id }) => !this.shown.has(id)));
      }
    }
    if (this.task === undefined) await this.learn(fresh);
    return fresh
      .filter(({ task }) => this.task !== undefined || this.owned.get(task) !== false)
      .sort((one, other) => one.timestamp - other.timestamp);
  }

  /** One-off tasks of the family write into the same group. One that ECS has forgotten counts as the service's. */
  private async learn(lines: readonly TaskLine[]): Promise<void> {
    const unknown = [...new Set(lines.map(({ task }) => task))].filter((id) => !this.owned.has(id));
    if (unknown.length === 0) return;
    unknown.forEach((id) => this.owned.set(id, true));
    const { ecs, name } = this.opened;
    for (const task of await describeTasks(ecs, name.cluster, unknown))
      this.owned.set(taskIdOf(task), task.group === `service:${name.service}`);
  }

  private show(lines: readonly TaskLine[]): void {
    const several = this.sources.length > 1;
    for (const { id, at, timestamp, task, container, line } of lines) {
      this.shown.set(id, timestamp);
      this.tasks.add(task);
      this.count += 1;
      const whose = several ? `${shortId(task)} ${container}` : shortId(task);
      this.context.sink({
        type: 'log',
        at,
        task,
        container,
        line: this.redact(line),
        ...(this.task === undefined || several ? { prefix: `${whose} |` } : {}),
      });
    }
    const newest = lines.at(-1)?.timestamp;
    if (newest === undefined) return;
    this.since = Math.max(this.since, newest - LATE_MILLISECONDS);
    for (const [id, timestamp] of this.shown) if (timestamp < this.since) this.shown.delete(id);
  }
}

async function definitionFor(
  { ecs }: OpenService,
  { running }: ServiceTasks,
  arn: string | undefined,
): Promise<TaskDefinition> {
  if (arn === undefined || arn === running.taskDefinition.taskDefinitionArn) return running.taskDefinition;
  return (await describeTaskDefinition(ecs, arn))?.taskDefinition ?? running.taskDefinition;
}

function missingGroup(error: unknown, sources: readonly LogSource[]): unknown {
  if (!isException(error, 'ResourceNotFoundException')) return badPattern(error);
  const groups = [...new Set(sources.map(({ logGroupName }) => logGroupName))].join(', ');
  return new SlipwayError('LOGS_UNAVAILABLE', `CloudWatch Logs has no such group or stream (${groups})`, {
    hint: 'the stream comes with the first line that the container writes; infrastructure makes the group',
    cause: error,
  });
}

function badPattern(error: unknown): unknown {
  if (!isException(error, 'InvalidParameterException')) return error;
  return new SlipwayError('USAGE', `CloudWatch Logs refused to search: ${error.message}`, {
    hint: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html',
    cause: error,
  });
}
