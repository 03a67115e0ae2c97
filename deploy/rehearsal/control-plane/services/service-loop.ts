import type { Cancel } from '../../clock';
import { schedule } from '../../scheduler/schedule';
import type { ControlPlane } from '../control-plane';
import type { Task } from '../tasks/task';
import type { TaskChange } from '../tasks/task-host';
import { settleServiceDeployments } from './deployments';
import { observe } from './observe';
import { perform } from './perform';
import { noObservations, type Service } from './service';
import { serviceEvents } from './service-events';

/**
 * Steps the scheduler of each service. A service at rest is not stepped: a call of the API, a change of one of its
 * tasks or targets wakes it.
 */
export class ServiceLoop {
  private readonly timers = new Map<Service, Cancel>();

  constructor(private readonly plane: ControlPlane) {}

  /** After an API call that the scheduler has to act on. */
  touch(service: Service): void {
    this.wakeAt(service, this.plane.clock.now() + this.plane.settings.firstAction);
  }

  /** After something happened to a task or target: at the service's next step. */
  notice(service: Service): void {
    const { clock, settings } = this.plane;
    const since = clock.now() - service.lastStep;
    this.wakeAt(service, service.lastStep + (Math.floor(since / settings.tick) + 1) * settings.tick);
  }

  taskChanged(service: Service, task: Task, change: TaskChange): void {
    if (task.deploymentId === service.deployments[0]?.id) {
      if (change === 'launch-failed') service.observations.launchFailures += 1;
      else if (change === 'exited') service.observations.exits += 1;
      else if (change === 'running') service.observations.reachedRunning += 1;
    }
    if (change === 'stopped' && task.targets !== 'registered') service.tasks.delete(task);
    this.notice(service);
  }

  /** A service of a state that was loaded goes on where it was. */
  resume(service: Service): void {
    const { nextStep } = service;
    service.nextStep = undefined;
    if (nextStep !== undefined) this.wakeAt(service, Math.max(nextStep, this.plane.clock.now()));
  }

  close(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }

  private wakeAt(service: Service, instant: number): void {
    if (service.nextStep !== undefined && service.nextStep <= instant) return;
    this.timers.get(service)?.();
    service.nextStep = instant;
    const { clock } = this.plane;
    this.timers.set(
      service,
      clock.after(instant - clock.now(), () => this.step(service)),
    );
  }

  private step(service: Service): void {
    const { plane } = this;
    const now = plane.clock.now();
    this.timers.delete(service);
    service.nextStep = undefined;
    service.lastStep = now;
    if (service.status === 'INACTIVE') return;
    settleServiceDeployments(plane, service);
    const snapshot = observe(plane, service);
    const plan = schedule(snapshot, now, plane.settings);
    service.observations = noObservations();
    perform(plane, service, snapshot, plan);
    this.reportSteady(service, plan.steady, now);
    if (service.status === 'DRAINING' && this.finishDraining(service)) return;
    const { tick, steadyRepeat } = plane.settings;
    if (plan.next === 'step') this.wakeAt(service, now + tick);
    else if (plane.mustPoll(service)) this.wakeAt(service, now + tick);
    else if (plan.next !== 'change') this.wakeAt(service, Math.max(plan.next, now + tick));
    else this.wakeAt(service, (service.steadySince ?? now) + steadyRepeat);
  }

  private reportSteady(service: Service, steady: boolean, now: number): void {
    if (!steady) {
      service.steadySince = undefined;
      return;
    }
    if (service.steadySince !== undefined && now - service.steadySince < this.plane.settings.steadyRepeat)
      return;
    service.steadySince = now;
    this.plane.events.resolve(service);
    this.plane.events.add(service, serviceEvents.steady());
  }

  /** A deleted service is INACTIVE when its tasks are STOPPING or STOPPED, and its targets deregistered. */
  private finishDraining(service: Service): boolean {
    for (const task of service.tasks) {
      const gone =
        task.lastStatus === 'STOPPING' ||
        task.lastStatus === 'DEPROVISIONING' ||
        task.lastStatus === 'STOPPED';
      if (!gone || task.targets === 'registered') return false;
    }
    service.status = 'INACTIVE';
    service.deployments = [];
    this.plane.serviceEnded(service);
    return true;
  }
}
