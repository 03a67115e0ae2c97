import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Sink } from '../events';
import { hookSentence, waitingHooks } from './pause-hooks';

/** Says which stage a deployment has come to, how its traffic moves, and for whom it waits. */
export class RolloutLog {
  private stage: string | undefined;
  private share: number | undefined;
  private readonly asked = new Set<string>();

  constructor(
    private readonly sink: Sink,
    /** `slipway continue staging` */
    private readonly continueCommand: string,
  ) {}

  /** Returns what it is at, for a heartbeat. */
  take(deployment: ServiceDeployment): string | undefined {
    const { lifecycleStage: stage, deploymentConfiguration, targetServiceRevision, status } = deployment;
    const isGoing = status === 'IN_PROGRESS' || status === 'PENDING';
    const say = (message: string) => this.sink({ type: 'phase', phase: 'watch', message });
    if (stage !== this.stage && stage !== undefined && isGoing)
      say(stageSentence(stage, deploymentConfiguration?.bakeTimeInMinutes));
    this.stage = stage;
    const share = targetServiceRevision?.requestedProductionTrafficWeight;
    if (share !== undefined && share !== this.share && share > 0 && stage !== undefined && isGoing)
      say(`${share} % of the traffic goes to the new release`);
    this.share = share;
    for (const hook of waitingHooks(deployment)) {
      if (this.asked.has(hook.hookId ?? '')) continue;
      this.asked.add(hook.hookId ?? '');
      say(
        `paused: it ${hookSentence(deployment, hook)}; "${this.continueCommand}" lets it go on, with --rollback it goes back`,
      );
    }
    const waits = waitingHooks(deployment).length > 0;
    return waits ? `waits for "${this.continueCommand}"` : isGoing ? stage : undefined;
  }
}

function stageSentence(stage: string, bakeMinutes = 0): string {
  if (stage !== 'BAKE_TIME') return `stage ${stage}`;
  const time = bakeMinutes === 0 ? '' : ` for ${bakeMinutes} min`;
  return `stage BAKE_TIME: all traffic is on the new release; it is watched${time} before the old one goes`;
}
