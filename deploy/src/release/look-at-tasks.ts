import { DescribeTasksCommand, ListTasksCommand, type ECSClient, type Service } from '@aws-sdk/client-ecs';
import type { ServiceName } from '../aws/ecs';
import type { Context } from '../context';
import type { Snapshot } from './judge';
import { rolloutOf, taskState, type TargetHealth } from './task-states';

export interface LookInput {
  /** Never asks twice. */
  poller: ECSClient;
  name: ServiceName;
  region: string;
  deploymentId: string;
  context: Context;
}

/** More than these no terminal shows, and no one call describes. */
const MOST_TASKS = 100;

/**
 * For a terminal, whose display shows every task: reads them with every other poll and emits a `tasks` event.
 * What cannot be read is not shown; it never fails.
 */
export function taskLook(input: LookInput): (snapshot: Snapshot) => Promise<void> {
  const known = new Set<string>();
  let polls = 0;
  let targetsAllowed = true;

  const look = async (service: Service, deployment: Snapshot['deployment']) => {
    const { poller, name, deploymentId, context } = input;
    const { taskArns = [] } = await poller.send(
      new ListTasksCommand({ cluster: name.cluster, serviceName: name.service }),
    );
    taskArns.forEach((arn) => known.add(arn));
    // A task that is to stop is listed no longer, long before it is gone.
    const arns = [...known].slice(-MOST_TASKS);
    const [described, targets] = await Promise.all([
      arns.length === 0
        ? { tasks: [] }
        : poller.send(new DescribeTasksCommand({ cluster: name.cluster, tasks: arns })),
      targetsAllowed
        ? readHealth(input, service).catch((): TargetHealth => {
            targetsAllowed = false;
            return new Map();
          })
        : new Map(),
    ]);
    const moving = (described.tasks ?? []).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
    known.clear();
    moving.forEach(({ taskArn = '' }) => known.add(taskArn));
    context.sink({
      type: 'tasks',
      deployment: deploymentId,
      tasks: moving.map((task) => taskState(task, deploymentId, targets)),
      rollout: rolloutOf(service, deployment),
    });
  };

  return async ({ service, deployment }) => {
    polls += 1;
    if (service === undefined || polls % 2 === 0) return;
    // Throttled or without permission: the lines without tasks are still there.
    await look(service, deployment).catch(() => undefined);
  };
}

async function readHealth({ context, region }: LookInput, service: Service): Promise<TargetHealth> {
  const groups = (service.loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration }) => [
    targetGroupArn,
    advancedConfiguration?.alternateTargetGroupArn,
  ]);
  const arns = [...new Set(groups.filter((arn) => arn !== undefined))];
  if (arns.length === 0) return new Map();
  const { readTargets } = await import('../aws/read-target-health.ts');
  const targets = await readTargets({ region, env: context.env }, arns);
  return new Map(
    targets.map(({ Target, TargetHealth: health }) => [
      Target?.Id ?? '',
      { state: health?.State ?? '', reason: health?.Description ?? health?.Reason },
    ]),
  );
}
