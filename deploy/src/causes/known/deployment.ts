import type { Evidence, Known } from '../cause';
import { list, tellingLine, withoutService } from '../words';

function texts({ reason, events, facts }: Evidence): string[] {
  const { deployment } = facts ?? {};
  return [
    reason,
    deployment?.statusReason,
    deployment?.rollback?.reason,
    ...events.map(withoutService),
  ].filter((text): text is string => text !== undefined && text !== '');
}

const limits = /deploymentConfiguration|desiredCount/;

/** What ended the deployment from outside of its tasks. It says so itself, so it comes before all that tasks tell. */
export const interventions: readonly Known[] = [
  {
    name: 'hook-failed',
    touches: /lifecycleHooks/,
    find: (evidence) => {
      const text = texts(evidence).find((one) => /lifecycle hook\(s\) failed/i.test(one));
      if (text === undefined) return undefined;
      const [, stage = 'a', why = ''] = /([A-Z_]+) lifecycle hook\(s\) failed\.?\s*(.*)$/s.exec(text) ?? [];
      const target = /arn:[^\s]+?:function:([\w-]+)/.exec(why)?.[1];
      const log = tellingLine(evidence.facts?.hookLog ?? []);
      return {
        sentence: `the lifecycle hook at ${stage} failed${why === '' ? '' : `: ${why.trim()}`}${log === undefined ? '' : ` Its log says: ${log}`}`,
        fix: /assume role/i.test(why)
          ? 'let ECS assume the role of the hook ("roleArn"; Principal: ecs.amazonaws.com), and the role invoke the function'
          : /unable to invoke/i.test(why)
            ? `allow the hook's role lambda:InvokeFunction on ${target ?? 'the function'}, and check that it exists`
            : /parse the response|must not be null/i.test(why)
              ? `let ${target ?? 'the function'} return {"hookStatus": "SUCCEEDED"} (or FAILED, IN_PROGRESS)`
              : `look at the log of ${target === undefined ? 'the function' : `function ${target} (/aws/lambda/${target})`} for what it found wrong`,
        certainty: 'certain',
      };
    },
  },
  {
    name: 'traffic-cannot-be-shifted',
    touches: /loadBalancers|deploymentConfiguration/,
    find: (evidence) => {
      const text = texts(evidence).find((one) => /invalid networking configuration/i.test(one));
      if (text === undefined) return undefined;
      return {
        sentence: `traffic cannot be shifted: ${text.replace(/^.*?invalid networking configuration[.:]?\s*/is, '') || text}`,
        fix: 'compare "loadBalancers[].advancedConfiguration" with the listener rules: the production rule forwards to both target groups, one of them with all the weight, and the role may change it',
        certainty: 'certain',
      };
    },
  },
  {
    name: 'alarm',
    touches: /\.image$|environment/,
    find: (evidence) => {
      const text = texts(evidence).find((one) => /alarm (was )?detected|deployment alarm/i.test(one));
      if (evidence.rolledBackBy !== 'alarm' && text === undefined) return undefined;
      const alarms = evidence.facts?.alarms ?? [];
      const why = alarms.find(({ reason }) => reason)?.reason;
      const names = list(alarms.map(({ name }) => name));
      return {
        sentence: `${names === '' ? 'a deployment alarm' : `alarm ${names}`} went off while the release rolled out${why === undefined ? '' : `: ${why}`}`,
        fix: 'the tasks were well, what they did was not: look at the metric of the alarm and at the log of the release',
        certainty: 'certain',
      };
    },
  },
];

/** Why ECS may not go on, where tasks tell nothing. */
export const standstills: readonly Known[] = [
  {
    name: 'stuck-by-percent',
    touches: limits,
    find: ({ events, facts }) => {
      if (!events.some((message) => /unable to stop or start tasks/i.test(message))) return undefined;
      const { desiredCount, minimumHealthyPercent: least, maximumPercent: most } = facts ?? {};
      const numbers =
        desiredCount === undefined || least === undefined || most === undefined
          ? ''
          : `: of ${desiredCount} at least ${Math.ceil((desiredCount * least) / 100)} must run and at most ${Math.floor((desiredCount * most) / 100)} may`;
      return {
        sentence: `minimumHealthyPercent${least === undefined ? '' : ` (${least})`} and maximumPercent${most === undefined ? '' : ` (${most})`} leave no room to stop or start a single task${numbers}`,
        fix: 'lower minimumHealthyPercent or raise maximumPercent in the service definition (100 and 200 always work), then deploy with --supersede',
        certainty: 'certain',
      };
    },
  },
  {
    name: 'protected-from-scale-in',
    find: ({ events }) =>
      events.some((message) => /number of protected tasks are more than the desired count/i.test(message))
        ? {
            sentence: 'old tasks are protected from scale-in, so ECS may not stop them',
            fix: 'wait until they have done their work, or take the protection off (UpdateTaskProtection)',
            certainty: 'certain',
          }
        : undefined,
  },
];

/** Who took tasks away that were well. */
export const interruptions: readonly Known[] = [
  {
    name: 'spot-interruption',
    touches: /capacityProviderStrategy/,
    find: ({ stopped }) => {
      const group = stopped.find(
        ({ stopCode }) => stopCode === 'SpotInterruption' || stopCode === 'TerminationNotice',
      );
      return (
        group && {
          sentence: `AWS took ${group.count === 1 ? 'a task' : `${group.count} tasks`} on FARGATE_SPOT back`,
          fix: 'give "capacityProviderStrategy" a base on FARGATE, so that some tasks are never taken back; ECS replaces the others by itself',
          certainty: 'certain',
        }
      );
    },
  },
  {
    name: 'host-retired',
    find: ({ stopped }) =>
      stopped.some(({ stopCode }) => stopCode === 'InfrastructureHealth')
        ? {
            sentence: 'AWS stopped tasks because the host under them was failing or is retired',
            fix: 'nothing: ECS starts them elsewhere; deploy again if the release did not get through',
            certainty: 'certain',
          }
        : undefined,
  },
  {
    name: 'stopped-by-hand',
    find: ({ stopped }) => {
      const group = stopped.find(({ stopCode }) => stopCode === 'UserInitiated');
      return (
        group && {
          sentence: `somebody stopped ${group.count === 1 ? 'a task' : `${group.count} tasks`} of this release: ${group.stoppedReason}`,
          fix: 'ask who did; CloudTrail has the StopTask call',
          certainty: 'certain',
        }
      );
    },
  },
];
