import type { NewInstance } from './instances/instance';

import { invokeHookUrl, type InvokeHook } from './services/invoke-hook';

/**
 * Every constant of the control plane. Times are milliseconds of the clock unless the name or comment says
 * otherwise. Where AWS's own value is not known, the comment says "unknown at AWS".
 */
export interface ControlPlaneSettings {
  /** Between two steps of a service's scheduler. Observed: 8.4 to 10.2 s. */
  tick: number;
  /** From an API call on a service at rest to the scheduler's first step. Observed: 7 to 15 s to the first start. */
  firstAction: number;
  /** Without any health check a task counts for the lower limit this long after RUNNING. */
  healthyWithoutCheckAfter: number;
  /** Without any health check a task counts for a steady state this long after RUNNING. Unknown at AWS; observed: at most 8.5 s. */
  readyWithoutCheckAfter: number;
  /** As `readyWithoutCheckAfter`, in real time, however fast the clock: a process that crashes at once must not count. */
  readyWithoutCheckAfterReal: number;
  /** A steady service says so again this often; also how long a repeated event is held back. */
  steadyRepeat: number;
  /** Service events kept. */
  eventLimit: number;

  /** From creation to PENDING: the network interface of an awsvpc task. */
  provision: number;
  /** From creation to the start of the image pull. */
  pullStart: number;
  /** How long pulling an image takes. */
  pull: number;
  /** From the end of the pull to the start of the first container. */
  containerStart: number;
  /** DEACTIVATING of a task without target groups. */
  deactivate: number;
  /**
   * How much longer than the deregistration delay ECS waits for a target to drain, as a share of that delay. Unknown
   * at AWS; observed: 361 s of DEACTIVATING with a delay of 300 s.
   */
  drainOverrun: number;
  /** From the stop of the last container to STOPPED. */
  deprovision: number;
  /** From the start of a pull that fails to the failure of the task. Unknown at AWS; it retries. */
  imageFailure: number;
  /** From PENDING to the failure of a task whose secret is missing or refused. */
  secretFailure: number;
  /** From PENDING to the failure of a task whose log group is missing. */
  logFailure: number;
  /** From PENDING, or from the start of the pull, to the failure of a task that cannot reach what it needs. Observed: 289 s. */
  unreachableFailure: number;
  /** Stopped tasks stay visible at least this long. */
  stoppedTaskLifetime: number;
  /** An INACTIVE service stays describable this long. Unknown at AWS. */
  inactiveServiceLifetime: number;
  /** Service deployments are kept this long. */
  serviceDeploymentLifetime: number;

  /** First pause after failed launches, doubled at each further failure. Unknown at AWS. */
  launchBackOffFirst: number;
  /** The longest pause after failed launches. */
  launchBackOffLongest: number;
  /** Rounds of failed launches that are retried without a pause. Unknown at AWS. */
  launchBackOffFreeRounds: number;

  /** Seconds in real time between two container health checks, at least, however fast the clock. */
  healthCheckLeastRealSeconds: number;
  /** Seconds in real time: stopTimeout of a container that sets none. */
  defaultStopTimeoutSeconds: number;
  /** Seconds in real time: startTimeout of a container that sets none. */
  defaultStartTimeoutSeconds: number;

  /** Seconds in real time from the warning that Spot capacity is taken back to the end of the task. */
  spotWarningSeconds: number;

  /** Whether a service deployment becomes SUCCESSFUL only when the old tasks are gone. Unknown at AWS; one log says no. */
  serviceDeploymentWaitsForDrain: boolean;
  /** Whether a task in DEPROVISIONING still counts for the upper limit. Unknown at AWS. */
  deprovisioningCounts: boolean;
  /** Whether ListTasks of a service leaves out stopped tasks of deployments that are no longer listed. Seen once at AWS. */
  hideStoppedTasksOfVanishedDeployments: boolean;
  /** stoppedReason of StopTask without a reason. Unknown at AWS. */
  stopTaskDefaultReason: string;
  /** rolloutStateReason of a deployment that an alarm failed. Unknown at AWS. */
  alarmFailureReason: string;
  /** rolloutStateReason of a deployment that StopServiceDeployment failed. Unknown at AWS. */
  stopRequestedReason: string;
  /** How long alarms are watched after the old tasks are gone. AWS computes it from the alarms; formula unknown. */
  alarmBake: number;

  /** How long a stage of a service deployment, or a step of a traffic shift, may last. */
  stageLimit: number;
  /** How long a service deployment with stages may last. */
  serviceDeploymentLimit: number;
  /** How long stages that shift traffic last at least with a network load balancer. */
  networkBalancerDelay: number;
  /** Whether CreateService and UpdateService refuse BLUE_GREEN without bakeTimeInMinutes, as its reference says. Unknown at AWS. */
  blueGreenNeedsBakeTime: boolean;
  /** The HTTP endpoint that stands in for a Lambda function of a lifecycle hook, by the function's ARN. */
  hookUrls: Readonly<Record<string, string>>;
  /** How the function of a lifecycle hook is called; by default over HTTP, at its `hookUrls`. */
  invokeHook: InvokeHook;
  /** After IN_PROGRESS without a callBackDelay the function is called again this much later. */
  hookCallBackDelay: number;
  /** Milliseconds in real time: how long a call of a function may last. */
  hookCallLimit: number;
  /** What the status reason says after the stage when ContinueServiceDeployment rolls back. Unknown at AWS. */
  pauseRolledBackReason: string;
  /** rolloutStateReason and status reason of a deployment that StopServiceDeployment aborted. Unknown at AWS. */
  abortedReason: string;

  /** Container instances that are registered in a cluster, by its name, when it is created. */
  instances: Readonly<Record<string, readonly NewInstance[]>>;

  /** Container metadata endpoint v4 of a container, by its runtime id; undefined sets no variable. */
  metadataUri: ((runtimeId: string) => string) | undefined;
}

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

export const defaultSettings: ControlPlaneSettings = {
  tick: 10 * second,
  firstAction: 8 * second,
  healthyWithoutCheckAfter: 40 * second,
  readyWithoutCheckAfter: 5 * second,
  readyWithoutCheckAfterReal: second / 2,
  steadyRepeat: 6 * hour,
  eventLimit: 100,
  provision: 4 * second,
  pullStart: 11 * second,
  pull: 8 * second,
  containerStart: 500,
  deactivate: second,
  drainOverrun: 0.2,
  deprovision: 23 * second,
  imageFailure: 10 * second,
  secretFailure: 5 * second,
  logFailure: 5 * second,
  unreachableFailure: 289 * second,
  stoppedTaskLifetime: hour,
  inactiveServiceLifetime: 24 * hour,
  serviceDeploymentLifetime: 90 * day,
  launchBackOffFirst: 10 * second,
  launchBackOffLongest: 900 * second,
  launchBackOffFreeRounds: 3,
  healthCheckLeastRealSeconds: 1,
  defaultStopTimeoutSeconds: 30,
  defaultStartTimeoutSeconds: 180,
  spotWarningSeconds: 120,
  serviceDeploymentWaitsForDrain: false,
  deprovisioningCounts: true,
  hideStoppedTasksOfVanishedDeployments: true,
  stopTaskDefaultReason: 'Task stopped by user',
  alarmFailureReason: 'ECS deployment alarm: alarm detected.',
  stopRequestedReason: 'ECS deployment stopped by user.',
  alarmBake: 0,
  stageLimit: day,
  serviceDeploymentLimit: 30 * day,
  networkBalancerDelay: 600 * second,
  blueGreenNeedsBakeTime: false,
  hookUrls: {},
  invokeHook: invokeHookUrl,
  hookCallBackDelay: 30 * second,
  hookCallLimit: 900 * second,
  pauseRolledBackReason: 'pause hook was rolled back.',
  abortedReason: 'Service deployment stopped by user.',
  instances: {},
  metadataUri: undefined,
};
