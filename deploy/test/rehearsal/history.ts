import fc from 'fast-check';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import { lowerLimit, upperLimit } from '../../rehearsal/scheduler/limits';
import type { Service } from '../../rehearsal/control-plane/services/service';
import type { Task } from '../../rehearsal/control-plane/tasks/task';
import { ec2Release, instanceGroupArn } from './ec2';
import {
  beginRoom,
  changeInstances,
  checkInstances,
  instanceStep,
  room,
  type InstanceStep,
  type Room,
} from './history-instances';
import {
  createService,
  loadBalancers,
  networkConfiguration,
  simulate,
  targetGroupArn,
  type Simulation,
} from './simulation';

/** What a release of a random history does once it runs. */
const behaviours: Record<string, Behaviour> = {
  good: {},
  slow: { answersAfter: 70_000 },
  crashesAtOnce: { exits: { after: 200, code: 1 } },
  crashesLater: { exits: { after: 55_000, code: 137 } },
  cannotStart: { failsToStart: 'CannotStartContainerError: no such file' },
  neverHealthy: { answersAfter: 'never' },
  breaksLater: { failsAfter: 90_000 },
  stopsSlowly: { stopsAfter: 'never' },
};

const limits: [number, number][] = [
  [100, 200],
  [50, 200],
  [0, 100],
  [50, 100],
  [100, 150],
  [100, 100],
  [75, 125],
];

export type Step =
  | { do: 'release'; behaviour: string }
  | { do: 'scale'; to: number }
  | { do: 'limits'; index: number }
  | { do: 'force' }
  | { do: 'stop-task'; pick: number }
  | { do: 'break-task'; pick: number }
  | { do: 'stop-deployment' }
  | InstanceStep
  | { do: 'wait'; seconds: number };

export interface History {
  desiredCount: number;
  limits: number;
  checks: 'none' | 'balancer' | 'container';
  breaker: { enable: boolean; rollback: boolean; resetOnHealthyTask: boolean };
  grace: number;
  seed: number;
  /** On container instances; on Fargate where it is undefined. */
  room: Room | undefined;
  steps: Step[];
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      behaviour: fc.constantFrom(...Object.keys(behaviours)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('scale' as const), to: fc.integer({ min: 0, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('limits' as const),
      index: fc.integer({ min: 0, max: limits.length - 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'force' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stop-task' as const), pick: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('break-task' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'stop-deployment' as const }) },
  { weight: 1, arbitrary: instanceStep },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
  },
);

export const history: fc.Arbitrary<History> = fc.record({
  desiredCount: fc.integer({ min: 0, max: 5 }),
  limits: fc.integer({ min: 0, max: limits.length - 1 }),
  checks: fc.constantFrom('none' as const, 'balancer' as const, 'container' as const),
  breaker: fc.record({ enable: fc.boolean(), rollback: fc.boolean(), resetOnHealthyTask: fc.boolean() }),
  grace: fc.constantFrom(0, 30, 120),
  seed: fc.nat(),
  room,
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
});

/**
 * Plays a history and holds the engine to its promises at every single change.
 * @returns all it said, in order: the same for the same history.
 */
export function play(plan: History): string[] {
  const simulation = simulate({ seed: plan.seed });
  simulation.surroundings.addTargetGroup({ arn: targetGroupArn });
  simulation.surroundings.addTargetGroup({ arn: instanceGroupArn, targetType: 'instance' });
  if (plan.room !== undefined) beginRoom(simulation, plan.room);
  let releases = 0;
  const container =
    plan.checks === 'container'
      ? { healthCheck: { command: ['CMD', 'check'], interval: 10, retries: 2 }, stopTimeout: 5 }
      : { stopTimeout: 5 };
  const release = (name: string) => {
    const tag = `v${(releases += 1)}`;
    return plan.room === undefined
      ? simulation.release(tag, behaviours[name], container)
      : ec2Release(simulation, tag, behaviours[name], { container });
  };
  const balancers =
    plan.room === undefined
      ? loadBalancers
      : loadBalancers.map((one) => ({ ...one, targetGroupArn: instanceGroupArn }));
  const [minimum = 0, maximum = 0] = limits[plan.limits] ?? [];
  createService(simulation, {
    taskDefinition: release('good'),
    desiredCount: plan.desiredCount,
    deploymentConfiguration: {
      minimumHealthyPercent: minimum,
      maximumPercent: maximum,
      deploymentCircuitBreaker: { ...plan.breaker, rollback: plan.breaker.enable && plan.breaker.rollback },
    },
    healthCheckGracePeriodSeconds: plan.grace,
    availabilityZoneRebalancing: 'DISABLED',
    ...(plan.room === undefined
      ? { networkConfiguration }
      : { launchType: 'EC2', networkConfiguration: undefined }),
    ...(plan.checks === 'balancer' && { loadBalancers: balancers }),
  });
  const watcher = new Watcher(simulation, plan.checks);
  const change = (input: object) =>
    simulation.call('UpdateService', { cluster: 'main', service: 'web', ...input });

  for (const step of plan.steps) {
    switch (step.do) {
      case 'release':
        change({ taskDefinition: release(step.behaviour) });
        break;
      case 'scale':
        change({ desiredCount: step.to });
        break;
      case 'limits': {
        const [minimumHealthyPercent, maximumPercent] = limits[step.index] ?? [];
        change({ deploymentConfiguration: { minimumHealthyPercent, maximumPercent } });
        break;
      }
      case 'force':
        change({ forceNewDeployment: true });
        break;
      case 'stop-task': {
        const task = watcher.pick(step.pick);
        if (task) simulation.call('StopTask', { cluster: 'main', task: task.id });
        break;
      }
      case 'break-task': {
        const task = watcher.pick(step.pick);
        if (task) simulation.runtime.breakDown(task.address, task.id);
        break;
      }
      case 'stop-deployment': {
        const { serviceDeployments } = simulation.call('ListServiceDeployments', {
          cluster: 'main',
          service: 'web',
        });
        const [latest] = serviceDeployments;
        if (latest.status === 'PENDING' || latest.status === 'IN_PROGRESS') {
          simulation.call('StopServiceDeployment', { serviceDeploymentArn: latest.serviceDeploymentArn });
        }
        break;
      }
      case 'add-instance':
      case 'drain':
      case 'activate':
        if (plan.room !== undefined) changeInstances(simulation, plan.room, step);
        break;
      case 'wait':
        watcher.wait(step.seconds * 1000);
    }
    watcher.check();
  }
  watcher.wait(2 * 3_600_000);
  watcher.checkEnd();
  return watcher.said;
}

/** Looks at the service after every single change. */
class Watcher {
  readonly said: string[] = [];
  private readonly service: Service;
  private known = new Set<Task>();
  private healthy = new Set<Task>();
  private lastEvent: string | undefined;
  private completed: string | undefined;
  private stuckAt = -1;

  constructor(
    private readonly simulation: Simulation,
    private readonly checks: History['checks'],
  ) {
    this.service = simulation.plane.clusters.get('main')?.services.get('web') as Service;
  }

  pick(index: number): Task | undefined {
    const running = [...this.service.tasks].filter(
      (task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING',
    );
    return running[index % Math.max(1, running.length)];
  }

  wait(milliseconds: number): void {
    const until = this.simulation.clock.now() + milliseconds;
    this.simulation.clock.runUntil(() => {
      this.check();
      return false;
    }, until);
  }

  check(): void {
    const { service } = this;
    const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
    let occupied = 0;
    let started = false;
    const healthy = new Set<Task>();
    for (const task of service.tasks) {
      if (task.lastStatus !== 'STOPPED') occupied += 1;
      if (!this.known.has(task)) started = true;
      if (this.isHealthy(task)) healthy.add(task);
    }
    if (started) {
      const most = upperLimit(service.desiredCount, maximumPercent);
      if (occupied > most)
        throw new Error(`${occupied} tasks are RUNNING, PENDING or STOPPING, but at most ${most} may be`);
    }
    const taken = [...this.healthy].some(
      (task) =>
        !healthy.has(task) &&
        task.stoppedReason?.startsWith('Scaling activity') &&
        task.desiredStatus === 'STOPPED',
    );
    const least = lowerLimit(service.desiredCount, minimumHealthyPercent);
    if (taken && healthy.size < least)
      throw new Error(`${healthy.size} tasks are healthy after a stop, but at least ${least} must be`);
    checkInstances(this.simulation, this.known);
    this.known = new Set(service.tasks);
    this.healthy = healthy;
    this.readEvents();
  }

  /** Nothing disturbs the service any more: it is at rest, failed for good, or has said what keeps it from it. */
  checkEnd(): void {
    const { service } = this;
    const [primary, ...others] = service.deployments;
    const ongoing = service.serviceDeployments.slice(1).filter(({ finishedAt }) => finishedAt === undefined);
    if (ongoing.length > 0) throw new Error(`an older service deployment is still ${ongoing[0]?.status}`);
    if (primary?.rolloutState === 'COMPLETED') {
      if (others.length > 0) throw new Error('a completed deployment has not got rid of the old ones');
      return;
    }
    if (primary?.rolloutState === 'FAILED') return;
    if (this.stuckAt >= 0) return;
    // It has said what it waits for, and says it no more until that changes.
    if ([...service.repeated.keys()].some((text) => text.startsWith('was unable to place a task'))) return;
    const recently = this.simulation.clock.now() - 3_600_000;
    const busy = service.events.some(({ createdAt }) => createdAt > recently);
    if (!busy)
      throw new Error(
        `the deployment is in progress, and nothing was said of it for an hour: ${this.said.slice(-5).join('\n')}`,
      );
    // Tasks that become healthy and fail later set the count to 0 each time, unless that is switched off.
    const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
    const tasks = [...(this.simulation.plane.clusters.get('main')?.tasks.values() ?? [])];
    const flapping =
      breaker?.resetOnHealthyTask !== false &&
      tasks.some((task) => task.deploymentId === primary?.id && task.wasHealthy);
    if (breaker?.enable === true && !flapping) {
      throw new Error(
        `the circuit breaker has let a failing deployment go on: ${this.said.slice(-12).join('\n')}`,
      );
    }
  }

  private isHealthy(task: Task): boolean {
    if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return false;
    if (this.checks === 'container') return task.health === 'HEALTHY';
    if (this.checks === 'none') return this.simulation.clock.now() - (task.startedAt ?? 0) >= 40_000;
    const [binding] = task.bindings;
    if (binding === undefined) return false;
    const targets = this.simulation.surroundings.targetHealth(binding.targetGroupArn);
    return targets.some(
      ({ target, state }) =>
        target.id === binding.targetId && target.port === binding.port && state === 'healthy',
    );
  }

  private readEvents(): void {
    const { events } = this.service;
    const fresh = [];
    for (const event of events) {
      if (event.id === this.lastEvent) break;
      fresh.unshift(event);
    }
    this.lastEvent = events[0]?.id;
    for (const { createdAt, message } of fresh) {
      this.said.push(`${createdAt} ${message}`);
      const completed = /\(deployment (\S+)\) deployment completed/.exec(message)?.[1];
      const target = /rolling back to deployment (\S+)\.$/.exec(message)?.[1];
      if (target !== undefined) {
        if (target !== this.completed)
          throw new Error(`rolled back to ${target}, but ${this.completed} completed last`);
        this.completed = undefined;
      }
      if (completed !== undefined) this.completed = completed;
      this.stuckAt = message.includes('was unable to stop or start tasks')
        ? createdAt
        : /has (started|stopped)/.test(message)
          ? -1
          : this.stuckAt;
    }
  }
}
