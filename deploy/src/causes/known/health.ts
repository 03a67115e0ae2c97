import type { StoppedTasks } from '../../release/outcome';
import type { Cause, Evidence, Known } from '../cause';
import type { TargetGroupFacts } from '../facts';
import { listeningOn } from '../listening';
import { byReason, inContainer, lastLine } from '../words';

const checks =
  /healthCheck|portMappings|loadBalancers|healthCheckGracePeriodSeconds|\.image$|command|environment/;

/** What the load balancer found, where its health check is what failed. */
interface Failed {
  group: StoppedTasks | undefined;
  /** `Health checks failed with these codes: [404]` */
  why: string | undefined;
  codes: readonly number[];
  targetGroup: TargetGroupFacts | undefined;
}

function failedCheck({ stopped, events, targetHealth, facts }: Evidence): Failed | undefined {
  const group = stopped.find(({ stoppedReason }) => /failed ELB health checks/i.test(stoppedReason));
  const event = events.find((message) => /is unhealthy in \(?target-group/i.test(message));
  if (group === undefined && event === undefined) return undefined;
  const said = /due to \(reason (.*?)\)?\.?$/i.exec(event ?? '')?.[1];
  const target = targetHealth.find((line) => / unhealthy/.test(line));
  const why = said ?? /\(([^)]*)\)/.exec(target ?? '')?.[1];
  const codes = (/codes: \[([\d, ]+)\]/i.exec(why ?? '')?.[1] ?? '').split(',').filter(Boolean).map(Number);
  const named = /targetgroup\/([^/)]+)/.exec(event ?? group?.stoppedReason ?? '')?.[1];
  const groups = facts?.targetGroups ?? [];
  return { group, why, codes, targetGroup: groups.find(({ name }) => name === named) ?? groups[0] };
}

const CHECK = "the load balancer's health check fails";

/** `Health checks failed with these codes: [404] for /healthz` */
function sentence({ why, targetGroup, group }: Failed, more = ''): string {
  const path = targetGroup === undefined ? '' : ` for ${targetGroup.path}`;
  const line = group === undefined || more !== '' ? '' : lastLine(group);
  return `${CHECK}${why === undefined ? '' : `: ${why}`}${why === undefined ? '' : path}${more}${line}`;
}

/** A cause that holds for answers with these codes. */
function byCode(
  test: (code: number) => boolean,
  explain: (failed: Failed, code: number) => Cause,
): Known['find'] {
  return (evidence) => {
    const failed = failedCheck(evidence);
    const code = failed?.codes.find(test);
    return failed === undefined || code === undefined ? undefined : explain(failed, code);
  };
}

/** A cause that holds where nothing answered. */
function bySilence(explain: (failed: Failed, evidence: Evidence) => Cause | undefined): Known['find'] {
  return (evidence) => {
    const failed = failedCheck(evidence);
    return failed === undefined || failed.codes.length > 0 ? undefined : explain(failed, evidence);
  };
}

const portOf = ({ facts }: Evidence) => facts?.balanced?.port ?? facts?.containers[0]?.ports[0];

export const health: readonly Known[] = [
  {
    name: 'container-health-check',
    touches: /healthCheck|\.image$|command/,
    find: byReason(/failed container health checks/i, (group, _, { facts }) => {
      const command = facts?.containers.find(({ name }) => name === group.container)?.healthCheck;
      const words = command?.filter((word) => word !== 'CMD' && word !== 'CMD-SHELL').join(' ');
      const tool = /\b(curl|wget)\b/.exec(words ?? '')?.[1];
      return {
        sentence: `${inContainer(group)} runs, but its own health check fails${words === undefined ? '' : ` (${words.slice(0, 120)})`}${lastLine(group)}`,
        fix: `run the command of "healthCheck" in the image${tool === undefined ? '' : ` (is ${tool} in it?)`}; raise "startPeriod" if the start only takes longer`,
        certainty: 'certain',
      };
    }),
  },
  {
    name: 'health-check-redirect',
    touches: checks,
    find: byCode(
      (code) => code >= 300 && code < 400,
      (failed, code) => {
        const { path = '/', matcher = '200' } = failed.targetGroup ?? {};
        const other = path.endsWith('/') ? path.slice(0, -1) || '/' : `${path}/`;
        const slash =
          path === '/'
            ? 'to a login page or to https'
            : `most likely to ${other}: the trailing slash, which the load balancer does not follow`;
        return {
          sentence: sentence(failed, `; the app redirects the check (${code}), ${slash}`),
          fix: `ask for a path that answers ${matcher} itself: set the target group's health check to ${path === '/' ? 'a path without redirect' : `"${other}"`}, or let the app answer "${path}" without a redirect (also not to https)`,
          certainty: 'likely',
        };
      },
    ),
  },
  {
    name: 'health-check-path',
    touches: checks,
    find: byCode(
      (code) => code === 404,
      (failed) => {
        const path = failed.targetGroup?.path ?? 'the path that the health check asks for';
        return {
          sentence: sentence(failed, '; the app has no such path'),
          fix: `let the app answer ${path}, or change path and port of the target group's health check to what it answers (infrastructure)`,
          certainty: 'likely',
        };
      },
    ),
  },
  {
    name: 'health-check-server-error',
    touches: checks,
    find: byCode(
      (code) => code >= 500,
      (failed) => ({
        sentence: sentence(failed),
        fix: 'the app itself answers with an error: read its log lines below; often a database or a variable that the health check needs is missing',
        certainty: 'likely',
      }),
    ),
  },
  {
    name: 'health-check-code',
    touches: checks,
    find: byCode(
      () => true,
      (failed, code) => ({
        sentence: sentence(failed),
        fix:
          code === 401 || code === 403
            ? `the check is asked to sign in (${code}): leave its path out of authentication`
            : `the app answers ${code}, the target group expects ${failed.targetGroup?.matcher ?? '200'}: change one of the two`,
        certainty: 'likely',
      }),
    ),
  },
  {
    name: 'listens-on-localhost',
    touches: checks,
    find: bySilence((failed) => {
      const local = listeningOn(failed.group?.logLines ?? []).find(({ isLocal }) => isLocal);
      if (local === undefined || failed.group === undefined) return undefined;
      return {
        sentence: sentence(
          failed,
          `; ${inContainer(failed.group)} listens on ${local.address}, where nobody outside of it can reach it`,
        ),
        fix: 'listen on 0.0.0.0 (HOST=0.0.0.0, "--host 0.0.0.0", "--bind 0.0.0.0")',
        certainty: 'likely',
      };
    }),
  },
  {
    name: 'listens-on-another-port',
    touches: checks,
    find: bySilence((failed, evidence) => {
      const wanted = portOf(evidence);
      const listening = listeningOn(failed.group?.logLines ?? []);
      const other = listening.find(({ port }) => port !== wanted);
      const right = listening.some(({ port }) => port === wanted);
      if (other === undefined || right || wanted === undefined || failed.group === undefined)
        return undefined;
      return {
        sentence: sentence(
          failed,
          `; ${inContainer(failed.group)} listens on port ${other.port}, the service sends to ${wanted}`,
        ),
        fix: `listen on ${wanted} (PORT=${wanted}), or set "containerPort" in "portMappings" and "loadBalancers" to ${other.port}`,
        certainty: 'likely',
      };
    }),
  },
  {
    name: 'health-check-timeout',
    touches: checks,
    find: bySilence((failed) =>
      /timed out|Target\.Timeout/i.test(failed.why ?? '')
        ? {
            sentence: sentence(failed),
            fix: "the request gets no answer: check that the service's security group lets the load balancer in on the container port, and that the check's path answers within its timeout",
            certainty: 'likely',
          }
        : undefined,
    ),
  },
  {
    name: 'starts-too-slowly',
    touches: checks,
    find: bySilence((failed, evidence) => {
      const { facts } = evidence;
      const { group, targetGroup } = failed;
      if (group === undefined || facts === undefined) return undefined;
      const { intervalSeconds = 30, unhealthyThreshold = 2 } = targetGroup ?? {};
      const patience = facts.graceSeconds + intervalSeconds * unhealthyThreshold;
      // With that much time most of what does not listen never will.
      if (facts.graceSeconds >= 120) return undefined;
      const port = portOf(evidence);
      return {
        sentence: sentence(
          failed,
          `; ${inContainer(group)} does not listen${port === undefined ? '' : ` on port ${port}`} before the load balancer gives up on it, some ${patience} s after its start`,
        ),
        fix: `raise "healthCheckGracePeriodSeconds" (${facts.graceSeconds} now) above the slowest start; if it never listens, check its port and address against "portMappings"`,
        certainty: 'likely',
      };
    }),
  },
  {
    name: 'load-balancer-health-check',
    touches: checks,
    find: (evidence) => {
      const failed = failedCheck(evidence);
      return (
        failed && {
          sentence: sentence(failed),
          fix: 'check path and port of the target group against what the app answers, and that it listens on 0.0.0.0; raise "healthCheckGracePeriodSeconds" if it starts slowly',
          certainty: 'likely',
        }
      );
    },
  },
];
