import { nextProvider } from '../../rehearsal/scheduler/capacity';
import { createService, simulate, untilSteady } from './simulation';

test('bases are filled first, then the rest goes by weight', () => {
  const strategy = [
    { capacityProvider: 'FARGATE', base: 1, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 3 },
  ];
  const running = new Map<string, number>();
  for (let i = 0; i < 9; i += 1) {
    const provider = nextProvider(strategy, running) ?? '';
    running.set(provider, (running.get(provider) ?? 0) + 1);
  }
  expect(Object.fromEntries(running)).toEqual({ FARGATE: 3, FARGATE_SPOT: 6 });
  expect(nextProvider([{ capacityProvider: 'FARGATE', base: 0, weight: 0 }], new Map())).toBeUndefined();
});

test('a service spreads its tasks over its capacity providers', () => {
  const simulation = simulate();
  simulation.call('PutClusterCapacityProviders', {
    cluster: 'main',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  });
  createService(simulation, {
    taskDefinition: simulation.release('v1'),
    desiredCount: 4,
    launchType: undefined,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 2, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
  });
  untilSteady(simulation);
  const providers = simulation.tasks().map((task) => task.capacityProviderName);
  expect(providers.sort()).toEqual(['FARGATE', 'FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT']);
});

test('on EC2 there is no container instance to place a task on', () => {
  const simulation = simulate();
  createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 1, launchType: 'EC2' });
  simulation.clock.advance(120_000);
  expect(simulation.events().map(({ text }) => text)).toEqual([
    'was unable to place a task because no container instance met all of its requirements.',
  ]);
  expect(simulation.tasks('STOPPED')).toEqual([]);
});

test('what this engine does not do is refused, not ignored', () => {
  const simulation = simulate();
  const input = { taskDefinition: simulation.release('v1'), desiredCount: 1 };
  expect(() => createService(simulation, { ...input, deploymentController: { type: 'EXTERNAL' } })).toThrow(
    'The deployment controller EXTERNAL is not available in this rehearsal. Use ECS.',
  );
});
