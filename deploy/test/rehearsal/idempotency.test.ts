import { ApiError } from '../../rehearsal/api/operation';
import { createService, networkConfiguration, simulate } from './simulation';

test('CreateService with the same token and parameters gives the same service', () => {
  const simulation = simulate();
  const input = { taskDefinition: simulation.release('v1'), desiredCount: 1, clientToken: 'once' };
  const first = createService(simulation, input);
  expect(createService(simulation, input).createdAt).toBe(first.createdAt);
  expect(() => createService(simulation, { ...input, desiredCount: 2 })).toThrow(
    'Creation of service was not idempotent.',
  );
  expect(() => createService(simulation, { ...input, clientToken: undefined })).toThrow(
    'Creation of service was not idempotent.',
  );
});

test('RunTask with the same token gives the same tasks, and refuses another request with it', () => {
  const simulation = simulate();
  const input = {
    cluster: 'main',
    launchType: 'FARGATE',
    taskDefinition: simulation.release('v1'),
    networkConfiguration,
    clientToken: 'once',
  };
  const [task] = simulation.call('RunTask', input).tasks;
  expect(simulation.call('RunTask', input).tasks.map(({ taskArn }) => taskArn)).toEqual([task?.taskArn]);
  const refused = (): unknown => {
    try {
      return simulation.call('RunTask', { ...input, count: 2 });
    } catch (error) {
      return error;
    }
  };
  expect(refused()).toBeInstanceOf(ApiError);
  expect(refused()).toMatchObject({
    code: 'ConflictException',
    message: expect.stringContaining('already in use with a different RunTask request') as unknown,
    fields: { resourceIds: [task?.taskArn] },
  });
  expect(simulation.call('RunTask', { ...input, clientToken: 'again' }).tasks[0].taskArn).not.toBe(
    task?.taskArn,
  );
});

test('ListTasks takes startedBy alone, and family or service', () => {
  const simulation = simulate();
  const list = (input: object) => simulation.call('ListTasks', { cluster: 'main', ...input }).taskArns.length;
  const taskDefinition = simulation.release('v1');
  createService(simulation, { taskDefinition, desiredCount: 2 });
  simulation.clock.advance(60_000);
  simulation.call('RunTask', {
    cluster: 'main',
    launchType: 'FARGATE',
    taskDefinition,
    networkConfiguration,
    startedBy: 'me',
  });
  expect(list({})).toBe(3);
  expect(list({ startedBy: 'me' })).toBe(1);
  expect(list({ serviceName: 'web' })).toBe(2);
  expect(list({ family: 'web', launchType: 'FARGATE' })).toBe(3);
  expect(list({ launchType: 'EC2' })).toBe(0);
  expect(() => list({ startedBy: 'me', family: 'web' })).toThrow('startedBy cannot be combined');
  expect(() => list({ serviceName: 'web', family: 'web' })).toThrow('either family or serviceName');
});
