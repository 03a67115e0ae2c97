import type { TargetGroup, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Deployment, Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import type { ClientOptions } from '../aws/clients';
import { causeOf } from '../causes/catalogue';
import type { Evidence } from '../causes/cause';
import type { ContainerLog } from '../causes/container-log';
import { gatherFacts } from '../causes/gather';
import type { LogCapture } from '../causes/log-capture';
import { logRedactor } from '../causes/redact-log';
import { signalName } from '../causes/words';
import { groupKey, groupTasks, type TaskGroup } from './group-tasks';
import type { Explanation, RolledBackBy, StoppedTasks } from './outcome';
import type { Redact } from './redact';

export interface ExplainInput {
  place: ClientOptions;
  service: Service | undefined;
  /** The deployment that is explained, as DescribeServices and DescribeServiceDeployments showed it last. */
  deployment: Deployment | undefined;
  serviceDeployment: ServiceDeployment | undefined;
  stoppedTasks: readonly Task[];
  /** Of tasks that stopped while they were watched. */
  logs: LogCapture;
  events: readonly string[];
  reason: string;
  rolledBackBy?: RolledBackBy;
  redact: Redact;
}

/** Groups whose logs are read. */
const GROUPS = 3;
const EVENTS = 10;

/**
 * Why a deployment went wrong, from stopped tasks, their last log lines, the load balancer and ECS's own events. What
 * cannot be read (no permission, no such log group) is left out: evidence never makes a report fail.
 */
export async function explain(input: ExplainInput): Promise<Explanation> {
  const { service, deployment, serviceDeployment, stoppedTasks, events, reason, rolledBackBy, place, logs } =
    input;
  const taskDefinition = await logs.taskDefinition();
  const redact = logRedactor(input.redact, taskDefinition);
  const groups = groupTasks(stoppedTasks);
  const [stopped, { targetHealth, targetGroups }] = await Promise.all([
    Promise.all(groups.map((group, index) => withLog(group, index < GROUPS, input, redact))),
    readTargetGroupHealth(input),
  ]);
  const evidence: Evidence = { stopped, targetHealth, events, reason, rolledBackBy };
  const looked = {
    place,
    service,
    deployment,
    serviceDeployment,
    taskDefinition,
    stoppedTasks,
    targetGroups,
  };
  const facts = await gatherFacts(looked, evidence);
  const { sentence, fix, certainty, known } = causeOf({ ...evidence, facts });
  return {
    cause: redact(sentence),
    certainty,
    known,
    fix,
    stoppedTasks: stopped,
    targetHealth,
    events: events.slice(0, EVENTS),
  };
}

/** As it is now, or, where that is less, as it was when a task of this kind stopped. */
async function withLog(
  group: TaskGroup,
  isRead: boolean,
  { logs, stoppedTasks, service }: ExplainInput,
  redact: Redact,
): Promise<StoppedTasks> {
  const { example } = group;
  const rest = summaryOf(group, service?.loadBalancers?.[0]?.containerName);
  if (!isRead) return { ...rest, logLines: [] };
  const key = groupKey(example);
  const alike = stoppedTasks.filter((task) => groupKey(task) === key);
  const read = await Promise.all([logs.read(example), ...alike.map((task) => logs.logOf(task))]);
  const longest = read.reduce<ContainerLog>(
    (best, log) => (log !== undefined && log.lines.length > best.lines.length ? log : best),
    { lines: [], note: read[0]?.note },
  );
  return {
    ...rest,
    logLines: longest.lines.map(redact),
    ...(longest.lines.length > 0 || longest.note === undefined ? {} : { logNote: longest.note }),
  };
}

/** @param balanced the container that is to blame where the load balancer is not content. */
function summaryOf(group: TaskGroup, balanced: string | undefined): Omit<StoppedTasks, 'logLines'> {
  const { count, stopCode, stoppedReason, containerReason, ranSeconds, culprit, example } = group;
  const unanswering = /ELB health checks/i.test(stoppedReason)
    ? example.containers?.find(({ name }) => name === balanced)
    : undefined;
  const { name: container, exitCode } = culprit ?? unanswering ?? {};
  const signal = signalName(exitCode);
  return { count, stopCode, stoppedReason, container, containerReason, exitCode, signal, ranSeconds };
}

async function readTargetGroupHealth({
  place,
  service,
}: ExplainInput): Promise<{ targetHealth: string[]; targetGroups: TargetGroup[] }> {
  const arns = (service?.loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration }) => [
    targetGroupArn,
    advancedConfiguration?.alternateTargetGroupArn,
  ]);
  const wanted = [...new Set(arns.filter((arn) => arn !== undefined))];
  if (wanted.length === 0) return { targetHealth: [], targetGroups: [] };
  try {
    const { readTargetGroups } = await import('../aws/read-target-health.ts');
    const { targets, groups } = await readTargetGroups(place, wanted);
    return { targetHealth: targets.flatMap(unhealthy), targetGroups: groups };
  } catch {
    return { targetHealth: [], targetGroups: [] };
  }
}

function unhealthy({ Target, TargetHealth }: TargetHealthDescription): string[] {
  if (TargetHealth?.State !== 'unhealthy' && TargetHealth?.State !== 'initial') return [];
  const why = [TargetHealth.Reason, TargetHealth.Description].filter(Boolean).join(': ');
  return [`${Target?.Id}:${Target?.Port} ${TargetHealth.State}${why === '' ? '' : ` (${why})`}`];
}
