import type { Service } from '@aws-sdk/client-ecs';
import { registerBounds } from '../autoscaling/apply-scaling';
import { readScaling } from '../autoscaling/read-scaling';
import { boundsText, isSuspended, type Scaling } from '../autoscaling/scaling';
import { SlipwayError, exitCodes } from '../errors';
import type { Context } from '../context';
import type { Target } from '../target';
import { activeService } from './active-service';
import { pollSeconds } from './follow';
import { openService } from './open-service';
import type { DoneResult } from './result';
import { settle } from './settle';
import { updateTo } from './start';

export interface ScaleOptions {
  tasks: number | undefined;
  min: number | undefined;
  max: number | undefined;
  /** True to suspend autoscaling, false to let it go on. */
  suspend: boolean | undefined;
  dryRun: boolean;
  detach: boolean;
  timeoutSeconds: number;
}

/** What scaling would do, and what it would be done to. */
interface ScalePlan {
  /** Of the service; undefined where it stays. */
  desiredCount: number | undefined;
  bounds: { min: number | undefined; max: number | undefined } | undefined;
  suspend: boolean | undefined;
  sentences: readonly string[];
  notes: readonly string[];
}

/** The whole of `slipway scale`: bounds of autoscaling first, then the count, then until the tasks are there. */
export async function scale(context: Context, target: Target, options: ScaleOptions): Promise<DoneResult> {
  const { ecs, poller, name, place } = openService(context, target);
  const service = await activeService(ecs, name);
  const scaling = await readScaling(context, target, service);
  const plan = planScale(service, scaling, target, options);
  const result = (outcome: DoneResult['outcome'], message: string, exitCode: number, now = service) => ({
    kind: 'done' as const,
    command: 'scale',
    outcome,
    message,
    data: {
      place,
      desiredCount: now.desiredCount ?? 0,
      runningCount: now.runningCount ?? 0,
      ...dataOf(scaling, plan),
    },
    exitCode,
  });
  const where = `${name.service} in ${name.cluster}`;
  for (const note of plan.notes) context.sink({ type: 'note', level: 'warning', message: note });
  if (plan.sentences.length === 0) {
    const bounds = boundsText(scaling);
    const counts = `${service.runningCount ?? 0} of ${service.desiredCount ?? 0} tasks run`;
    const message = `${where} is as asked for already: ${counts}${bounds === undefined ? '' : `, autoscaling ${bounds}`}`;
    return result('unchanged', message, exitCodes.live);
  }
  const what = `${where}: ${plan.sentences.join('; ')}`;
  if (options.dryRun) return result('planned', `would scale ${what}`, exitCodes.live);
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');

  context.sink({ type: 'phase', phase: 'scale', message: what });
  await registerBounds(context, target, plan.bounds, plan.suspend);
  const { desiredCount } = plan;
  if (desiredCount === undefined) return result('done', `scaled ${what}`, exitCodes.live);
  await updateTo(ecs, { ...name, desiredCount });
  if (options.detach) return result('started', `scaling ${what}; this run does not wait for it`, 0);
  const settled = await settle({
    ecs: poller,
    name,
    sink: context.sink,
    signal: context.signal,
    pollSeconds: pollSeconds(context.env),
    timeoutSeconds: options.timeoutSeconds,
  });
  const now = settled.service ?? service;
  const counts = `${now.runningCount ?? 0} of ${now.desiredCount ?? 0} tasks run`;
  if (settled.outcome === 'steady') {
    const moved =
      now.desiredCount === desiredCount
        ? ''
        : `; the count was changed to ${now.desiredCount ?? 0} in the meantime, by autoscaling or by somebody`;
    return result('done', `scaled ${what}. ${counts}${moved}`, exitCodes.live, now);
  }
  const goesOn = `${counts}; ECS goes on with it ("slipway status" shows it)`;
  return settled.outcome === 'timeout'
    ? result(
        'in-progress',
        `${where}: not there after ${Math.round(options.timeoutSeconds)} s: ${goesOn}`,
        exitCodes.timedOut,
        now,
      )
    : result('cancelled', `interrupted; ${where}: ${goesOn}`, exitCodes.interrupted, now);
}

function dataOf({ target }: Scaling, { bounds, suspend }: ScalePlan) {
  if (target === undefined) return {};
  const { MinCapacity, MaxCapacity } = target;
  const suspended = suspend ?? isSuspended({ target } as Scaling);
  return {
    autoscaling: { min: bounds?.min ?? MinCapacity, max: bounds?.max ?? MaxCapacity, suspended },
  };
}

/** Pure. @throws SlipwayError USAGE, AUTOSCALING_NOT_FOUND, AUTOSCALING_OWNS_COUNT, SERVICE_UNSUPPORTED */
function planScale(service: Service, scaling: Scaling, target: Target, options: ScaleOptions): ScalePlan {
  const { tasks } = options;
  if (tasks !== undefined && service.schedulingStrategy === 'DAEMON') {
    throw new SlipwayError(
      'SERVICE_UNSUPPORTED',
      `service ${target.service} is a DAEMON: it runs one task on each instance, and has no count to set`,
      { hint: 'change how many instances its cluster has' },
    );
  }
  const wants = boundsOf(scaling, target, options);
  const suspended = options.suspend ?? isSuspended(scaling);
  const desiredCount = countOf(service, tasks, wants, options);
  if (tasks !== undefined && wants !== undefined && !suspended) checkOwner(tasks, wants);
  const changed = wants?.changed === true;
  const suspend = options.suspend === isSuspended(scaling) ? undefined : options.suspend;
  const from = service.desiredCount ?? 0;
  const counted = desiredCount === undefined || desiredCount === from ? undefined : desiredCount;
  const now = boundsText({ ...scaling, target: scaling.target && { ...scaling.target, SuspendedState: {} } });
  return {
    desiredCount: counted,
    bounds: changed ? { min: wants.min, max: wants.max } : undefined,
    suspend,
    sentences: [
      ...(changed ? [`autoscaling ${now ?? ''} -> ${wants.min} to ${wants.max} tasks`] : []),
      ...(suspend === undefined ? [] : [suspend ? 'autoscaling suspended' : 'autoscaling resumed']),
      ...(counted === undefined ? [] : [`${from} -> ${counted} tasks`]),
    ],
    notes: notesOf(target, tasks, wants, suspended, changed),
  };
}

interface Bounds {
  min: number;
  max: number;
  changed: boolean;
}

/** Undefined where nothing scales the service. */
function boundsOf(
  { target: live, known }: Scaling,
  target: Target,
  options: ScaleOptions,
): Bounds | undefined {
  const given = [options.min, options.max, options.suspend].some((value) => value !== undefined);
  if (live === undefined) {
    if (!given) return undefined;
    const why = known
      ? `nothing scales service ${target.service}`
      : `what scales service ${target.service} cannot be read`;
    throw new SlipwayError(
      'AUTOSCALING_NOT_FOUND',
      `${why}: there is no target to set --min, --max, --suspend or --resume of`,
      {
        hint:
          target.serviceConfig.autoscaling === undefined
            ? 'set the count with --tasks, or write "autoscaling:" into the config and deploy'
            : 'deploy first: that registers what "autoscaling:" in the config says',
      },
    );
  }
  const [before, after] = [live.MinCapacity ?? 0, live.MaxCapacity ?? 0];
  const min = options.min ?? before;
  const max = options.max ?? after;
  if (min > max) {
    const text = `the least (${min}) would be more than the most (${max})`;
    throw new SlipwayError('USAGE', text, { hint: `now it is ${before} to ${after}; give --min and --max` });
  }
  return { min, max, changed: min !== before || max !== after };
}

/** New bounds hold at once: autoscaling itself would only keep to them when it next has something to do. */
function countOf(
  service: Service,
  tasks: number | undefined,
  wants: Bounds | undefined,
  { min, max }: ScaleOptions,
): number | undefined {
  if (tasks !== undefined || wants === undefined || (min === undefined && max === undefined)) return tasks;
  if (service.schedulingStrategy === 'DAEMON') return undefined;
  return Math.min(wants.max, Math.max(wants.min, service.desiredCount ?? 0));
}

/** A count outside of the bounds would be undone. */
function checkOwner(tasks: number, { min, max }: Bounds): void {
  if (tasks >= min && tasks <= max) return;
  const bound = tasks < min ? `--min ${tasks}` : `--max ${tasks}`;
  throw new SlipwayError(
    'AUTOSCALING_OWNS_COUNT',
    `autoscaling keeps the service at ${min} to ${max} tasks: ${tasks} would be undone`,
    { hint: `change the bounds too (${bound}), or stop autoscaling meanwhile (--suspend)` },
  );
}

function notesOf(
  target: Target,
  tasks: number | undefined,
  wants: Bounds | undefined,
  suspended: boolean,
  changed: boolean,
): string[] {
  if (wants === undefined) return [];
  const notes: string[] = [];
  if (tasks !== undefined && !suspended && wants.min !== wants.max) {
    notes.push(
      `autoscaling owns the count (${wants.min} to ${wants.max}) and may change it again; --min and --max hold`,
    );
  }
  const config = target.serviceConfig.autoscaling;
  if (changed && config !== undefined && (config.min !== wants.min || config.max !== wants.max)) {
    notes.push(
      `the next deploy sets the bounds to ${config.min} and ${config.max} again: the config says so`,
    );
  }
  return notes;
}
