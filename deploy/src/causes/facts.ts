import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Exits } from './network';

/** What was looked up for an explanation; what could not be read is left out. */
export interface Facts {
  containers: readonly ContainerFacts[];
  cpuArchitecture: string;
  /** The container that the load balancer sends to. */
  balanced: { container: string; port: number } | undefined;
  graceSeconds: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  desiredCount: number;
  targetGroups: readonly TargetGroupFacts[];
  /** Of the subnets that the tasks run in; only where something could not be reached. */
  exits: readonly Exits[];
  securityGroups: readonly string[];
  /** Those that are in ALARM, or that ECS says have been. */
  alarms: readonly AlarmFacts[];
  deployment: ServiceDeployment | undefined;
  /** The last lines of the function of a hook that failed. */
  hookLog: readonly string[];
}

export interface ContainerFacts {
  name: string;
  image: string;
  essential: boolean;
  ports: readonly number[];
  /** MiB. */
  memory: number | undefined;
  healthCheck: readonly string[] | undefined;
  startPeriodSeconds: number | undefined;
  logDriver: string | undefined;
  logGroup: string | undefined;
}

export interface TargetGroupFacts {
  name: string;
  path: string;
  /** `traffic-port`, or a number. */
  port: string;
  /** `200-299` */
  matcher: string;
  protocol: string;
  intervalSeconds: number;
  unhealthyThreshold: number;
}

export interface AlarmFacts {
  name: string;
  /** CloudWatch's own words. */
  reason: string | undefined;
}
