import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Context } from '../context';
import { causeOf } from './causes';
import { groupTasks, type TaskGroup } from './group-tasks';
import type { Explanation, StoppedTasks } from './outcome';
import type { Redact } from './redact';
import { taskId } from './stopped-tasks';

export interface ExplainInput {
  env: Context['env'];
  region: string;
  service: Service | undefined;
  /** Of the deployment that is explained: it says where its containers log to. */
  taskDefinition: TaskDefinition | undefined;
  stoppedTasks: readonly Task[];
  events: readonly string[];
  reason: string;
  redact: Redact;
}

/** Groups whose logs are read, and lines of each. */
const GROUPS = 3;
const LOG_LINES = 30;
const EVENTS = 10;

/**
 * Why a deployment went wrong, from stopped tasks, their last log lines, the load balancer and ECS's own events. What
 * cannot be read (no permission, no such log group) is left out: evidence never makes a report fail.
 */
export async function explain(input: ExplainInput): Promise<Explanation> {
  const groups = groupTasks(input.stoppedTasks);
  const [stopped, targetHealth] = await Promise.all([
    Promise.all(
      groups.map((group, index) => withLog(group, index < GROUPS ? readLog(group, input) : [], input.redact)),
    ),
    readTargetHealth(input),
  ]);
  const events = input.events.slice(0, EVENTS);
  const { sentence, fix } = causeOf({ stopped, targetHealth, events: input.events, reason: input.reason });
  return { cause: input.redact(sentence), fix, stoppedTasks: stopped, targetHealth, events };
}

async function withLog(
  group: TaskGroup,
  log: string[] | Promise<string[]>,
  redact: Redact,
): Promise<StoppedTasks> {
  const { count, stopCode, stoppedReason, container, containerReason, exitCode, ranSeconds } = group;
  const logLines = (await log).map(redact);
  return { count, stopCode, stoppedReason, container, containerReason, exitCode, ranSeconds, logLines };
}

/** awslogs names a stream `prefix/container/task id`. */
async function readLog(
  { example, culprit }: TaskGroup,
  { env, region, taskDefinition }: ExplainInput,
): Promise<string[]> {
  const containers = taskDefinition?.containerDefinitions ?? [];
  const definition =
    containers.find(({ name }) => name === culprit?.name) ??
    (containers.length === 1 ? containers[0] : undefined);
  const options = definition?.logConfiguration?.options ?? {};
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  if (definition?.logConfiguration?.logDriver !== 'awslogs' || group === undefined || prefix === undefined)
    return [];
  try {
    const { readLogTail } = await import('../aws/read-log.ts');
    const logStreamName = `${prefix}/${definition.name}/${taskId(example)}`;
    const place = { region: options['awslogs-region'] ?? region, env };
    return await readLogTail(place, { logGroupName: group, logStreamName }, LOG_LINES);
  } catch {
    return [];
  }
}

async function readTargetHealth({ env, region, service }: ExplainInput): Promise<string[]> {
  const arns = new Set((service?.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []));
  if (arns.size === 0) return [];
  try {
    const { readTargets } = await import('../aws/read-target-health.ts');
    return (await readTargets({ region, env }, [...arns])).flatMap(unhealthy);
  } catch {
    return [];
  }
}

function unhealthy({ Target, TargetHealth }: TargetHealthDescription): string[] {
  if (TargetHealth?.State !== 'unhealthy' && TargetHealth?.State !== 'initial') return [];
  const why = [TargetHealth.Reason, TargetHealth.Description].filter(Boolean).join(': ');
  return [`${Target?.Id}:${Target?.Port} ${TargetHealth.State}${why === '' ? '' : ` (${why})`}`];
}
