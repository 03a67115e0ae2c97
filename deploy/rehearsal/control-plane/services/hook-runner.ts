import type { ControlPlane } from '../control-plane';
import type { HookRun, Service, ServiceDeployment } from './service';

/** What a lifecycle hook's function is given, as seen in the logs of one. */
export interface HookPayload {
  executionDetails: {
    serviceArn: string;
    targetServiceRevisionArn: string;
    /** Percent by ARN of the service revision; empty at stages that shift no test traffic. */
    testTrafficWeights: Record<string, number>;
    productionTrafficWeights: Record<string, number>;
  };
  executionId: string;
  lifecycleStage: string;
  /** ARN of the service deployment. */
  resourceArn: string;
  hookDetails?: unknown;
}

/** Calls the functions behind lifecycle hooks. An answer counts only while its stage lasts. */
export class HookRunner {
  private readonly calls = new Set<string>();
  private closed = false;

  constructor(private readonly plane: ControlPlane) {}

  isCalling(hookId: string): boolean {
    return this.calls.has(hookId);
  }

  invoke(service: Service, deployment: ServiceDeployment, run: HookRun): void {
    const { targetArn = '', roleArn, stage } = run;
    const fail = (text: string) => {
      run.status = 'FAILED';
      run.failure = `${stage} lifecycle hook(s) failed. ${text}`;
    };
    if (roleArn !== undefined && !this.plane.surroundings.roleExists(roleArn)) {
      fail(`ECS was unable to assume role ${roleArn}`);
      return;
    }
    const take = (answer: unknown) => this.take(run, answer, fail);
    const cannot = (error: unknown) =>
      fail(`ECS was unable to invoke hook target ${targetArn} due to ${textOf(error)}`);
    try {
      const payload = payloadOf(service, deployment, run);
      const answer = this.plane.settings.invokeHook(targetArn, payload, this.plane.settings);
      if (answer instanceof Promise) this.await(service, deployment, run, answer, take, cannot);
      else take(answer);
    } catch (error) {
      cannot(error);
    }
  }

  close(): void {
    this.closed = true;
  }

  private await(
    service: Service,
    deployment: ServiceDeployment,
    run: HookRun,
    answer: Promise<unknown>,
    take: (answer: unknown) => void,
    cannot: (error: unknown) => void,
  ): void {
    const { clock, settings, serviceLoop } = this.plane;
    this.calls.add(run.id);
    const settle = (act: () => void) => {
      if (!this.calls.delete(run.id)) return;
      stopWaiting();
      if (this.closed || run.status !== 'IN_PROGRESS' || !deployment.hooks.includes(run)) return;
      act();
      deployment.updatedAt = clock.now();
      serviceLoop.notice(service);
    };
    // A time-out of a real function: a sped-up clock does not shorten it.
    const stopWaiting = clock.afterReal(settings.hookCallLimit, () => settle(() => take(undefined)));
    answer.then(
      (value) => settle(() => take(value)),
      (error: unknown) => settle(() => cannot(error)),
    );
  }

  private take(run: HookRun, answer: unknown, fail: (text: string) => void): void {
    const { targetArn = '' } = run;
    const { hookStatus, callBackDelay, hookDetails } = (
      typeof answer === 'object' && answer !== null ? answer : {}
    ) as Record<string, unknown>;
    switch (hookStatus) {
      case 'SUCCEEDED':
        run.status = 'SUCCEEDED';
        return;
      case 'FAILED':
        fail(`Lifecycle hook target ${targetArn} returned FAILED status.`);
        return;
      case 'IN_PROGRESS': {
        const delay =
          typeof callBackDelay === 'number' && callBackDelay >= 0
            ? callBackDelay * 1000
            : this.plane.settings.hookCallBackDelay;
        run.invokeAt = this.plane.clock.now() + delay;
        if (hookDetails !== undefined) run.details = hookDetails;
        return;
      }
      default: {
        const why =
          hookStatus === undefined || hookStatus === null
            ? 'HookStatus must not be null'
            : `HookStatus must be one of SUCCEEDED, FAILED, IN_PROGRESS, and not ${JSON.stringify(hookStatus)}`;
        fail(`ECS was unable to parse the response from ${targetArn} due to ${why}`);
      }
    }
  }
}

/** Source: "Lifecycle hooks for Amazon ECS service deployments", developer guide, and events as functions logged them. */
function payloadOf(service: Service, deployment: ServiceDeployment, run: HookRun): HookPayload {
  const { stage, details } = run;
  const shown = (kind: 'production' | 'test', stages: readonly string[]) =>
    stages.includes(stage) ? weightsByRevision(service, deployment, service.traffic[kind]) : {};
  return {
    executionDetails: {
      testTrafficWeights: shown('test', ['TEST_TRAFFIC_SHIFT', 'RECONCILE_SERVICE']),
      productionTrafficWeights: shown('production', ['PRODUCTION_TRAFFIC_SHIFT', 'RECONCILE_SERVICE']),
      serviceArn: service.arn,
      targetServiceRevisionArn: deployment.target.arn,
    },
    executionId: run.executionId,
    lifecycleStage: stage,
    resourceArn: deployment.arn,
    ...(details !== undefined && { hookDetails: details }),
  };
}

function weightsByRevision(
  service: Service,
  { target }: ServiceDeployment,
  traffic: Record<string, number>,
): Record<string, number> {
  const weights: Record<string, number> = { [target.arn]: 0 };
  for (const [id, share] of Object.entries(traffic)) {
    const revision = service.revisions.get(id.replace('ecs-svc/', ''));
    if (revision !== undefined) weights[revision.arn] = share;
  }
  return weights;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
