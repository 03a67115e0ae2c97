import type { Clock } from '../clock';
import type { Runtime } from '../runtime/runtime';
import type { Surroundings } from '../surroundings/surroundings';
import { Arns } from './arns';
import type { CapacityProvider, Cluster } from './cluster';
import { Identifiers } from './identifiers';
import { EventLog } from './services/event-log';
import type { Service } from './services/service';
import { ServiceLoop } from './services/service-loop';
import { defaultSettings, type ControlPlaneSettings } from './settings';
import type { TaskDefinitionFamily } from './task-definitions/task-definition';
import { Launcher } from './tasks/launcher';
import type { RunTaskResult } from './tasks/run-task';
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
  readonly launcher: Launcher;
  readonly serviceLoop: ServiceLoop;
  readonly faults: ControlPlaneFaults = { capacity: undefined };
  /** By name; also INACTIVE ones. */
  readonly clusters = new Map<string, Cluster>();
  /** By family name. */
  readonly families = new Map<string, TaskDefinitionFamily>();
  /** Capacity providers that were created here, by name; FARGATE and FARGATE_SPOT are always there. */
  readonly capacityProviders = new Map<string, CapacityProvider>();
  /** What RunTask answered, by cluster and client token. */
  readonly runTaskTokens = new Map<string, RunTaskResult>();
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
    this.launcher = new Launcher(this);
    this.serviceLoop = new ServiceLoop(this);
    this.stopListening = this.surroundings.onTargetHealthChange?.((targetGroupArn) => {
      for (const service of this.targetGroupUsers.get(targetGroupArn) ?? []) this.serviceLoop.notice(service);
    });
  }

  changed(task: Task, change: TaskChange): void {
    if (this.closed) return;
    if (change === 'stopped') this.launcher.ended(task);
    if (task.service !== undefined) this.serviceLoop.taskChanged(task.service, task, change);
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
    for (const { targetGroupArn } of service.configuration.loadBalancers) {
      if (targetGroupArn === undefined) continue;
      const users = this.targetGroupUsers.get(targetGroupArn) ?? new Set();
      users.add(service);
      this.targetGroupUsers.set(targetGroupArn, users);
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
    this.launcher.close();
  }
}
