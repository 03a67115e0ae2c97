import type { Container, Task } from '@aws-sdk/client-ecs';
import { signalName } from '../causes/words';
import { culpritOf } from './culprit';
import type { StoppedTasks } from './outcome';

export interface TaskGroup extends Omit<StoppedTasks, 'logLines' | 'logNote'> {
  /** The newest of them: its log is read. */
  example: Task;
  culprit: Container | undefined;
}

/** Stopped tasks by how they ended, most frequent first; what differs only in ids and addresses is one group. */
export function groupTasks(tasks: readonly Task[]): TaskGroup[] {
  const groups = new Map<string, TaskGroup>();
  const newestFirst = [...tasks].sort((one, other) => time(other.stoppedAt) - time(one.stoppedAt));
  for (const task of newestFirst) {
    const culprit = culpritOf(task);
    const key = groupKey(task);
    const group = groups.get(key);
    if (group !== undefined) group.count += 1;
    else groups.set(key, groupOf(task, culprit));
  }
  return [...groups.values()].sort((one, other) => other.count - one.count);
}

/** The same for tasks that ended alike. */
export function groupKey(task: Task): string {
  const culprit = culpritOf(task);
  return JSON.stringify([
    task.stopCode,
    general(task.stoppedReason ?? ''),
    culprit?.name,
    culprit?.exitCode,
    general(culprit?.reason ?? ''),
  ]);
}

function groupOf(task: Task, culprit: Container | undefined): TaskGroup {
  const ended = task.executionStoppedAt ?? task.stoppingAt;
  const ran =
    task.startedAt === undefined || ended === undefined
      ? undefined
      : (time(ended) - time(task.startedAt)) / 1000;
  return {
    count: 1,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason ?? 'no reason given',
    container: culprit?.name,
    containerReason: culprit?.reason || undefined,
    exitCode: culprit?.exitCode,
    signal: signalName(culprit?.exitCode),
    ranSeconds: ran === undefined ? undefined : Math.max(0, ran),
    example: task,
    culprit,
  };
}

/** Without what is different in every task: ids, addresses, request ids, ports. */
function general(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32}\b/g, '<task>')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '<address>');
}

const time = (date: Date | undefined) => date?.getTime() ?? 0;
