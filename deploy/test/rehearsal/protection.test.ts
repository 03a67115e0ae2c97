import { createService, simulate, untilSteady } from './simulation';

const text = (id: string) =>
  `was unable to reach steady state because task set (${id}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks`;

test('protected tasks outlive a scale-in until their protection ends', () => {
  const simulation = simulate();
  createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 3 });
  untilSteady(simulation);
  const arns = simulation.tasks().map((task) => task.taskArn);
  simulation.call('UpdateTaskProtection', {
    cluster: 'main',
    tasks: arns.slice(0, 2),
    protectionEnabled: true,
    expiresInMinutes: 10,
  });
  simulation.call('UpdateService', { cluster: 'main', service: 'web', desiredCount: 1 });
  simulation.clock.advance(300_000);
  const running = () =>
    simulation
      .tasks()
      .map((task) => task.taskArn)
      .sort();
  expect(running()).toEqual(arns.slice(0, 2).sort());
  const said = simulation
    .events()
    .filter((event) => event.text === text(simulation.service().deployments[0].id));
  expect(said).toHaveLength(1);
  simulation.clock.advance(400_000);
  expect(running()).toHaveLength(1);
  expect(simulation.events().at(-1)?.text).toBe('has reached a steady state.');
});

test('a deployment leaves protected tasks alone for as long as they are', () => {
  const simulation = simulate();
  createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 2 });
  untilSteady(simulation);
  simulation.clock.advance(60_000);
  const [kept] = simulation.tasks();
  simulation.call('UpdateTaskProtection', {
    cluster: 'main',
    tasks: [kept.taskArn],
    protectionEnabled: true,
    expiresInMinutes: 15,
  });
  simulation.call('UpdateService', {
    cluster: 'main',
    service: 'web',
    taskDefinition: simulation.release('v2'),
  });
  simulation.clock.advance(600_000);
  expect(simulation.tasks().map((task) => task.taskArn)).toContain(kept.taskArn);
  expect(simulation.service().deployments).toHaveLength(2);
  untilSteady(simulation);
  expect(simulation.tasks().map((task) => task.taskArn)).not.toContain(kept.taskArn);
});
