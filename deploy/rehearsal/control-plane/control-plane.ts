import type { Clock } from '../clock';
import type { Runtime } from '../runtime/runtime';
import type { Surroundings } from '../surroundings/surroundings';
import { Arns, nameOf } from './arns';
import type { CapacityProvider, Cluster } from './cluster';
import { Identifiers } from './identifiers';
import { Instances } from './instances/instances';
import { EventLog } from './services/event-log';
import { HookRunner } from './services/hook-runner';
import type { Service } from './services/service';
import { ServiceLoop } from './services/service-loop';
import { defaultSettings, type ControlPlaneSettings } from './settings';
import { loadState, saveState, type ControlPlaneState } from './state/state';
import type { TaskDefinitionFamily } from './task-definitions/task-definition';
import { Launcher } from './tasks/launcher';
import type { RunTaskToken } from './tasks/run-task';
import type { Task } from './tasks/task';
import type { TaskChange, TaskHost } from './tasks/task-host';

export interface ControlPlaneOptions {
  clock: Clock;
  runtime: Runtime;
  surroundings: Surroundings;
  settings?: Partial<ControlPlaneSettings>;
  accountId: string;
  region: string;
  /** Ids, and whatever else is left to chance, follow from it. */
  seed?: number;
}

/** Things that can be made to go wrong in the control plane itself. */
export interface ControlPlaneFaults {
  /** Why no task can be placed, e.g. `Capacity is unavailable at this time. ...`; undefined while there is room. */
  capacity: string | undefined;
}

/** ECS itself: its state, and the loops that move it. The API stands in front of it. */
export class ControlPlane implements TaskHost {
  readonly clock: Clock;
  readonly runtime: Runtime;
  readonly surroundings: Surroundings;
  readonly settings: ControlPlaneSettings;
  readonly accountId: string;
  readonly region: string;
  readonly ids: Identifiers;
  readonly arns: Arns;
  readonly events: EventLog;
  readonly instances: Instances;
  readonly launcher: Launcher;
  readonly serviceLoop: ServiceLoop;
  readonly hookRunner: HookRunner;
  readonly faults: ControlPlaneFaults = { capacity: undefined };
  /** By name; also INACTIVE ones. */
  readonly clusters = new Map<string, Cluster>();
  /** By family name. */
  readonly families = new Map<string, TaskDefinitionFamily>();
  /** Capacity providers that were created here, by name; FARGATE and FARGATE_SPOT are always there. */
  readonly capacityProviders = new Map<string, CapacityProvider>();
  /** What RunTask was asked and answered, by cluster and client token. */
  readonly runTaskTokens = new Map<string, RunTaskToken>();
  /** Account settings that were put, by name. */
  readonly accountSettings = new Map<string, string>();
  private readonly targetGroupUsers = new Map<string, Set<Service>>();
  private readonly stopListening: (() => void) | undefined;
  private closed = false;

  constructor(options: ControlPlaneOptions) {
    this.clock = options.clock;
    this.runtime = options.runtime;
    this.surroundings = options.surroundings;
    this.settings = { ...defaultSettings, ...options.settings };
    this.accountId = options.accountId;
    this.region = options.region;
    this.ids = new Identifiers(options.seed ?? 1);
    this.arns = new Arns(options.region, options.accountId);
    this.events = new EventLog(this.clock, this.ids, this.settings);
    this.instances = new Instances(this);
    this.launcher = new Launcher(this);
    this.serviceLoop = new ServiceLoop(this);
    this.hookRunner = new HookRunner(this);
    this.stopListening = this.surroundings.onTargetHealthChange?.((targetGroupArn) => {
      for (const service of this.targetGroupUsers.get(targetGroupArn) ?? []) this.serviceLoop.notice(service);
    });
  }

  changed(task: Task, change: TaskChange): void {
    if (this.closed) return;
    if (change === 'stopped') this.launcher.ended(task);
    if (task.service !== undefined) this.serviceLoop.taskChanged(task.service, task, change);
  }

  /**
   * A fault: Spot capacity takes a task back. It is told by SIGTERM two minutes before its end, and its service
   * replaces it. Source: "Amazon ECS clusters for Fargate", developer guide.
   * @throws Error for an unknown task, and for one that does not run on FARGATE_SPOT.
   */
  interrupt(taskArn: string): void {
    const id = nameOf(taskArn);
    for (const cluster of this.clusters.values()) {
      const task = cluster.tasks.get(id);
      if (task !== undefined) return this.launcher.interrupt(task);
    }
    throw new Error(`there is no task ${taskArn}`);
  }

  /** All that ECS knows, as plain JSON; see `loadState` for what becomes of it. */
  snapshot(): ControlPlaneState {
    return saveState(this);
  }

  /**
   * Goes on from a snapshot; only before anything else happens here. Running tasks are started anew.
   * @throws Error for a state that does not fit, e.g. of another account.
   */
  restore(state: ControlPlaneState): void {
    loadState(this, state);
  }

  clusterOf(service: Service): Cluster {
    const cluster = this.clusters.get(service.clusterName);
    if (cluster === undefined) throw new Error(`service ${service.name} belongs to no cluster`);
    return cluster;
  }

  /** Names of the service's deployment alarms that are in ALARM now. */
  alarmsInAlarm(service: Service): string[] {
    const alarms = service.deploymentConfiguration.alarms;
    if (alarms?.enable !== true) return [];
    return (alarms.alarmNames ?? []).filter((name) => this.surroundings.alarmState?.(name) === 'ALARM');
  }

  /** Whether a service at rest must be looked at all the same, because nobody tells when its targets or alarms change. */
  mustPoll(service: Service): boolean {
    const watched = service.configuration.loadBalancers.length > 0;
    return watched && this.surroundings.onTargetHealthChange === undefined;
  }

  /** From now on changes in the service's target groups wake it. */
  watchTargets(service: Service): void {
    for (const { targetGroupArn, advancedConfiguration } of service.configuration.loadBalancers) {
      for (const arn of [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn]) {
        if (arn === undefined) continue;
        const users = this.targetGroupUsers.get(arn) ?? new Set();
        users.add(service);
        this.targetGroupUsers.set(arn, users);
      }
    }
  }

  serviceEnded(service: Service): void {
    for (const users of this.targetGroupUsers.values()) users.delete(service);
  }

  /** Stops all loops. Processes are ended by the runtime. */
  close(): void {
    this.closed = true;
    this.stopListening?.();
    this.serviceLoop.close();
    this.hookRunner.close();
    this.launcher.close();
  }
}
