import type { Context } from '../../context';
import { exitCodes, SlipwayError } from '../../errors';
import type { Target } from '../../target';
import { goBack, type GoBackOptions } from '../go-back';
import { openService } from '../open-service';
import type { DeploymentResult, DeploymentsResult, ManyResult, Result, ServiceResult } from '../result';
import { readRunning, type Running } from '../running';
import { dependents } from './bring-back';
import { runInOrder } from './in-order';
import { AT_ONCE, errorOf, forAll, serviceContext } from './service-context';
import { worstOf } from './worst';

export interface GoBackManyOptions {
  to: string;
  dryRun: boolean;
  of: (target: Target) => Omit<GoBackOptions, 'to' | 'dryRun'>;
}

interface Member {
  service: string;
  target: Target;
  exists: boolean;
  /** Why it stays as it is; undefined where it goes back. */
  stays: string | undefined;
}

/**
 * Takes all services of a release back: with `last-good`, those that the last release changed, each to what it ran
 * before. All of them are checked before the first one moves; those that depend on others go first. One that fails
 * does not keep the others from going back.
 */
export async function goBackMany(
  context: Context,
  targets: readonly Target[],
  { to, dryRun, of }: GoBackManyOptions,
): Promise<DeploymentsResult | ManyResult> {
  const startedAt = performance.now();
  const members = await readMembers(context, targets, to);
  if (members.every(({ exists }) => !exists)) {
    const names = members.map(({ service }) => service).join(', ');
    throw new SlipwayError('SERVICE_NOT_FOUND', `none of ${names} exists: there is nothing to roll back`, {
      hint: '"slipway deploy" creates them',
    });
  }
  const going = members.filter(({ stays }) => stays === undefined);
  const quiet = (service: string): Context => ({
    ...serviceContext(context, service),
    sink: (event) => {
      if (event.type === 'note' && event.level === 'warning') context.sink({ ...event, service });
    },
  });
  const plans = await forAll(context, going, ({ target, service }) =>
    goBack(quiet(service), target, { ...of(target), to, dryRun: true }),
  );
  if (dryRun) {
    const results = plans as Exclude<Result, ManyResult>[];
    return { kind: 'many', command: 'rollback', results, exitCode: exitCodes.live };
  }
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');

  const done = new Map<string, DeploymentResult>();
  const errors = new Map<string, SlipwayError>();
  const notStarted = await runInOrder({
    nodes: going.map((each) => ({ name: each.service, after: dependents(targets, each.service), each })),
    atOnce: AT_ONCE,
    mayStart: () => !context.signal.aborted,
    run: async ({ name, each: { target } }, ready) => {
      const own = serviceContext(context, name);
      const sink: Context['sink'] = (event) => {
        if (event.type === 'milestone' && event.milestone === 'serving') ready();
        own.sink(event);
      };
      try {
        const result = await goBack({ ...own, sink }, target, { ...of(target), to, dryRun: false });
        if (result.kind === 'deployment') {
          done.set(name, result);
          own.sink({ type: 'deployment', result });
        }
      } catch (error) {
        if (!(error instanceof SlipwayError)) throw error;
        errors.set(name, error);
        own.sink({ type: 'note', level: 'warning', message: `${error.message} [${error.code}]` });
      }
      return true;
    },
  });
  const interrupted = new Set(notStarted.map(({ name }) => name));
  const services = members.map(({ service, target, stays }): ServiceResult => {
    const error = errors.get(service);
    const { environment, cluster, region } = target;
    return {
      place: { environment, cluster, service, region },
      deployment: done.get(service),
      back: undefined,
      error: error && errorOf(error),
      notStarted: interrupted.has(service) ? 'the run was interrupted before' : stays,
    };
  });
  const codes = services.flatMap(({ deployment, error }) => deployment?.exitCode ?? error?.exitCode ?? []);
  return {
    kind: 'deployments',
    command: 'rollback',
    environment: targets[0]?.environment,
    releaseId: undefined,
    services,
    seconds: (performance.now() - startedAt) / 1000,
    goBack: undefined,
    exitCode: interrupted.size > 0 ? exitCodes.interrupted : worstOf(codes),
  };
}

/** Which of the services the last release changed; all of them where a release is named, or none is on record. */
async function readMembers(context: Context, targets: readonly Target[], to: string): Promise<Member[]> {
  const running = await forAll(context, targets, async (target) => {
    const own = serviceContext(context, target.service);
    const { ecs, name } = openService(own, target);
    return { target, running: await readRunning(ecs, name) };
  });
  const ids = running.flatMap(({ running: one }) => one?.record.releaseId ?? []);
  const last = to === 'last-good' ? ids.sort().at(-1) : undefined;
  return running.map(({ target, running: one }) => ({
    service: target.service,
    target,
    exists: one !== undefined,
    stays: staysBecause(target, one, last),
  }));
}

function staysBecause(
  target: Target,
  running: Running | undefined,
  last: string | undefined,
): string | undefined {
  if (running === undefined) return `it does not exist in ${target.cluster}`;
  if (last === undefined || running.record.releaseId === last) return undefined;
  return `it runs ${running.release.taskDefinition}, which release ${last} did not change`;
}
