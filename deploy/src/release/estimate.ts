import type { ServiceDeploymentBrief } from '@aws-sdk/client-ecs';

export interface Estimate {
  seconds: number;
  /** How many deployments it is the median of. */
  deployments: number;
}

const LAST = 5;

/** How long the next deployment takes: the median of the last five that were successful. @param listed newest first */
export function estimateOf(listed: readonly ServiceDeploymentBrief[]): Estimate | undefined {
  const seconds = listed
    .filter(({ status }) => status === 'SUCCESSFUL')
    .flatMap(({ startedAt, createdAt, finishedAt }) => {
      const began = startedAt ?? createdAt;
      return began === undefined || finishedAt === undefined ? [] : [(+finishedAt - +began) / 1000];
    })
    .slice(0, LAST)
    .sort((one, other) => one - other);
  if (seconds.length === 0) return undefined;
  const middle = Math.floor(seconds.length / 2);
  const upper = seconds[middle] ?? 0;
  const median = seconds.length % 2 === 1 ? upper : (upper + (seconds[middle - 1] ?? upper)) / 2;
  return { seconds: median, deployments: seconds.length };
}
