import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { clientOf } from './support';

let rehearsal: Rehearsal;
let ecs: ECSClient;
beforeAll(async () => {
  rehearsal = await startRehearsal({ runtime: 'simulated', speed: 100 });
  ecs = new ECSClient(clientOf(rehearsal));
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image: 'sample/ok:1' }],
    }),
  );
});
afterAll(() => rehearsal.stop());

const cluster = 'main';
/** Seconds. The SDK's own delays are 6 and 15. */
const waiting = () => ({ client: ecs, maxWaitTime: 20, minDelay: 1, maxDelay: 1 });
const network = () => ({
  launchType: 'FARGATE' as const,
  networkConfiguration: { awsvpcConfiguration: { subnets: [...rehearsal.store.subnets.keys()] } },
});

test("the SDK's waiters see a service become stable, and inactive once it is deleted", async () => {
  const input = { cluster, serviceName: 'web', taskDefinition: 'web', desiredCount: 2, ...network() };
  await ecs.send(new CreateServiceCommand(input));
  const services = { cluster, services: ['web'] };
  expect(await waitUntilServicesStable(waiting(), services)).toMatchObject({ state: 'SUCCESS' });
  await ecs.send(new DeleteServiceCommand({ cluster, service: 'web', force: true }));
  expect(await waitUntilServicesInactive(waiting(), services)).toMatchObject({ state: 'SUCCESS' });
  await expect(waitUntilServicesStable(waiting(), { cluster, services: ['nobody'] })).rejects.toThrow(
    'MISSING',
  );
});

test("the SDK's waiters see a task run, and stop", async () => {
  const { tasks } = await ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'web', ...network() }));
  const wanted = { cluster, tasks: (tasks ?? []).flatMap(({ taskArn }) => taskArn ?? []) };
  expect(await waitUntilTasksRunning(waiting(), wanted)).toMatchObject({ state: 'SUCCESS' });
  await ecs.send(new StopTaskCommand({ cluster, task: wanted.tasks[0] }));
  expect(await waitUntilTasksStopped(waiting(), wanted)).toMatchObject({ state: 'SUCCESS' });
  await expect(waitUntilTasksRunning(waiting(), wanted)).rejects.toThrow('STOPPED');
});
