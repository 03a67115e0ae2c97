import type { Cancel, Clock } from '../clock';
import type { Target, TargetGroup, TargetHealth } from './surroundings';

/** A target group with the health check that decides about its targets. Times are seconds. */
export interface SimulatedTargetGroup extends TargetGroup {
  interval: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

interface Registered {
  target: Target;
  state: TargetHealth['state'];
  timer: Cancel | undefined;
}

/**
 * The targets of one target group. Nothing is polled: when a target starts or stops answering, its next state is due
 * after as many checks as the thresholds ask for. A new target needs one passed check.
 */
export class SimulatedTargets {
  private readonly registered = new Map<string, Registered>();

  /**
   * @param answers whether the target answers now.
   * @param changed told of every change of a target's health.
   */
  constructor(
    private readonly clock: Clock,
    readonly group: SimulatedTargetGroup,
    private readonly answers: (target: Target) => boolean,
    private readonly changed: () => void,
  ) {}

  register(target: Target): void {
    const key = keyOf(target);
    this.registered.get(key)?.timer?.();
    const registered: Registered = { target, state: 'initial', timer: undefined };
    this.registered.set(key, registered);
    this.reconsider(registered);
  }

  deregister(target: Target): void {
    const registered = this.registered.get(keyOf(target));
    if (registered === undefined || registered.state === 'draining') return;
    registered.timer?.();
    registered.state = 'draining';
    registered.timer = this.clock.after(this.group.deregistrationDelay * 1000, () => {
      this.registered.delete(keyOf(target));
    });
    this.changed();
  }

  /** The target has started or stopped answering. */
  answerChanged(target: Target): void {
    const registered = this.registered.get(keyOf(target));
    if (registered !== undefined) this.reconsider(registered);
  }

  health(): TargetHealth[] {
    return Array.from(this.registered.values(), ({ target, state }) => ({
      target,
      state,
      ...explanations[state],
    }));
  }

  private reconsider(registered: Registered): void {
    if (registered.state === 'draining') return;
    registered.timer?.();
    registered.timer = undefined;
    const { interval, healthyThreshold, unhealthyThreshold } = this.group;
    const next = this.answers(registered.target) ? 'healthy' : 'unhealthy';
    if (next === registered.state) return;
    const checks =
      next === 'unhealthy' ? unhealthyThreshold : registered.state === 'initial' ? 1 : healthyThreshold;
    registered.timer = this.clock.after(checks * interval * 1000, () => {
      registered.state = next;
      registered.timer = undefined;
      this.changed();
    });
  }
}

const explanations: Record<
  TargetHealth['state'],
  { reason: string | undefined; description: string | undefined }
> = {
  initial: { reason: 'Elb.RegistrationInProgress', description: 'Target registration is in progress' },
  healthy: { reason: undefined, description: undefined },
  unhealthy: { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' },
  draining: {
    reason: 'Target.DeregistrationInProgress',
    description: 'Target deregistration is in progress',
  },
  unused: { reason: 'Target.NotInUse', description: 'Target group is not configured to receive traffic' },
};

function keyOf(target: Target): string {
  return `${target.id} ${target.port}`;
}
