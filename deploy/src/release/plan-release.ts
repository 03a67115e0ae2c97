import { readScaling } from '../autoscaling/read-scaling';
import type { Context } from '../context';
import { checkContract } from '../preflight/contract';
import type { RenderedTarget } from '../target';
import { plannedSteps } from '../steps/planned-steps';
import { readDetails } from './details';
import { resolveImages } from './images';
import { makePlan, type PlanInput } from './make-plan';
import type { OpenService } from './open-service';
import type { Plan } from './plan';
import { currentRun, newReleaseId } from './record';
import { readRunning, type Running } from './running';

export interface Planned {
  plan: Plan;
  running: Running | undefined;
}

export interface PlanOptions {
  forceNewDeployment?: boolean;
  /** What all services of one release have in common; it becomes a tag. */
  releaseId?: string | undefined;
}

/** Reads what runs and what ECR has, and works out what a deploy would do. Changes nothing. */
export async function planRelease(
  context: Context,
  target: RenderedTarget,
  opened: OpenService,
  options: PlanOptions = {},
): Promise<Planned> {
  const input = await readPlanInput(context, target, opened, options);
  const plan = makePlan(input);
  const steps = plannedSteps(target.serviceConfig, plan);
  return { running: input.running, plan: steps.length === 0 ? plan : { ...plan, steps } };
}

export async function readPlanInput(
  context: Context,
  target: RenderedTarget,
  { ecs, name }: OpenService,
  { forceNewDeployment = false, releaseId = newReleaseId() }: PlanOptions = {},
): Promise<PlanInput> {
  context.sink({
    type: 'phase',
    phase: 'plan',
    message: `${name.service} in ${name.cluster}, ${target.region}`,
  });
  const contract = checkContract(target);
  if (contract !== undefined) context.sink({ type: 'note', level: 'info', message: contract });
  const reads = [
    readRunning(ecs, name),
    resolveImages(target.definitions.taskDefinition, context.env),
    currentRun(context),
  ] as const;
  // One that fails must not leave the others under way.
  await Promise.allSettled(reads);
  const [running, resolved, run] = await Promise.all(reads);
  const more = [
    readScaling(context, target, running?.service),
    readDetails(ecs, target, running, resolved, context.sink),
  ] as const;
  await Promise.allSettled(more);
  const [scaling, details] = await Promise.all(more);
  return { target, running, resolved, run: { ...run, releaseId }, forceNewDeployment, scaling, details };
}
