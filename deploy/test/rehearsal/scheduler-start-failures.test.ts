import { createService, simulate, untilSteady, type Simulation } from './simulation';

describe('causes of a failed start', () => {
  const reasonAfter = (prepare: (simulation: Simulation) => string, seconds = 60) => {
    const simulation = simulate();
    createService(simulation, { taskDefinition: prepare(simulation), desiredCount: 1 });
    simulation.clock.advance(seconds * 1000);
    return simulation.tasks('STOPPED')[0];
  };

  test('an image that cannot be pulled', () => {
    const task = reasonAfter((simulation) => {
      const definition = simulation.release('v1');
      simulation.surroundings.images.clear();
      return definition;
    });
    const reference = '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:v1';
    expect(task).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${reference}: ${reference}: not found`,
    });
    expect(task.containers[0]).not.toHaveProperty('exitCode');
  });

  test.each([
    ['denied', 'AccessDeniedException'],
    ['not-found', 'invalid parameters: /db/password'],
  ] as const)('a parameter that is %s', (error, text) => {
    const task = reasonAfter((simulation) => {
      simulation.surroundings.secrets.set('/db/password', { error, service: 'ssm' });
      return simulation.release('v1', {}, { secrets: [{ name: 'PASSWORD', valueFrom: '/db/password' }] });
    });
    expect(task.stoppedReason).toContain(
      'ResourceInitializationError: unable to pull secrets or registry auth',
    );
    expect(task.stoppedReason).toContain(text);
  });

  test('a log group that is missing', () => {
    const task = reasonAfter((simulation) => {
      simulation.surroundings.missingLogGroups.add('/ecs/web');
      const options = {
        'awslogs-group': '/ecs/web',
        'awslogs-region': 'us-east-1',
        'awslogs-stream-prefix': 'web',
      };
      return simulation.release('v1', {}, { logConfiguration: { logDriver: 'awslogs', options } });
    });
    expect(task.stoppedReason).toContain('The specified log group does not exist');
  });

  test('no capacity: no task, and an event that says so once', () => {
    const simulation = simulate();
    simulation.plane.faults.capacity =
      'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 1 });
    simulation.clock.advance(600_000);
    expect(simulation.events().map(({ text }) => text)).toEqual([
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    ]);
    simulation.plane.faults.capacity = undefined;
    untilSteady(simulation);
  });
});
