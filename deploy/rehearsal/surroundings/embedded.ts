import type { Balancer } from '../balancer/balancer-types';
import type { Faults } from '../faults';
import { namesRegistry, parseReference } from '../images/reference';
import type { Image } from '../images/image';
import type { ImageStore } from '../images/image-store';
import type { LogStore } from './log-store';
import { reaches, type Destination, type TaskNetwork } from './reach';
import type { RuleWeights } from './rule-weights';
import { hasOwnSubnets } from './services/ec2/default-network';
import { findSecret } from './services/secrets-manager';
import { findParameter } from './services/ssm';
import type { Alarm, Store } from './store';
import type {
  ListenerRule,
  Surroundings,
  Target,
  TargetGroup,
  TargetHealth,
  WeightedTargetGroup,
} from './surroundings';

export interface StoredSurroundingsOptions {
  store: Store;
  balancer: Balancer;
  images: ImageStore;
  logs: LogStore;
  faults: Faults;
  rules: RuleWeights;
  now: () => number;
}

/**
 * What ECS sees around it, from the store: the one behind the embedded services, or the copy of moto's. Where the
 * store knows no role or subnet at all (a rehearsal without infrastructure), any will do.
 */
export class StoredSurroundings implements Surroundings {
  constructor(private readonly options: StoredSurroundingsOptions) {}

  image(reference: string): Image | undefined {
    if (this.meets('image-missing', reference)) return undefined;
    return this.options.images.resolve(reference);
  }

  pullRefused(reference: string): 'rate-limit' | undefined {
    const parsed = parseReference(reference);
    const isDockerHub = parsed !== undefined && !namesRegistry(parsed.repository);
    return isDockerHub && this.meets('pull-rate-limit', reference) ? 'rate-limit' : undefined;
  }

  roleExists(arn: string): boolean {
    const { roles } = this.options.store;
    const name = arn.slice(arn.lastIndexOf('/') + 1);
    return roles.size === 0 || roles.get(name)?.arn === arn || (!arn.startsWith('arn:') && roles.has(arn));
  }

  /** Policies that are no JSON, or absent, say nothing. */
  roleTrustsTasks(arn: string): boolean {
    const policy = this.options.store.roles.get(arn.slice(arn.lastIndexOf('/') + 1))?.assumeRolePolicy ?? '';
    return !policy.includes('"Service"') || policy.includes('ecs-tasks.amazonaws.com');
  }

  secret(valueFrom: string): ReturnType<Surroundings['secret']> {
    const service = /^arn:[^:]*:secretsmanager:/.test(valueFrom) ? 'secretsmanager' : 'ssm';
    if (this.meets('secret-refused', valueFrom)) return { error: 'denied', service };
    if (service === 'secretsmanager') return this.secretValue(valueFrom);
    const value = findParameter(this.options.store, valueFrom)?.value;
    return value === undefined ? { error: 'not-found', service } : { value };
  }

  logGroupExists(name: string): boolean {
    return this.options.store.logGroups.has(name);
  }

  putLogEvents(
    group: string,
    stream: string,
    events: readonly { timestamp: number; message: string }[],
  ): void {
    this.options.logs.put(group, stream, events, this.options.now());
  }

  namespaceArn(reference: string): string | undefined {
    const found = [...this.options.store.namespaces.values()].find(
      ({ Name, Arn }) => Name === reference || Arn === reference,
    );
    return found === undefined ? undefined : String(found.Arn);
  }

  targetGroup(arn: string): TargetGroup | undefined {
    const group = this.options.store.targetGroups.get(arn);
    return (
      group && {
        arn,
        targetType: group.targetType,
        port: group.port,
        deregistrationDelay: Number(group.attributes['deregistration_delay.timeout_seconds'] ?? 300),
        loadBalancerArns: this.options.store.loadBalancersOf(arn),
      }
    );
  }

  subnetExists(id: string): boolean {
    const { store } = this.options;
    return store.subnets.has(id) || !hasOwnSubnets(store);
  }

  subnetZone(id: string): string | undefined {
    const zone = this.options.store.subnets.get(id)?.availabilityZone;
    return typeof zone === 'string' ? zone : undefined;
  }

  hasFreeAddress(subnetId: string): boolean {
    return Number(this.options.store.subnets.get(subnetId)?.availableIpAddressCount ?? 1) > 0;
  }

  reaches(network: TaskNetwork, destination: Destination): boolean {
    return reaches(this.options.store, network, destination);
  }

  objectText(bucket: string, key: string): string | undefined {
    return this.options.store.buckets.get(bucket)?.objects.get(key)?.body.toString('utf8');
  }

  registerTarget(targetGroupArn: string, target: Target): void {
    this.options.balancer.registerTarget(targetGroupArn, target);
  }

  deregisterTarget(targetGroupArn: string, target: Target): void {
    this.options.balancer.deregisterTarget(targetGroupArn, target);
  }

  targetHealth(targetGroupArn: string): readonly TargetHealth[] {
    return this.options.balancer.targetHealth(targetGroupArn);
  }

  onTargetHealthChange(changed: (targetGroupArn: string) => void): () => void {
    return this.options.balancer.onHealthChange(changed);
  }

  listenerRule(arn: string): ListenerRule | undefined {
    return this.options.rules.find(arn);
  }

  setRuleWeights(arn: string, weights: readonly WeightedTargetGroup[]): void {
    this.options.rules.set(arn, weights);
  }

  alarmState(name: string): Alarm['state'] | undefined {
    return this.options.store.alarms.get(name)?.state;
  }

  private meets(fault: 'image-missing' | 'pull-rate-limit' | 'secret-refused', what: string): boolean {
    const call = { service: 'surroundings', operation: what, accessKeyId: undefined };
    return this.options.faults.meets(fault, call) !== undefined;
  }

  /** `arn:aws:secretsmanager:region:account:secret:name-abcdef[:json-key[:stage[:version]]]` */
  private secretValue(valueFrom: string): ReturnType<Surroundings['secret']> {
    const service = 'secretsmanager';
    const parts = valueFrom.split(':');
    const [key, stage, id] = parts.slice(7);
    const secret = findSecret(this.options.store, parts.slice(0, 7).join(':'));
    const version = secret?.versions.find((entry) =>
      id ? entry.id === id : entry.stages.includes(stage ? stage : 'AWSCURRENT'),
    );
    if (version === undefined) return { error: 'not-found', service };
    if (!key) return { value: version.value };
    try {
      const value: unknown = (JSON.parse(version.value) as Record<string, unknown>)[key];
      if (value === undefined) return { error: 'no-key', service };
      return { value: typeof value === 'string' ? value : JSON.stringify(value) };
    } catch {
      return { error: 'no-json', service };
    }
  }
}
