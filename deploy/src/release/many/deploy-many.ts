import type { Context } from '../../context';
import { exitCodes, SlipwayError } from '../../errors';
import type { RenderedTarget } from '../../target';
import { carryOut, prepare, type DeployOptions, type Prepared } from '../deploy';
import { commandFor } from '../next-command';
import { newReleaseId } from '../record';
import type { DeploymentResult, DeploymentsResult, ManyResult, ServiceResult } from '../result';
import { bringBack } from './bring-back';
import { runInOrder } from './in-order';
import { AT_ONCE, errorOf, forAll, serviceContext } from './service-context';
import { worstOf } from './worst';

export interface DeployManyOptions {
  dryRun: boolean;
  /** One service that fails changes nothing for those that do not depend on it. */
  keepGoing: boolean;
  detach: boolean;
  of: (target: RenderedTarget) => Omit<DeployOptions, 'releaseId'>;
}

/**
 * Several services as one release. All of them are checked and planned before the first one is registered; each starts
 * when those that it depends on take all traffic. Where one fails, or on Ctrl-C, nothing more is started, what is under
 * way goes back, and so does what was live already.
 */
export async function deployMany(
  context: Context,
  targets: readonly RenderedTarget[],
  options: DeployManyOptions,
): Promise<DeploymentsResult | ManyResult> {
  const startedAt = performance.now();
  const releaseId = newReleaseId();
  const optionsOf = (target: RenderedTarget): DeployOptions => ({ ...options.of(target), releaseId });
  const prepared = await forAll(context, targets, (target) =>
    prepare(serviceContext(context, target.service), target, optionsOf(target)),
  ).then((all) => all.map((each) => ({ ...each, service: each.target.service })));
  if (options.dryRun) {
    const results = prepared.map(({ planned }) => planned.plan);
    return {
      kind: 'many',
      command: 'deploy',
      results: results.map((plan) => ({ kind: 'plan', command: 'deploy', plan, exitCode: exitCodes.live })),
      exitCode: exitCodes.live,
    };
  }

  const release = new Release(context, prepared, optionsOf, options);
  await release.run();
  const services = release.results();
  const helps = services.some(
    ({ deployment, back }) => back === undefined && deployment?.goBack !== undefined,
  );
  const [first] = targets;
  return {
    kind: 'deployments',
    command: 'deploy',
    environment: first?.environment,
    releaseId,
    services,
    seconds: (performance.now() - startedAt) / 1000,
    goBack:
      helps && first ? commandFor(context, { ...first, service: undefined }, 'rollback', []) : undefined,
    exitCode: worstOf(services.flatMap(exitCodesOf)),
  };
}

function exitCodesOf({ deployment, back, error }: ServiceResult) {
  return [deployment?.exitCode, back?.exitCode, error?.exitCode].filter((code) => code !== undefined);
}

type PreparedService = Prepared & { service: string };

class Release {
  private readonly deployments = new Map<string, DeploymentResult>();
  private readonly errors = new Map<string, SlipwayError>();
  private readonly back = new Map<string, DeploymentResult>();
  private notStarted = new Set<string>();
  /** Aborted by the first service that fails, to take back what is under way. */
  private readonly failure = new AbortController();
  private failed: string | undefined;
  private readonly depended: ReadonlySet<string>;

  constructor(
    private readonly context: Context,
    private readonly services: readonly PreparedService[],
    private readonly optionsOf: (target: RenderedTarget) => DeployOptions,
    private readonly options: DeployManyOptions,
  ) {
    this.depended = new Set(services.flatMap(({ target }) => target.serviceConfig.dependsOn));
  }

  async run(): Promise<void> {
    const notStarted = await runInOrder({
      nodes: this.services.map((each) => ({
        name: each.service,
        after: each.target.serviceConfig.dependsOn,
        each,
      })),
      atOnce: AT_ONCE,
      mayStart: () => !this.context.signal.aborted && !this.failure.signal.aborted,
      run: ({ each }, ready) => this.deploy(each, ready),
    });
    this.notStarted = new Set(notStarted.map(({ name }) => name));
    if (!this.context.signal.aborted && !this.failure.signal.aborted) return;
    const why = this.context.signal.aborted ? 'the run was interrupted' : `${this.failed ?? ''} failed`;
    const live = this.services.filter(({ service }) =>
      ['live', 'started'].includes(this.deployments.get(service)?.outcome.kind ?? ''),
    );
    await bringBack(this.context, live, {
      why,
      optionsOf: this.optionsOf,
      done: (service, result) => this.back.set(service, result),
      failed: (service, error) => this.errors.set(service, error),
    });
  }

  results(): ServiceResult[] {
    return this.services.map(({ service, opened }) => {
      const error = this.errors.get(service);
      return {
        place: opened.place,
        deployment: this.deployments.get(service),
        back: this.back.get(service),
        error: error && errorOf(error),
        notStarted: this.notStarted.has(service) ? this.whyNotStarted(service) : undefined,
      };
    });
  }

  private async deploy(each: PreparedService, ready: () => void): Promise<boolean> {
    const { service, target } = each;
    const signal = AbortSignal.any([this.context.signal, this.failure.signal]);
    const own = serviceContext(this.context, service, signal);
    // What is tried out once it serves may still be refused: those that depend on it wait for that.
    const isProven = target.serviceConfig.smoke.length + target.serviceConfig.after.length > 0;
    const watching: Context = {
      ...own,
      sink: (event) => {
        if (event.type === 'milestone' && event.milestone === 'serving' && !isProven) ready();
        own.sink(event);
      },
    };
    const options = this.optionsOf(target);
    // What others wait for is followed until it serves, even where this run does not wait for the rest.
    const followed = options.detach && this.depended.has(service);
    try {
      const result = this.withReason(
        await carryOut(watching, each, followed ? { ...options, detach: false, until: 'serving' } : options),
      );
      this.deployments.set(service, result);
      own.sink({ type: 'deployment', result });
      const good = result.exitCode === exitCodes.live;
      if (['failed', 'rolled-back'].includes(result.outcome.kind)) this.fail(service);
      return good;
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      this.errors.set(service, error);
      own.sink({ type: 'note', level: 'warning', message: `${error.message} [${error.code}]` });
      // Without credentials or an answer from AWS nothing can go back: each service says so itself.
      if (![exitCodes.notAllowed, exitCodes.unreachable].some((code) => code === error.exitCode))
        this.fail(service);
      return false;
    }
  }

  private fail(service: string): void {
    if (this.options.keepGoing || this.context.signal.aborted || this.failure.signal.aborted) return;
    this.failed = service;
    this.failure.abort();
  }

  /** A service that was taken back since another one failed was not interrupted by anybody. */
  private withReason(result: DeploymentResult): DeploymentResult {
    const { outcome } = result;
    if (outcome.kind !== 'cancelled' || this.context.signal.aborted) return result;
    const reason = outcome.reason.replace(
      /^interrupted/,
      `taken back since ${this.failed ?? 'another service'} failed`,
    );
    return { ...result, outcome: { ...outcome, reason } };
  }

  private whyNotStarted(service: string): string {
    if (this.context.signal.aborted) return 'it was not started: the run was interrupted before';
    if (this.failed !== undefined) return `it was not started, since ${this.failed} failed`;
    const waits =
      this.services.find((each) => each.service === service)?.target.serviceConfig.dependsOn ?? [];
    const blocking = waits.filter((name) => this.deployments.get(name)?.exitCode !== exitCodes.live);
    return `it was not started: it depends on ${blocking.join(', ')}`;
  }
}
