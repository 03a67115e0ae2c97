import { createHash } from 'node:crypto';
import type { Clock } from '../clock';
import type { Image } from '../images/image';
import type { Behaviour, SimulatedRuntime } from '../runtime/simulated';
import { SimulatedTargets, type SimulatedTargetGroup } from './simulated-targets';
import type {
  ListenerRule,
  Surroundings,
  Target,
  TargetGroup,
  TargetHealth,
  WeightedTargetGroup,
} from './surroundings';
import { withWeights } from './rule-weights';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
type Secret = ReturnType<Surroundings['secret']>;

/** The services around ECS in memory, for virtual time. Roles, subnets and log groups exist unless they were taken away. */
export class SimulatedSurroundings implements Surroundings {
  /** By `repository:tag` and `repository@digest`. */
  readonly images = new Map<string, Image>();
  readonly secrets = new Map<string, Secret>();
  readonly missingRoles = new Set<string>();
  readonly missingLogGroups = new Set<string>();
  readonly alarms = new Map<string, AlarmState>();
  /** Text of S3's objects by `bucket/key`. */
  readonly objects = new Map<string, string>();
  /** Availability zones by subnet. */
  readonly zones = new Map<string, string>();
  /** Lines by `group stream`. */
  readonly logs = new Map<string, string[]>();
  /** What was told to each rule, in order. */
  readonly ruleChanges: { at: number; arn: string; targetGroups: readonly WeightedTargetGroup[] }[] = [];
  private readonly rules = new Map<string, ListenerRule>();
  private readonly targetGroups = new Map<string, SimulatedTargets>();
  private readonly membership = new Map<string, Set<SimulatedTargets>>();
  private readonly listeners = new Set<(targetGroupArn: string) => void>();

  constructor(
    private readonly clock: Clock,
    private readonly runtime: SimulatedRuntime,
  ) {
    runtime.onAnswerChange((address, port) => {
      const target = { id: address, port };
      for (const targets of this.membership.get(`${address} ${port}`) ?? []) targets.answerChanged(target);
    });
  }

  /** Pushes an image whose containers behave as told. The same tag again moves the tag. */
  push(repository: string, tag: string, behaviour: Behaviour = {}): Image {
    const digest = `sha256:${createHash('sha256').update(`${repository}:${tag} ${this.images.size}`).digest('hex')}`;
    const image: Image = {
      digest,
      repository,
      tags: [tag],
      architecture: 'amd64',
      root: '/',
      workingDirectory: '/',
      entryPoint: [],
      command: ['simulated'],
      environment: {},
      pushedAt: this.clock.now(),
      sizeInBytes: 50_000_000,
    };
    this.images.set(`${repository}:${tag}`, image);
    this.images.set(`${repository}@${digest}`, image);
    this.runtime.script(digest, behaviour);
    return image;
  }

  addTargetGroup(group: Partial<SimulatedTargetGroup> & { arn: string }): void {
    const whole: SimulatedTargetGroup = {
      targetType: 'ip',
      port: 80,
      deregistrationDelay: 30,
      loadBalancerArns: [
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/simulated/0000000000000000',
      ],
      interval: 10,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      ...group,
    };
    const answers = (target: Target) => this.runtime.answers(target.id, target.port);
    const changed = () => {
      for (const listener of this.listeners) listener(whole.arn);
    };
    this.targetGroups.set(whole.arn, new SimulatedTargets(this.clock, whole, answers, changed));
  }

  /** A rule that forwards to these groups. Without weights the first takes everything. */
  addListenerRule(arn: string, targetGroups: readonly (WeightedTargetGroup | string)[]): void {
    this.rules.set(arn, {
      arn,
      listenerArn:
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/simulated/0000000000000000/0000000000000000',
      loadBalancerArn:
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/simulated/0000000000000000',
      targetGroups: targetGroups.map((group, index) =>
        typeof group === 'string' ? { targetGroupArn: group, weight: index === 0 ? 1 : 0 } : group,
      ),
    });
  }

  removeListenerRule(arn: string): void {
    this.rules.delete(arn);
  }

  image(reference: string): Image | undefined {
    return this.images.get(reference);
  }

  roleExists(arn: string): boolean {
    return !this.missingRoles.has(arn);
  }

  secret(valueFrom: string): Secret {
    const service = valueFrom.includes(':secretsmanager:') ? 'secretsmanager' : 'ssm';
    return this.secrets.get(valueFrom) ?? { error: 'not-found', service };
  }

  logGroupExists(name: string): boolean {
    return !this.missingLogGroups.has(name);
  }

  putLogEvents(
    group: string,
    stream: string,
    events: readonly { timestamp: number; message: string }[],
  ): void {
    const key = `${group} ${stream}`;
    const lines = this.logs.get(key) ?? [];
    lines.push(...events.map((event) => event.message));
    this.logs.set(key, lines);
  }

  targetGroup(arn: string): TargetGroup | undefined {
    return this.targetGroups.get(arn)?.group;
  }

  subnetExists(): boolean {
    return true;
  }

  subnetZone(id: string): string | undefined {
    return this.zones.get(id);
  }

  objectText(bucket: string, key: string): string | undefined {
    return this.objects.get(`${bucket}/${key}`);
  }

  registerTarget(targetGroupArn: string, target: Target): void {
    const targets = this.targetGroups.get(targetGroupArn);
    if (targets === undefined) return;
    const key = `${target.id} ${target.port}`;
    const groups = this.membership.get(key) ?? new Set();
    groups.add(targets);
    this.membership.set(key, groups);
    targets.register(target);
  }

  deregisterTarget(targetGroupArn: string, target: Target): void {
    const targets = this.targetGroups.get(targetGroupArn);
    if (targets !== undefined) this.membership.get(`${target.id} ${target.port}`)?.delete(targets);
    targets?.deregister(target);
  }

  targetHealth(targetGroupArn: string): readonly TargetHealth[] {
    return this.targetGroups.get(targetGroupArn)?.health() ?? [];
  }

  onTargetHealthChange(changed: (targetGroupArn: string) => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  listenerRule(arn: string): ListenerRule | undefined {
    return this.rules.get(arn);
  }

  setRuleWeights(arn: string, weights: readonly WeightedTargetGroup[]): void {
    const rule = this.rules.get(arn);
    if (rule === undefined) throw new Error(`there is no listener rule ${arn}`);
    const targetGroups = withWeights(rule.targetGroups, weights);
    this.rules.set(arn, { ...rule, targetGroups });
    this.ruleChanges.push({ at: this.clock.now(), arn, targetGroups });
  }

  alarmState(name: string): AlarmState | undefined {
    return this.alarms.get(name);
  }
}
