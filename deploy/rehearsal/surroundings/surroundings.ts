import type { Image } from '../images/image';
import type { Destination, TaskNetwork } from './reach';

/**
 * What ECS asks of the services around it. Two implementations: the embedded store (from an applied state) and
 * moto; and a simulated one in tests. All reads are answered at once, from memory.
 */
export interface Surroundings {
  /** By `repository:tag` or `repository@sha256:...`; undefined where it cannot be pulled. */
  image(reference: string): Image | undefined;
  /** Why the image's registry hands nothing out now, although it may have it. */
  pullRefused?(reference: string): 'rate-limit' | undefined;
  roleExists(arn: string): boolean;
  /** False where the role trusts others, but not `ecs-tasks.amazonaws.com`. */
  roleTrustsTasks?(arn: string): boolean;
  /** `valueFrom` of a container secret: an SSM name or ARN, or a Secrets Manager ARN with its JSON key. */
  secret(
    valueFrom: string,
  ):
    | { value: string }
    | { error: 'not-found' | 'denied' | 'no-key' | 'no-json'; service: 'ssm' | 'secretsmanager' };
  /** An object of S3 as text, e.g. an environment file; undefined where there is none. */
  objectText?(bucket: string, key: string): string | undefined;
  logGroupExists(name: string): boolean;
  putLogEvents(
    group: string,
    stream: string,
    events: readonly { timestamp: number; message: string }[],
  ): void;
  targetGroup(arn: string): TargetGroup | undefined;
  subnetExists(id: string): boolean;
  /** Availability zone of a subnet; undefined where it is not known. */
  subnetZone?(id: string): string | undefined;
  /** False where the subnet has no free address for a task. */
  hasFreeAddress?(subnetId: string): boolean;
  /** Whether a task reaches a service from its subnet. */
  reaches?(network: TaskNetwork, destination: Destination): boolean;
  registerTarget(targetGroupArn: string, target: Target): void;
  /** The target drains from now on; it is gone from `targetHealth` once `deregistrationDelay` has passed. */
  deregisterTarget(targetGroupArn: string, target: Target): void;
  targetHealth(targetGroupArn: string): readonly TargetHealth[];
  /**
   * Calls `changed` with the ARN of a target group whenever the health of one of its targets changes, until the
   * returned function is called. Without it the control plane asks every ten seconds of its clock.
   */
  onTargetHealthChange?(changed: (targetGroupArn: string) => void): () => void;
  /**
   * A listener rule, or a listener with its default action, as it is now; undefined where there is none of that ARN.
   * ECS is given rules of application load balancers (default ones too) and listeners of network load balancers.
   */
  listenerRule(arn: string): ListenerRule | undefined;
  /**
   * Makes a rule, or a listener's default action, send requests to these target groups; the next request goes there.
   * Groups that the rule does not name yet are added to it, and those that are not given get a weight of 0.
   * @throws Error where there is no rule of that ARN, or it does not forward.
   */
  setRuleWeights(arn: string, weights: readonly WeightedTargetGroup[]): void;
  /** ARN of a Cloud Map namespace, by its name or ARN; undefined where there is none. */
  namespaceArn?(reference: string): string | undefined;
  /** State of a CloudWatch alarm; undefined where there is none of that name. */
  alarmState?(name: string): 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | undefined;
}

export interface TargetGroup {
  arn: string;
  targetType: 'ip' | 'instance';
  port: number;
  /** Seconds. */
  deregistrationDelay: number;
  /** A target group that no listener or rule forwards to cannot be used by a service. */
  loadBalancerArns: readonly string[];
}

export interface WeightedTargetGroup {
  targetGroupArn: string;
  /** 0 to 999: its share of the sum of all weights. */
  weight: number;
}

export interface ListenerRule {
  arn: string;
  listenerArn: string;
  loadBalancerArn: string;
  /** What it forwards to; empty where it redirects or answers by itself. A single group takes everything, whatever its weight. */
  targetGroups: readonly WeightedTargetGroup[];
}

export interface Target {
  /** IP address, or instance id. */
  id: string;
  port: number;
}

export interface TargetHealth {
  target: Target;
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
  /** `Elb.RegistrationInProgress`, `Target.Timeout`, `Target.ResponseCodeMismatch`, ... */
  reason: string | undefined;
  /** `Health checks failed with these codes: [502]` */
  description: string | undefined;
}
