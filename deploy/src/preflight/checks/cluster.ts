import type { Check, Problem } from '../check';
import { isFargateProvider, strategyProviders } from '../subject';
import { number, objects, text } from '../values';
import { each } from '../world';

export const cluster: Check = {
  name: 'cluster',
  summary: 'the cluster is there, and the service says no more than it must of where its tasks run',
  actions: ['ecs:DescribeClusters'],
  run: (subject, world) =>
    each([subject.cluster], async (name) => {
      const { readCluster } = await import('../reads/ecs.ts');
      const found = await readCluster(world, name);
      if (found === undefined || found.status === 'INACTIVE') {
        return [
          {
            level: 'error',
            code: 'CLUSTER_NOT_FOUND',
            message: `ECS knows no cluster "${name}"`,
            hint: 'apply the infrastructure of this environment first ("npx cdktf apply"), or check cluster and region',
          },
        ];
      }
      const { service, serviceAt } = subject;
      const launchType = text(service?.['launchType']);
      const standard = found.defaultCapacityProviderStrategy ?? [];
      if (launchType === undefined || standard.length === 0) return [];
      // With one provider that is the same as the launch type there is nothing to override.
      if (standard.every(({ capacityProvider }) => capacityProvider === launchType)) return [];
      const shown = standard
        .map(({ capacityProvider, weight = 0, base = 0 }) =>
          [`${capacityProvider} (weight ${weight}`, base > 0 ? `, base ${base})` : ')'].join(''),
        )
        .join(', ');
      return [
        {
          level: 'warning',
          message: `"launchType": "${launchType}" overrides the cluster's default strategy, ${shown}`,
          hint: 'take "launchType" out to follow the cluster, or say "capacityProviderStrategy" to mean it',
          position: serviceAt('launchType'),
        },
      ];
    }),
};

/** Providers that are not associated with the cluster are refused by CreateService and UpdateService. */
export const capacityProviders: Check = {
  name: 'capacity-providers',
  summary: "the strategy is one that ECS takes, and its capacity providers are the cluster's",
  actions: ['ecs:DescribeClusters'],
  run: (subject, world) => {
    const { service, serviceAt } = subject;
    const strategy = objects(service?.['capacityProviderStrategy']);
    if (strategy.length === 0) return [];
    const at = (...path: (string | number)[]) => serviceAt('capacityProviderStrategy', ...path);
    const error = (message: string, hint: string, position = at()) => ({
      level: 'error' as const,
      message,
      hint,
      position,
    });
    const problems: Problem[] = [];
    if (text(service?.['launchType']) !== undefined) {
      const message = '"launchType" and "capacityProviderStrategy" exclude each other';
      problems.push(error(message, 'take "launchType" out', serviceAt('launchType')));
    }
    if (strategy.every(({ value }) => (number(value['weight']) ?? 0) === 0))
      problems.push(error('no capacity provider has a weight', 'give at least one a "weight" of 1 or more'));
    if (strategy.filter(({ value }) => (number(value['base']) ?? 0) > 0).length > 1)
      problems.push(error('two capacity providers have a base', 'only one may have a "base"'));
    const names = strategyProviders(service);
    if (names.some(isFargateProvider) && !names.every(isFargateProvider)) {
      const hint = 'use FARGATE and FARGATE_SPOT, or those of your instances';
      problems.push(error('Fargate and container instances are mixed in one strategy', hint));
    }
    const missing = each([subject.cluster], async (name) => {
      const { readCluster } = await import('../reads/ecs.ts');
      const found = await readCluster(world, name);
      if (found === undefined) return [];
      const own = found.capacityProviders ?? [];
      return strategy.flatMap(({ value, index }) => {
        const provider = text(value['capacityProvider']);
        if (provider === undefined || own.includes(provider)) return [];
        const has = own.length === 0 ? 'it has none' : `it has ${own.join(', ')}`;
        const message = `capacity provider ${provider} is not associated with cluster ${name}: ${has}`;
        const hint = 'associate it with the cluster where infrastructure makes it, or use one that is';
        return [error(message, hint, at(index, 'capacityProvider'))];
      });
    });
    return missing.then((found) => [...problems, ...found]);
  },
};
