import type { Service } from '@aws-sdk/client-ecs';

/** What was there before this run changed anything: whatever is not in it came after. */
export interface Baseline {
  /** `ecs-svc/...` of every deployment, with its rollout state. */
  deployments: ReadonlyMap<string, string | undefined>;
  /** Ids of service events. */
  events: ReadonlySet<string>;
  /** ARNs of service deployments. */
  serviceDeployments: ReadonlySet<string>;
  /** Whether tasks ran: only then can traffic move from old to new. */
  hadTasks: boolean;
}

export function baselineOf(service: Service | undefined, serviceDeployments: ReadonlySet<string>): Baseline {
  const deployments = service?.deployments ?? [];
  return {
    deployments: new Map(deployments.map(({ id, rolloutState }) => [id ?? '', rolloutState])),
    events: new Set((service?.events ?? []).map(({ id }) => id ?? '')),
    serviceDeployments,
    hadTasks: deployments.some(({ runningCount }) => (runningCount ?? 0) > 0),
  };
}
