import fc from 'fast-check';
import type { Service } from '../../rehearsal/control-plane/services/service';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import { createService } from './simulation';
import {
  blueArn,
  greenArn,
  lambdaHook,
  productionRule,
  shifting,
  shiftingLoadBalancers,
  testRule,
  type Shifting,
} from './shifting-tools';

const behaviours: Record<string, Behaviour> = {
  good: {},
  slow: { answersAfter: 70_000 },
  crashesAtOnce: { exits: { after: 200, code: 1 } },
  crashesLater: { exits: { after: 155_000, code: 137 } },
  cannotStart: { failsToStart: 'CannotStartContainerError: no such file' },
  neverHealthy: { answersAfter: 'never' },
  breaksLater: { failsAfter: 190_000 },
};

const stages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];
const pausable = stages.filter((stage) => !/^(RECONCILE|TEST_|PRODUCTION)/.test(stage));

const configurations: object[] = [
  { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 },
  { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
  {
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 33.3, stepBakeTimeInMinutes: 1 },
    bakeTimeInMinutes: 0,
  },
  {
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 0.5, canaryBakeTimeInMinutes: 3 },
    bakeTimeInMinutes: 1,
  },
  { strategy: 'ROLLING' },
];

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('release' as const), behaviour: oneOf(Object.keys(behaviours)) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('scale' as const), to: fc.nat(4) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('configure' as const), index: fc.nat(configurations.length - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stop-task' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break-task' as const), pick: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('stop' as const), how: oneOf(['ROLLBACK', 'ABORT']) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('alarm' as const), state: oneOf(['OK', 'ALARM'] as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('continue' as const), how: oneOf(['CONTINUE', 'ROLLBACK']) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
  },
);

export const shiftingHistory = fc.record({
  desiredCount: fc.nat(3),
  configuration: fc.nat(configurations.length - 2),
  breaker: fc.record({ enable: fc.boolean(), rollback: fc.boolean(), resetOnHealthyTask: fc.boolean() }),
  alarmRollback: fc.boolean(),
  hook: fc.option(
    fc.record({
      stage: oneOf(stages),
      answers: fc.array(oneOf(['SUCCEEDED', 'IN_PROGRESS', 'FAILED', 'none']), { maxLength: 4 }),
    }),
  ),
  pause: fc.option(
    fc.record({
      stage: oneOf(pausable),
      minutes: fc.integer({ min: 1, max: 20 }),
      action: oneOf(['CONTINUE', 'ROLLBACK']),
    }),
  ),
  seed: fc.nat(),
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
});

export type ShiftingHistory = typeof shiftingHistory extends fc.Arbitrary<infer Plan> ? Plan : never;

/**
 * Plays a history and holds the engine to its promises at every single change.
 * @returns all it said, in order: the same for the same history.
 */
export function playShifting(plan: ShiftingHistory): string[] {
  const simulation = shifting({ stageLimit: 2 * 3_600_000 }, plan.seed);
  let asked = 0;
  simulation.answers.set('hook', () => ({ hookStatus: plan.hook?.answers[asked++] ?? 'SUCCEEDED' }));
  let releases = 0;
  const release = (name: string) =>
    simulation.release(`v${(releases += 1)}`, behaviours[name], { stopTimeout: 5 });
  const lifecycleHooks = [
    ...(plan.hook ? [lambdaHook('hook', plan.hook.stage)] : []),
    ...(plan.pause
      ? [
          {
            targetType: 'PAUSE',
            lifecycleStages: [plan.pause.stage],
            timeoutConfiguration: { timeoutInMinutes: plan.pause.minutes, action: plan.pause.action },
          },
        ]
      : []),
  ];
  createService(simulation, {
    taskDefinition: release('good'),
    desiredCount: plan.desiredCount,
    loadBalancers: shiftingLoadBalancers,
    deploymentConfiguration: {
      ...configurations[plan.configuration],
      lifecycleHooks,
      deploymentCircuitBreaker: { ...plan.breaker, rollback: plan.breaker.enable && plan.breaker.rollback },
      alarms: { alarmNames: ['errors'], enable: true, rollback: plan.alarmRollback },
    },
  });
  const watcher = new Watcher(simulation);
  for (const step of plan.steps) {
    act(simulation, watcher, step, release);
    watcher.check();
  }
  simulation.surroundings.alarms.set('errors', 'OK');
  watcher.wait(8 * 3_600_000);
  watcher.checkEnd();
  return watcher.said;
}

function act(
  simulation: Shifting,
  watcher: Watcher,
  step: ShiftingHistory['steps'][0],
  release: (name: string) => string,
): void {
  switch (step.do) {
    case 'release':
      simulation.update({ taskDefinition: release(step.behaviour) });
      return;
    case 'scale':
      simulation.update({ desiredCount: step.to });
      return;
    case 'configure':
      simulation.update({ deploymentConfiguration: configurations[step.index] });
      return;
    case 'stop-task':
    case 'break-task': {
      const running = [...watcher.service.tasks].filter(
        (task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING',
      );
      const task = running[step.pick % Math.max(1, running.length)];
      if (task === undefined) return;
      if (step.do === 'break-task') simulation.runtime.breakDown(task.address);
      else simulation.call('StopTask', { cluster: 'main', task: task.id });
      return;
    }
    case 'stop': {
      const { status, serviceDeploymentArn } = simulation.deployment();
      if (status === 'PENDING' || status === 'IN_PROGRESS')
        simulation.call('StopServiceDeployment', { serviceDeploymentArn, stopType: step.how });
      return;
    }
    case 'alarm':
      simulation.surroundings.alarms.set('errors', step.state);
      return;
    case 'continue': {
      const { status, serviceDeploymentArn } = simulation.deployment();
      const { hooks } = watcher.service.serviceDeployments[0] ?? { hooks: [] };
      const paused = hooks.find((run) => run.status === 'AWAITING_ACTION');
      if (paused !== undefined && status === 'IN_PROGRESS')
        simulation.call('ContinueServiceDeployment', {
          serviceDeploymentArn,
          hookId: paused.id,
          action: step.how,
        });
      return;
    }
    case 'wait':
      watcher.wait(step.seconds * 1000);
  }
}

/** Looks at the service after every single change. */
class Watcher {
  readonly said: string[] = [];
  readonly service: Service;
  private changes = 0;
  /** Share of the production traffic by target group. */
  private readonly production = new Map([[blueArn, 1]]);
  private lastEvent: string | undefined;
  private readonly ended = new Map<string, string>();

  constructor(private readonly simulation: Shifting) {
    this.service = simulation.plane.clusters.get('main')?.services.get('web') as Service;
  }

  wait(milliseconds: number): void {
    const until = this.simulation.clock.now() + milliseconds;
    this.simulation.clock.runUntil(() => {
      this.check();
      return false;
    }, until);
  }

  check(): void {
    for (const change of this.simulation.surroundings.ruleChanges.slice(this.changes)) this.checkRule(change);
    this.changes = this.simulation.surroundings.ruleChanges.length;
    for (const deployment of this.service.serviceDeployments) this.checkStatus(deployment);
    for (const { id, createdAt, message } of this.service.events) {
      if (id === this.lastEvent) break;
      this.said.push(`${createdAt} ${message}`);
    }
    this.lastEvent = this.service.events[0]?.id;
  }

  /** Weights are a whole, and what gets production traffic can serve it. */
  private checkRule({ arn, targetGroups }: Shifting['surroundings']['ruleChanges'][0]): void {
    const weights = targetGroups.map(({ weight }) => weight);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const fractional = weights.some((weight) => weight > 100);
    if (sum !== 100 && !(sum === 1000 && fractional))
      throw new Error(`weights of ${arn} are ${weights.join(':')}`);
    if (arn !== productionRule) return;
    if (this.service.desiredCount === 0) {
      for (const { targetGroupArn, weight } of targetGroups)
        this.production.set(targetGroupArn, weight / sum);
      return;
    }
    for (const { targetGroupArn, weight } of targetGroups) {
      const share = weight / sum;
      const healthy = this.simulation.surroundings
        .targetHealth(targetGroupArn)
        .some(({ state }) => state === 'healthy');
      // What gets less than before may be the very revision that broke.
      if (!healthy && share > (this.production.get(targetGroupArn) ?? 0))
        throw new Error(`${targetGroupArn} gets ${weight} of production without a healthy task`);
      this.production.set(targetGroupArn, share);
    }
  }

  private checkStatus({ arn, status, finishedAt }: Service['serviceDeployments'][0]): void {
    const before = this.ended.get(arn);
    if (before !== undefined && before !== status) throw new Error(`${arn} was ${before} and is ${status}`);
    if (finishedAt !== undefined && before === undefined) {
      this.ended.set(arn, status);
      this.said.push(`${this.simulation.seconds()} ${status}`);
      if (status === 'ROLLBACK_SUCCESSFUL') this.checkRolledBack();
    }
  }

  private checkRolledBack(): void {
    const [primary] = this.service.deployments;
    if (primary === undefined || this.service.serviceDeployments[0]?.status !== 'ROLLBACK_SUCCESSFUL') return;
    const own = primary.revision.targetGroups[0] === blueArn ? 0 : 1;
    const { production, test } = this.simulation.weights();
    const rolling = this.service.serviceDeployments[0].deploymentConfiguration.strategy === 'ROLLING';
    for (const weights of rolling ? [production] : [production, test]) {
      const share = (weights[own] ?? 0) / ((weights[0] ?? 0) + (weights[1] ?? 0));
      if (share !== 1)
        throw new Error(`after a rollback ${[blueArn, greenArn][own]} has ${share} of ${testRule}`);
    }
  }

  /** Nothing disturbs it any more: every service deployment has ended, and production is where tasks are. */
  checkEnd(): void {
    for (const {
      arn,
      finishedAt,
      status,
      deploymentConfiguration: { strategy },
    } of this.service.serviceDeployments) {
      if (finishedAt === undefined && strategy !== 'ROLLING') throw new Error(`${arn} is still ${status}`);
    }
    const [primary, ...others] = this.service.deployments;
    if (primary?.rolloutState !== 'COMPLETED') return;
    if (others.length > 0) throw new Error('old deployments are left over');
    const group = primary.revision.targetGroups[0] ?? '';
    const rule = this.simulation.surroundings.listenerRule(productionRule);
    const elsewhere =
      rule?.targetGroups.filter((one) => one.weight > 0 && one.targetGroupArn !== group) ?? [];
    if (elsewhere.length > 0)
      throw new Error(`production is with ${elsewhere[0]?.targetGroupArn}, tasks with ${group}`);
  }
}
