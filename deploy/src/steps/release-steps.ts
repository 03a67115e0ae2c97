import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { OpenService } from '../release/open-service';
import type { Explanation } from '../release/outcome';
import type { Plan } from '../release/plan';
import { currentRun } from '../release/record';
import { redactor } from '../release/redact';
import type { Running } from '../release/running';
import type { RenderedTarget } from '../target';
import { placementOf } from '../tasks/placement';
import { runSteps, type StepsInput } from './run-steps';
import { smokeTest } from './smoke';
import { StepFailed } from './step-failed';

export interface ReleaseSteps {
  /**
   * Before the service is updated. @throws StepFailed, SlipwayError INTERRUPTED
   * @returns whether anything ran, and with it time went by
   */
  before(taskDefinition: TaskDefinition | undefined): Promise<boolean>;
  /** Once the release takes all traffic; undefined where there is nothing to do. @returns what went wrong */
  whenServing: (() => Promise<Explanation | undefined>) | undefined;
}

/** What a release of this service has around it. A rollback has none of it: it migrates nothing. */
export function releaseSteps(
  context: Context,
  target: RenderedTarget,
  opened: OpenService,
  { plan, running }: { plan: Plan; running: Running | undefined },
): ReleaseSteps {
  const { serviceConfig } = target;
  const isNew = plan.register !== undefined;
  const before = isNew ? serviceConfig.before : [];
  const after = isNew ? serviceConfig.after : [];
  const { smoke } = serviceConfig;
  const input = async (when: StepsInput['when'], taskDefinition: TaskDefinition): Promise<StepsInput> => ({
    when,
    taskDefinition,
    placement: placementOf(running?.service, target.definitions.service?.value),
    actor: (await currentRun(context)).actor,
    redact: redactor(target.outputs),
  });
  let registered: TaskDefinition | undefined;
  return {
    before: async (taskDefinition) => {
      registered = taskDefinition;
      if (before.length === 0 || taskDefinition === undefined) return false;
      await runSteps(context, opened, before, await input('before', taskDefinition));
      return true;
    },
    whenServing:
      after.length === 0 && smoke.length === 0
        ? undefined
        : async () => {
            try {
              if (after.length > 0 && registered !== undefined)
                await runSteps(context, opened, after, await input('after', registered));
              await smokeTest(context, smoke);
              return undefined;
            } catch (error) {
              if (error instanceof StepFailed) return error.explanation;
              // The watch sees the signal itself, and goes back.
              if (error instanceof SlipwayError && error.code === 'INTERRUPTED') return undefined;
              throw error;
            }
          },
  };
}
