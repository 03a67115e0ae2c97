import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import { nameOf } from '../arns';
import type { Cluster } from '../cluster';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';

const { invalidParameter } = errors;
const fargateProviders = ['FARGATE', 'FARGATE_SPOT'];
const most = { weight: 1000, base: 100_000, providers: 20 };

/** Capacity providers must exist. @throws InvalidParameterException */
export function checkProviders(plane: ControlPlane, names: readonly string[] | undefined): void {
  for (const name of names ?? []) {
    if (fargateProviders.includes(name) || plane.capacityProviders.has(nameOf(name))) continue;
    throw invalidParameter(
      `The specified capacity provider '${name}' was not found. Specify a valid name or ARN and try again.`,
    );
  }
}

/**
 * A strategy of a cluster, a service or RunTask: providers that the cluster has, all of one kind, with at least one
 * weight above 0 and at most one base.
 * Source: CapacityProviderStrategyItem, ECS API reference; where AWS's text is not known, it is in its manner.
 * @param associated the cluster's providers.
 * @throws InvalidParameterException
 */
export function validateCapacityStrategy(
  plane: ControlPlane,
  associated: readonly string[],
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
): void {
  if (strategy === undefined || strategy.length === 0) return;
  const names = strategy.map(({ capacityProvider = '' }) => capacityProvider);
  checkProviders(plane, names);
  if (names.some((name) => !associated.map(nameOf).includes(nameOf(name)))) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (names.length > most.providers) {
    throw invalidParameter(
      `The specified capacity provider strategy cannot contain more than ${most.providers} capacity providers.`,
    );
  }
  const fargate = names.filter((name) => fargateProviders.includes(name)).length;
  if (fargate > 0 && fargate < names.length) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity providers.',
    );
  }
  for (const { weight = 0, base = 0 } of strategy) {
    if (weight < 0 || weight > most.weight)
      throw invalidParameter(`The weight of a capacity provider must be between 0 and ${most.weight}.`);
    if (base < 0 || base > most.base)
      throw invalidParameter(`The base of a capacity provider must be between 0 and ${most.base}.`);
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1) {
    throw invalidParameter(
      'The specified capacity provider strategy can contain only one capacity provider with a base.',
    );
  }
  const weighed =
    strategy.length === 1 ? strategy[0]?.weight !== 0 : strategy.some(({ weight = 0 }) => weight > 0);
  if (!weighed) {
    throw invalidParameter(
      'The specified capacity provider strategy must contain at least one capacity provider with a weight above 0.',
    );
  }
}

/** The cluster's providers without those that go. @throws ResourceInUseException where a service needs one of them. */
export function checkRemoval(cluster: Cluster, kept: readonly string[]): void {
  const used = new Set<string>();
  for (const { status, configuration } of cluster.services.values()) {
    if (status === 'INACTIVE') continue;
    for (const { capacityProvider = '' } of configuration.capacityProviderStrategy ?? [])
      used.add(nameOf(capacityProvider));
  }
  for (const task of cluster.tasks.values()) {
    if (task.lastStatus !== 'STOPPED' && task.capacityProvider !== undefined) used.add(task.capacityProvider);
  }
  const names = kept.map(nameOf);
  for (const name of cluster.capacityProviders.map(nameOf)) {
    if (used.has(name) && !names.includes(name)) throw errors.capacityProviderInUse();
  }
}
