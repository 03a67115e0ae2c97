import { list, requiredString, type Message, type ServiceOperations } from '../../../api/operation';
import type { Balancer } from '../../../balancer/balancer-types';
import type { Store, StoredTargetGroup } from '../../store';
import type { Target } from '../../surroundings';
import { notFound } from './request';

interface WantedTarget {
  id: string;
  port: number | undefined;
}

/** Targets and their health, which the balancer alone knows. */
export function targets(store: Store, balancer: Balancer): ServiceOperations {
  const group = (input: Message) => {
    const found = store.targetGroups.get(requiredString(input, 'TargetGroupArn'));
    if (found === undefined) throw notFound('TargetGroupNotFound', 'target groups');
    return found;
  };
  return {
    DescribeTargetHealth: (input) => targetHealth(group(input), balancer, targetsOf(input)),

    RegisterTargets: (input) => {
      const { arn, port } = group(input);
      for (const target of targetsOf(input)) {
        balancer.registerTarget(arn, { id: target.id, port: target.port ?? port });
      }
      return {};
    },

    DeregisterTargets: (input) => {
      const { arn } = group(input);
      for (const target of targetsOf(input)) {
        const registered = balancer.targetHealth(arn).filter((entry) => matches(target, entry.target));
        for (const entry of registered) balancer.deregisterTarget(arn, entry.target);
      }
      return {};
    },
  };
}

function targetsOf(input: Message): WantedTarget[] {
  return list<{ Id?: string; Port?: string | number }>(input, 'Targets').map(({ Id, Port }) => ({
    id: String(Id ?? ''),
    port: Port === undefined ? undefined : Number(Port),
  }));
}

function matches(wanted: WantedTarget, target: Target): boolean {
  return wanted.id === target.id && (wanted.port === undefined || wanted.port === target.port);
}

/** DescribeTargetHealth's answer; a target that was asked for and is not registered is `unused`. */
function targetHealth(
  group: StoredTargetGroup,
  balancer: Balancer,
  wanted: readonly WantedTarget[],
): Message {
  const all = balancer.targetHealth(group.arn);
  const shown = all.filter(
    (entry) => wanted.length === 0 || wanted.some((target) => matches(target, entry.target)),
  );
  const absent = wanted.filter((target) => !all.some((entry) => matches(target, entry.target)));
  return {
    TargetHealthDescriptions: [
      ...shown.map(({ target, state, reason, description }) => ({
        Target: { Id: target.id, Port: target.port },
        HealthCheckPort:
          group.healthCheck.port === 'traffic-port' ? String(target.port) : group.healthCheck.port,
        TargetHealth: { State: state, Reason: reason, Description: description },
      })),
      ...absent.map(({ id, port }) => ({
        Target: { Id: id, Port: port ?? group.port },
        TargetHealth: {
          State: 'unused',
          Reason: 'Target.NotRegistered',
          Description: 'Target is not registered to the target group',
        },
      })),
    ],
  };
}
