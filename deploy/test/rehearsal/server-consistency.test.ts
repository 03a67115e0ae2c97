import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { VirtualClock } from '../../rehearsal/virtual-clock';
import { clientOf } from './support';

let rehearsal: Rehearsal;
let clock: VirtualClock;
let ecs: ECSClient;
beforeEach(async () => {
  clock = new VirtualClock();
  rehearsal = await startRehearsal({ clock, runtime: 'simulated', eventualConsistency: 5 });
  ecs = new ECSClient(clientOf(rehearsal));
  await rehearsal.call('ecs', 'CreateCluster', { clusterName: 'main' });
  await rehearsal.call('ecs', 'RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'sample/ok:1' }],
  });
});
afterEach(() => rehearsal.stop());

const cluster = 'main';
const network = () => ({
  launchType: 'FARGATE' as const,
  networkConfiguration: { awsvpcConfiguration: { subnets: [...rehearsal.store.subnets.keys()] } },
});
const describeService = () => ecs.send(new DescribeServicesCommand({ cluster, services: ['web'] }));
const deployments = async () =>
  (await ecs.send(new ListServiceDeploymentsCommand({ cluster, service: 'web' }))).serviceDeployments?.length;

test('a service that was created, and one that was changed, look as before for the time that was set', async () => {
  const input = { cluster, serviceName: 'web', taskDefinition: 'web', desiredCount: 1, ...network() };
  const { service } = await ecs.send(new CreateServiceCommand(input));
  expect(service).toMatchObject({ desiredCount: 1 });
  expect(await describeService()).toMatchObject({
    services: [],
    failures: [{ arn: service?.serviceArn, reason: 'MISSING' }],
  });
  expect((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns).toEqual([]);
  clock.advance(5_000);
  expect(await describeService()).toMatchObject({ services: [{ desiredCount: 1 }], failures: [] });
  expect((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns).toHaveLength(1);
  expect(await deployments()).toBe(1);

  const update = { cluster, service: 'web', desiredCount: 3, forceNewDeployment: true };
  const answer = await ecs.send(new UpdateServiceCommand(update));
  expect(answer.service).toMatchObject({ desiredCount: 3 });
  expect((await describeService()).services).toMatchObject([{ desiredCount: 1, deployments: [{}] }]);
  expect(await deployments()).toBe(1);
  clock.advance(5_000);
  expect((await describeService()).services).toMatchObject([
    { desiredCount: 3, deployments: [{ desiredCount: 3 }] },
  ]);
  expect(await deployments()).toBe(2);
});

test('a task that was started is missing, and one that was stopped looks alive', async () => {
  const { tasks } = await ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'web', ...network() }));
  const task = tasks?.[0]?.taskArn ?? '';
  const describeTask = () => ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
  const listed = async () => (await ecs.send(new ListTasksCommand({ cluster }))).taskArns;
  expect(await describeTask()).toMatchObject({ tasks: [], failures: [{ arn: task, reason: 'MISSING' }] });
  expect(await listed()).toEqual([]);
  clock.advance(60_000);
  expect((await describeTask()).tasks).toMatchObject([{ lastStatus: 'RUNNING', desiredStatus: 'RUNNING' }]);
  expect(await listed()).toEqual([task]);
  const stopped = await ecs.send(new StopTaskCommand({ cluster, task, reason: 'enough' }));
  expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED' });
  expect((await describeTask()).tasks).toMatchObject([{ desiredStatus: 'RUNNING' }]);
  clock.advance(5_000);
  expect((await describeTask()).tasks).toMatchObject([{ desiredStatus: 'STOPPED', stoppedReason: 'enough' }]);
});
