import { readLogLine } from './log-line';
import type { StoppedTasks } from './outcome';

/** What is known of a deployment that went wrong. */
export interface Evidence {
  /** Most frequent first. */
  stopped: readonly StoppedTasks[];
  targetHealth: readonly string[];
  /** Newest first. */
  events: readonly string[];
  /** What ECS or the watch says of the end as a whole. */
  reason: string;
}

export interface Cause {
  sentence: string;
  fix: string;
}

interface Known {
  name: string;
  explain(evidence: Evidence): Cause | undefined;
}

/** The first that fits is the cause: from certain facts to guesses. */
export const knownCauses: readonly Known[] = [
  {
    name: 'secret refused',
    explain: byReason(
      /unable to (pull|retrieve) secrets?|unable to pull secrets or registry auth: execution resource/i,
      (group, text) => {
        const denied = /AccessDenied|not authorized/i.test(text);
        const missing = /ResourceNotFound|ParameterNotFound|invalid parameters|can't find/i.test(text);
        if (!denied && !missing && !/unable to retrieve secret/i.test(text)) return undefined;
        const secret = /arn:[^\s,;"']+:(?:secret|parameter)[^\s,;"']*/.exec(text)?.[0] ?? 'a secret';
        const what = denied ? 'the execution role may not read' : missing ? 'there is no' : 'ECS cannot read';
        return {
          sentence: `${what} ${secret} that ${inContainer(group)} needs, so no container was started`,
          fix: denied
            ? 'allow the task execution role to read it (infrastructure: the secrets of this service), or remove it from "secrets"'
            : 'create it, or correct "valueFrom" in "secrets" of the task definition',
        };
      },
    ),
  },
  {
    name: 'registry not reachable',
    explain: byReason(
      /unable to pull (secrets or )?registry auth.*(GetAuthorizationToken|i\/o timeout|connection issue)/is,
      () => ({
        sentence: 'the task cannot reach ECR from its subnet to pull the image',
        fix: 'give the subnet a route out (NAT, or a public address in a public subnet) or VPC endpoints for ECR, S3 and logs',
      }),
    ),
  },
  {
    name: 'image cannot be pulled',
    explain: byReason(/CannotPullContainer/i, (group, text) => {
      const image =
        /failed to resolve ref ([^\s,]+?):?\s/i.exec(text)?.[1] ??
        /image "?([\w.-]+[/:][\w./:@-]*\w)/i.exec(text)?.[1];
      const denied = /denied|forbidden|unauthorized|403/i.test(text);
      return {
        sentence: `the image ${image ?? `of ${inContainer(group)}`} cannot be pulled${/not found/i.test(text) ? ': it does not exist' : denied ? ': access is denied' : ''}`,
        fix: denied
          ? 'allow the task execution role to pull from that repository'
          : 'push the image, or deploy one that is in the registry ("slipway deploy --image REFERENCE")',
      };
    }),
  },
  {
    name: 'out of memory',
    explain: ({ stopped }) => {
      const group = stopped.find((each) =>
        /OutOfMemory/i.test(`${each.containerReason} ${each.stoppedReason}`),
      );
      return (
        group && {
          sentence: `${inContainer(group)} was killed for memory (exit status ${group.exitCode ?? 137}, OutOfMemoryError)`,
          fix: 'raise "memory" of the task (or the container), or find what uses so much',
        }
      );
    },
  },
  {
    name: 'cannot be started',
    explain: byReason(/CannotStartContainer|CannotCreateContainer/i, (group, text) => ({
      sentence: `${inContainer(group)} cannot be started: ${text.replace(/^.*?Cannot(Start|Create)Container\w*:\s*/is, '')}`,
      fix: 'check "command", "entryPoint" and "workingDirectory", and that the image is built for the architecture of the task',
    })),
  },
  {
    name: 'container health check',
    explain: byReason(/failed container health checks/i, (group) => ({
      sentence: `${inContainer(group)} runs, but its own health check fails${lastLine(group)}`,
      fix: 'run the command of "healthCheck" in the image; raise "startPeriod" if the start only takes longer',
    })),
  },
  {
    name: 'load balancer health check',
    explain: ({ stopped, targetHealth, events }) => {
      const group = stopped.find(({ stoppedReason }) => /failed ELB health checks/i.test(stoppedReason));
      const event = events.find((message) => /is unhealthy in \(?target-group/i.test(message));
      const unhealthy = targetHealth[0];
      if (group === undefined && event === undefined) return undefined;
      const why = /due to \(reason (.*?)\)?\.?$/i.exec(event ?? '')?.[1] ?? unhealthy;
      return {
        sentence: `the load balancer's health check fails${why === undefined ? '' : `: ${why}`}${group === undefined ? '' : lastLine(group)}`,
        fix: 'check path and port of the target group against what the app answers; raise "healthCheckGracePeriodSeconds" if it starts slowly',
      };
    },
  },
  {
    name: 'crash',
    explain: ({ stopped }) => {
      const group = stopped.find(
        ({ stopCode, exitCode }) => stopCode === 'EssentialContainerExited' && exitCode !== undefined,
      );
      if (group === undefined) return undefined;
      const when =
        group.ranSeconds === undefined || group.ranSeconds < 60
          ? 'at start'
          : `after ${Math.round(group.ranSeconds)} s`;
      return {
        sentence:
          group.exitCode === 0
            ? `${inContainer(group)} ends by itself ${when} with exit status 0, but an essential container must keep running${lastLine(group)}`
            : `${inContainer(group)} exits ${when} with exit status ${group.exitCode}${signalOf(group.exitCode)}${lastLine(group)}`,
        fix:
          group.logLines.length > 0
            ? 'the log lines below say where; run the image with the same environment to see it again'
            : 'it wrote no log lines: check "logConfiguration", then run the image with the same environment',
      };
    },
  },
  {
    name: 'no capacity',
    explain: ({ events }) => {
      const event = events.find((message) => /unable to place a task/i.test(message));
      if (event === undefined) return undefined;
      return {
        sentence: event.replace(/^\(service [^)]*\)\s*/, 'ECS '),
        fix: 'free or add capacity, or wait: ECS tries again by itself',
      };
    },
  },
  {
    name: 'stuck',
    explain: ({ events }) =>
      events.some((message) => /unable to stop or start tasks/i.test(message))
        ? {
            sentence: 'minimumHealthyPercent and maximumPercent leave no room to stop or start a single task',
            fix: 'lower minimumHealthyPercent or raise maximumPercent in the service definition',
          }
        : undefined,
  },
];

/** The likely cause in a sentence; where none is known, what ECS said. */
export function causeOf(evidence: Evidence): { sentence: string; fix: string | undefined } {
  for (const known of knownCauses) {
    const cause = known.explain(evidence);
    if (cause !== undefined) return cause;
  }
  const group = evidence.stopped[0];
  if (group !== undefined)
    return { sentence: [group.stopCode, group.stoppedReason].filter(Boolean).join(': '), fix: undefined };
  return { sentence: evidence.targetHealth[0] ?? evidence.reason, fix: undefined };
}

function byReason(
  pattern: RegExp,
  explain: (group: StoppedTasks, text: string) => Cause | undefined,
): Known['explain'] {
  return ({ stopped }) => {
    for (const group of stopped) {
      const text = [group.stoppedReason, group.containerReason].filter(Boolean).join(' ');
      const cause = pattern.test(text) ? explain(group, text) : undefined;
      if (cause !== undefined) return cause;
    }
    return undefined;
  };
}

function inContainer({ container }: StoppedTasks): string {
  return container === undefined ? 'the task' : `container ${container}`;
}

/** The line that most likely says it: the last that names an error, else the last. */
function lastLine({ logLines }: StoppedTasks): string {
  const lines = logLines.map(readLogLine).filter(({ text }) => text !== '');
  const text = (lines.findLast(({ isError }) => isError) ?? lines.at(-1))?.text;
  return text === undefined ? '' : `: ${text.length > 200 ? `${text.slice(0, 200)}...` : text}`;
}

/** https://docs.docker.com/engine/containers/run/#exit-status */
function signalOf(exitCode: number | undefined): string {
  const signals: Record<number, string> = { 134: 'SIGABRT', 137: 'SIGKILL', 139: 'SIGSEGV', 143: 'SIGTERM' };
  const special: Record<number, string> = {
    126: 'the command cannot be executed',
    127: 'the command was not found',
  };
  if (exitCode === undefined) return '';
  if (signals[exitCode] !== undefined) return ` (${signals[exitCode]})`;
  return special[exitCode] === undefined ? '' : ` (${special[exitCode]})`;
}
