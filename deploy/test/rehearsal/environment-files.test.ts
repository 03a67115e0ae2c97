import type { ContainerLaunch } from '../../rehearsal/runtime/runtime';
import { networkConfiguration, simulate, type Simulation } from './simulation';

const file = (key: string) => ({ value: `arn:aws:s3:::settings/${key}`, type: 's3' });

function run(simulation: Simulation, container: object, overrides: object = {}) {
  const launched: ContainerLaunch[] = [];
  const start = simulation.runtime.start.bind(simulation.runtime);
  simulation.runtime.start = (launch, listener) => {
    launched.push(launch);
    return start(launch, listener);
  };
  const { tasks } = simulation.call('RunTask', {
    cluster: 'main',
    launchType: 'FARGATE',
    taskDefinition: simulation.release('v1', {}, container),
    networkConfiguration,
    overrides: { containerOverrides: [{ name: 'web', ...overrides }] },
  });
  simulation.clock.advance(60_000);
  const [task] = simulation.call('DescribeTasks', { cluster: 'main', tasks: [tasks[0].taskArn] }).tasks;
  return { environment: launched[0]?.environment, task };
}

test('variables come from files, the first of a name counts, and the definition overrides them', () => {
  const simulation = simulate();
  simulation.surroundings.objects.set(
    'settings/a.env',
    '# settings\r\nA=from a\r\nB=x=y\r\n\r\nno line\r\nA=again',
  );
  simulation.surroundings.objects.set('settings/deep/b.env', 'A=from b\nC=from b\nD=from b\n');
  simulation.surroundings.objects.set('settings/run.env', 'E=from run\nA=from run\n');
  const { environment } = run(
    simulation,
    {
      environmentFiles: [file('a.env'), file('deep/b.env')],
      environment: [{ name: 'C', value: 'from the definition' }],
    },
    { environment: [{ name: 'D', value: 'from RunTask' }], environmentFiles: [file('run.env')] },
  );
  expect(environment).toMatchObject({
    A: 'from a',
    B: 'x=y',
    C: 'from the definition',
    D: 'from RunTask',
    E: 'from run',
  });
  expect(environment).not.toHaveProperty('no line');
});

test('a file that is not there keeps the task from starting', () => {
  const { task } = run(simulate(), { environmentFiles: [file('none.env')] });
  expect(task).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      "ResourceInitializationError: failed to download env files: file download command: non empty error stream: failed to download file 'none.env' from s3 bucket 'settings': NoSuchKey: The specified key does not exist.",
  });
});
