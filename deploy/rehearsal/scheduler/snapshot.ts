import type { BreakerSettings } from './circuit-breaker';
import type { LifecycleSnapshot } from './lifecycle';

/** Why a task counts as unhealthy. */
export type UnhealthyCause =
  | { kind: 'container' }
  | { kind: 'target'; targetGroupArn: string; port: number; reason: string | undefined };

/**
 * - `healthy`: counts for the lower limit
 * - `undecided`: a check has not answered yet, or the task is within its grace period
 */
export type TaskHealth = 'healthy' | 'undecided' | { unhealthy: UnhealthyCause };

/** One task of a service, as the scheduler sees it at one step. */
export interface TaskSnapshot {
  id: string;
  deploymentId: string;
  /** `stopped` tasks are shown only while a target group still holds them. */
  phase: 'pending' | 'running' | 'stopping' | 'stopped';
  health: TaskHealth;
  /** Settled for the purpose of a steady state: running, and every check it has is passed. */
  ready: boolean;
  /** Whether its targets are still to be registered, registered, or neither. */
  targets: 'none' | 'missing' | 'registered';
  /** Task scale-in protection. */
  protected: boolean;
  /** Its container instance drains, or is no longer one for it: another task is to take its place. */
  displaced: boolean;
  /** Its availability zone. */
  zone: string;
  createdAt: number;
}

/** What happened to tasks of the primary deployment since the last step. */
export interface Observations {
  /** Tasks that stopped by themselves before they reached RUNNING. */
  launchFailures: number;
  /** Tasks whose essential container exited after RUNNING. */
  exits: number;
  /** Tasks that reached RUNNING. */
  reachedRunning: number;
  /** Tasks that became healthy for the first time. */
  becameHealthy: number;
}

export interface DeploymentSnapshot {
  /** `ecs-svc/<number>` */
  id: string;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  /** Failures counted so far. */
  failedTasks: number;
  launchBackOff: { rounds: number; until: number };
  /** Whether the new version has been reported as serving. */
  serving: boolean;
  /** How StopServiceDeployment was called. */
  stopRequested: 'rollback' | 'abort' | undefined;
  /** A deployment alarm is in ALARM, and was not when the deployment began. */
  alarmed: boolean;
  /** Whether an alarm that fires starts a rollback. */
  alarmRollback: boolean;
  /** With alarms: how long to watch them after the old tasks are gone; 0 without. */
  bake: number;
  /** When the old tasks were seen gone, while baking. */
  bakingSince: number | undefined;
  /** Of a rolling update that ends before all its tasks are there. */
  earlySuccess: EarlySuccess | undefined;
  /** Of a deployment that shifts traffic or has hooks, while it is not COMPLETED. */
  lifecycle: LifecycleSnapshot | undefined;
}

/** Source: DeploymentEarlySuccessCriteria, ECS API reference. */
export interface EarlySuccess {
  /** Percent of the desired count that must be healthy. */
  healthyPercent: number;
  /** `BLOCKING`: the old tasks must be gone as well. */
  cleanup: 'BLOCKING' | 'DEFERRED';
}

/** A service with everything that one scheduler step depends on. */
export interface ServiceSnapshot {
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  breaker: BreakerSettings;
  /** DeleteService was called. */
  draining: boolean;
  primary: DeploymentSnapshot;
  /** Ids of the ACTIVE deployments, newest first. */
  activeDeployments: readonly string[];
  /** Id of the last completed deployment that a failing one can go back to. */
  rollbackCandidate: string | undefined;
  tasks: readonly TaskSnapshot[];
  observations: Observations;
}
