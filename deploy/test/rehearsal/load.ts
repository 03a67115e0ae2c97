import { startRehearsal } from '../../rehearsal/rehearsal';
import { createFront } from './front';
import { createService, simulate, targetGroupArn, type Simulation } from './simulation';

/** What rolling many services came to. Seconds and bytes of this machine. */
export interface RollResult {
  /** Services whose one deployment is COMPLETED with all its tasks on the new revision. */
  rolled: number;
  seconds: number;
  /** The most that the heap and the process held. */
  heap: number;
  resident: number;
  /** How much virtual time the roll took; seconds. */
  virtualSeconds: number;
}

const spread = 2000;

/** Rolls services of so many tasks each to a new revision, all at once, in virtual time. */
export function rollServices(services: number, tasksEach: number): RollResult {
  const simulation = simulate();
  const first = simulation.release('1');
  const names = Array.from({ length: services }, (_, index) => `service-${index}`);
  for (const serviceName of names) {
    const arn = targetGroupArn.replace('targetgroup/web', `targetgroup/${serviceName}`);
    simulation.surroundings.addTargetGroup({ arn });
    createService(simulation, {
      serviceName,
      taskDefinition: first,
      desiredCount: tasksEach,
      loadBalancers: [{ targetGroupArn: arn, containerName: 'web', containerPort: 80 }],
    });
    simulation.clock.advance(spread / services);
  }
  untilCompleted(simulation, names);

  const second = simulation.release('2');
  const started = performance.now();
  const virtualStart = simulation.clock.now();
  let [heap, resident] = [0, 0];
  for (const service of names) {
    simulation.call('UpdateService', { cluster: 'main', service, taskDefinition: second });
    simulation.clock.advance(spread / services);
  }
  untilCompleted(simulation, names, () => {
    const memory = process.memoryUsage();
    heap = Math.max(heap, memory.heapUsed);
    resident = Math.max(resident, memory.rss);
  });
  const seconds = (performance.now() - started) / 1000;
  const rolled = names.filter((name) => {
    const { deployments, runningCount } = simulation.service(name);
    const [only] = deployments;
    return (
      deployments.length === 1 &&
      only.rolloutState === 'COMPLETED' &&
      only.taskDefinition.endsWith(`/${second}`) &&
      runningCount === tasksEach
    );
  }).length;
  return { rolled, seconds, heap, resident, virtualSeconds: (simulation.clock.now() - virtualStart) / 1000 };
}

function untilCompleted(
  simulation: Simulation,
  names: readonly string[],
  look = () => undefined as void,
): void {
  const { clock, plane } = simulation;
  const limit = clock.now() + 4 * 3600_000;
  const services = plane.clusters.get('main')?.services;
  const settled = () =>
    names.every((name) => {
      const deployments = services?.get(name)?.deployments ?? [];
      return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
    });
  while (!settled()) {
    if (clock.now() > limit) throw new Error('the services did not settle within four hours of virtual time');
    clock.advance(10_000);
    look();
  }
}

/** What became of many task processes behind one load balancer. */
export interface KeepResult {
  running: number;
  healthy: number;
  /** Health checks of all targets, and those that a healthy one failed. */
  checks: number;
  failedChecks: number;
  /** Checks that were due in the time looked at. */
  dueChecks: number;
  /** From CreateService to all healthy; seconds of real time. */
  startSeconds: number;
}

/** Starts so many tasks as processes behind a load balancer, and watches their health checks for some real seconds. */
export async function keepTasks(tasks: number, seconds: number, speed: number): Promise<KeepResult> {
  const rehearsal = await startRehearsal({ speed });
  try {
    const interval = 10;
    const { targetGroupArn, subnets } = await createFront(rehearsal, { interval });
    const started = performance.now();
    await rehearsal.call('ecs', 'CreateCluster', { clusterName: 'many' });
    await rehearsal.call('ecs', 'RegisterTaskDefinition', {
      family: 'many',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'web',
          image: 'sample/ok:1',
          portMappings: [{ containerPort: 3000 }],
          environment: [{ name: 'PORT', value: '3000' }],
        },
      ],
    });
    await rehearsal.call('ecs', 'CreateService', {
      cluster: 'many',
      serviceName: 'many',
      taskDefinition: 'many',
      desiredCount: tasks,
      launchType: 'FARGATE',
      healthCheckGracePeriodSeconds: 600,
      networkConfiguration: { awsvpcConfiguration: { subnets } },
      loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 3000 }],
    });
    const healthy = () =>
      rehearsal.balancer.targetHealth(targetGroupArn).filter(({ state }) => state === 'healthy').length;
    await until(() => healthy() === tasks, 300);
    const startSeconds = (performance.now() - started) / 1000;
    const before = rehearsal.balancer.counters(targetGroupArn);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const after = rehearsal.balancer.counters(targetGroupArn);
    const service = rehearsal.controlPlane.clusters.get('many')?.services.get('many');
    return {
      running: [...(service?.tasks ?? [])].filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
      healthy: healthy(),
      checks: after.healthChecks - before.healthChecks,
      failedChecks: after.failedHealthChecks - before.failedHealthChecks,
      dueChecks: Math.floor((tasks * seconds * speed) / interval),
      startSeconds,
    };
  } finally {
    await rehearsal.stop();
  }
}

async function until(holds: () => boolean, seconds: number): Promise<void> {
  const limit = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > limit) throw new Error(`it did not come about within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
