import type { Evidence, Known } from '../cause';
import { textOf, withoutService } from '../words';

/** What keeps ECS from starting a task at all: told by events, and by the reasons of tasks. */
function said({ events, stopped, reason }: Evidence, pattern: RegExp): string | undefined {
  return [...events.map(withoutService), ...stopped.map(textOf), reason].find((text) => pattern.test(text));
}

const LACKS: readonly [pattern: RegExp, fix: string][] = [
  [/insufficient memory/i, 'needs more memory than any instance has free: add instances, or lower "memory"'],
  [/insufficient CPU/i, 'needs more CPU than any instance has free: add instances, or lower "cpu"'],
  [
    /already using a port/i,
    'wants a host port that is taken on every instance: let ECS choose it ("hostPort": 0), use awsvpc, or let old tasks stop first (minimumHealthyPercent below 100)',
  ],
  [
    /missing an attribute/i,
    'needs something that no instance has: compare "requiresAttributes" and placement constraints with the instances',
  ],
  [/AGENT/, 'finds instances whose ECS agent is not connected: look at the agent on them'],
];

export const capacity: readonly Known[] = [
  {
    name: 'quota-reached',
    touches: /desiredCount|cpu|memory/,
    find: (evidence) => {
      const text = said(
        evidence,
        /reached the limit on the number of|is above your limit|provisioning capacity limit was exceeded/i,
      );
      if (text === undefined) return undefined;
      return {
        sentence: `ECS ${text}`,
        fix: 'ask for a higher quota (Service Quotas: AWS Fargate, "On-Demand vCPU resource count" or the Spot one), or run fewer or smaller tasks; a rolling deployment with 200 percent needs twice as many',
        certainty: 'certain',
      };
    },
  },
  {
    name: 'capacity-unavailable',
    touches: /capacityProviderStrategy|networkConfiguration|cpu|memory/,
    find: (evidence) => {
      const text = said(evidence, /Capacity is unavailable/i);
      if (text === undefined) return undefined;
      return {
        sentence: `ECS ${text}`,
        fix: 'wait, ECS tries again by itself; or offer more: subnets in more zones, FARGATE beside FARGATE_SPOT in "capacityProviderStrategy", another size',
        certainty: 'certain',
      };
    },
  },
  {
    name: 'no-container-instance',
    touches: /launchType|capacityProviderStrategy|placement|cpu|memory|portMappings/,
    find: (evidence) => {
      const text = said(
        evidence,
        /no container instance met all of its requirements|No Container Instances were found/i,
      );
      if (text === undefined) return undefined;
      const lack = LACKS.find(([pattern]) => pattern.test(text))?.[1];
      return {
        sentence: `ECS ${text.replace(/\s*For more information,.*$/s, '')}`,
        fix:
          lack === undefined
            ? 'add container instances to the cluster, or use a capacity provider that does'
            : `the task ${lack}`,
        certainty: 'certain',
      };
    },
  },
  {
    name: 'cannot-be-placed',
    find: (evidence) => {
      const text = said(evidence, /unable to place a task/i);
      return text === undefined
        ? undefined
        : {
            sentence: `ECS ${text}`,
            fix: 'free or add capacity, or wait: ECS tries again by itself',
            certainty: 'certain',
          };
    },
  },
];
