import type { Task } from '@aws-sdk/client-ecs';
import { revisionName } from '../aws/ecs';
import { shortId, taskIdOf } from '../aws/tasks';
import type { Context } from '../context';
import type { Json } from '../outputs/outputs';
import { causeOf } from '../causes/catalogue';
import { groupTasks } from '../release/group-tasks';
import { openService } from '../release/open-service';
import { redactJson, redactor } from '../release/redact';
import type { RenderResult, TableResult } from '../release/result';
import type { Target } from '../target';
import { findTasks, serviceTasks } from './service-tasks';

const COLUMNS = ['id', 'status', 'health', 'revision', 'started', 'zone', 'ip', 'of', 'cause'] as const;

/** One task, for programs. */
export interface TaskItem {
  id: string;
  arn: string | undefined;
  /** ECS's own word: PENDING, RUNNING, STOPPED, ... */
  status: string;
  health: string;
  taskDefinition: string;
  startedAt: Date | undefined;
  stoppedAt: Date | undefined;
  zone: string | undefined;
  ip: string | undefined;
  /** Undefined of a task that no service owns. */
  service: string | undefined;
  startedBy: string | undefined;
  stopCode: string | undefined;
  stoppedReason: string | undefined;
  /** Why it stopped; undefined of one that has not. */
  cause: string | undefined;
  containers: readonly { name: string; status: string; health: string; exitCode: number | undefined }[];
}

/** Tasks of the service and one-off tasks of its family, newest first. */
export async function taskTable(context: Context, target: Target, stopped: boolean): Promise<TableResult> {
  const { ofService, standalone } = await serviceTasks(openService(context, target));
  const redact = redactor(target.outputs);
  const items = [...ofService, ...standalone]
    .filter(({ lastStatus }) => stopped || lastStatus !== 'STOPPED')
    .map((task) => itemOf(task, redact));
  return {
    kind: 'table',
    of: 'tasks',
    columns: COLUMNS,
    rows: items.map((item) => [
      shortId(item.id),
      item.status,
      item.health,
      item.taskDefinition,
      item.startedAt?.toISOString().replace(/\.\d+Z$/, 'Z') ?? '-',
      item.zone || '-',
      item.ip || '-',
      item.service ?? 'one-off',
      item.cause ?? '-',
    ]),
    empty: `no task of ${target.service} runs in ${target.cluster}${stopped ? '' : '; --stopped shows those that ended in the last hour'}`,
    items,
    exitCode: 0,
  };
}

/** Tasks as ECS describes them, without the values of variables that were given to them. */
export async function describedTasks(
  context: Context,
  target: Target,
  ids: readonly string[],
): Promise<RenderResult> {
  const { ofService, standalone } = await serviceTasks(openService(context, target));
  const redact = redactor(target.outputs);
  const tasks = findTasks([...ofService, ...standalone], ids);
  return {
    kind: 'render',
    documents: tasks.map((task) =>
      withoutValues(redactJson(JSON.parse(JSON.stringify(task)) as Json, redact)),
    ),
    exitCode: 0,
  };
}

/** What `slipway run --env` gave is not to be read here. */
function withoutValues(json: Json): Json {
  if (Array.isArray(json)) return json.map(withoutValues);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (name !== 'environment' || !Array.isArray(value)) return [name, withoutValues(value)];
      return [name, value.map((entry) => ({ ...(entry as Record<string, Json>), value: '(not shown)' }))];
    }),
  );
}

export function itemOf(task: Task, redact: (text: string) => string): TaskItem {
  const { group, lastStatus = '', containers = [], attachments = [] } = task;
  const details = attachments.flatMap((attachment) => attachment.details ?? []);
  return {
    id: taskIdOf(task),
    arn: task.taskArn,
    status: lastStatus,
    health: task.healthStatus ?? 'UNKNOWN',
    taskDefinition: revisionName(task.taskDefinitionArn ?? ''),
    startedAt: task.startedAt,
    stoppedAt: task.stoppedAt,
    zone: task.availabilityZone,
    ip: details.find(({ name }) => name === 'privateIPv4Address')?.value,
    service: group?.startsWith('service:') === true ? group.slice('service:'.length) : undefined,
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    cause: lastStatus === 'STOPPED' ? redact(stoppedCause(task)) : undefined,
    containers: containers.map(
      ({ name = '', lastStatus: status = '', healthStatus = 'UNKNOWN', exitCode }) => ({
        name,
        status,
        health: healthStatus,
        exitCode,
      }),
    ),
  };
}

/** Without reading logs: a list is not to make a call for each task. */
function stoppedCause(task: Task): string {
  if (task.stopCode === 'ServiceSchedulerInitiated' && /^Scaling activity/i.test(task.stoppedReason ?? ''))
    return 'not needed any more';
  if (task.stopCode === 'UserInitiated') return task.stoppedReason ?? 'stopped by hand';
  const ended = task.containers?.every(({ exitCode }) => exitCode === 0) === true;
  if (ended && task.group?.startsWith('service:') !== true) return 'ended with exit status 0';
  const stopped = groupTasks([task]).map((group) => ({ ...group, logLines: [] }));
  return causeOf({ stopped, targetHealth: [], events: [], reason: task.stoppedReason ?? 'no reason given' })
    .sentence;
}
