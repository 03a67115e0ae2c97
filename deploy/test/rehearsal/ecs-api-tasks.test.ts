import type { ApiError } from '../../rehearsal/api/ecs';
import { createService, networkConfiguration, simulate, untilSteady } from './simulation';

function refusal(perform: () => unknown): { code: string; message: string } {
  try {
    perform();
  } catch (error) {
    const { code, message } = error as ApiError;
    return { code, message };
  }
  throw new Error('the call was not refused');
}

describe('tasks', () => {
  test('RunTask repeats its answer for the same client token, and says where there is no room', () => {
    const simulation = simulate();
    const taskDefinition = simulation.release('v1');
    const input = {
      cluster: 'main',
      taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration,
      count: 2,
      clientToken: 'once',
    };
    const first = simulation.call('RunTask', input);
    expect(first.tasks).toHaveLength(2);
    expect(simulation.call('RunTask', input).tasks.map((task) => task.taskArn)).toEqual(
      first.tasks.map((task) => task.taskArn),
    );
    simulation.plane.faults.capacity =
      'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    const full = simulation.call('RunTask', { ...input, clientToken: undefined, count: 1 });
    expect(full).toMatchObject({ tasks: [], failures: [{ reason: simulation.plane.faults.capacity }] });
    expect(
      refusal(() => simulation.call('RunTask', { ...input, clientToken: undefined, count: 11 })).code,
    ).toBe('InvalidParameterException');
  });

  test('ListTasks of a service leaves out stopped tasks of vanished deployments; DescribeTasks knows them', () => {
    const simulation = simulate();
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 1 });
    untilSteady(simulation);
    const [old] = simulation.tasks();
    simulation.call('UpdateService', {
      cluster: 'main',
      service: 'web',
      taskDefinition: simulation.release('v2'),
    });
    simulation.clock.advance(300_000);
    const list = (input: object) =>
      simulation.call('ListTasks', { cluster: 'main', desiredStatus: 'STOPPED', ...input }).taskArns;
    expect(list({ serviceName: 'web' })).toEqual([]);
    expect(list({ family: 'web' })).toEqual([old.taskArn]);
    expect(list({ startedBy: old.startedBy })).toEqual([old.taskArn]);
    expect(simulation.call('DescribeTasks', { cluster: 'main', tasks: [old.taskArn, 'nope'] })).toMatchObject(
      {
        tasks: [{ lastStatus: 'STOPPED' }],
        failures: [{ reason: 'MISSING' }],
      },
    );
  });
});

describe('clusters, tags, settings', () => {
  test('clusters are created once, described, tagged, and counted', () => {
    const simulation = simulate();
    const { cluster } = simulation.call('CreateCluster', { clusterName: 'main' });
    expect(cluster).toMatchObject({
      status: 'ACTIVE',
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/main',
    });
    simulation.call('TagResource', {
      resourceArn: cluster.clusterArn,
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    simulation.call('TagResource', { resourceArn: cluster.clusterArn, tags: [{ key: 'a', value: '3' }] });
    simulation.call('UntagResource', { resourceArn: cluster.clusterArn, tagKeys: ['b'] });
    expect(simulation.call('ListTagsForResource', { resourceArn: cluster.clusterArn }).tags).toEqual([
      { key: 'a', value: '3' },
    ]);
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 1 });
    untilSteady(simulation);
    const described = simulation.call('DescribeClusters', {
      clusters: ['main', 'nope'],
      include: ['STATISTICS', 'SETTINGS'],
    });
    expect(described).toMatchObject({
      clusters: [
        {
          runningTasksCount: 1,
          activeServicesCount: 1,
          settings: [{ name: 'containerInsights', value: 'disabled' }],
        },
      ],
      failures: [{ arn: 'arn:aws:ecs:us-east-1:123456789012:cluster/nope', reason: 'MISSING' }],
    });
    expect(described.clusters[0].statistics).toContainEqual({ name: 'runningFargateTasksCount', value: '1' });
  });

  test('account settings have defaults and can be put', () => {
    const simulation = simulate();
    expect(simulation.call('ListAccountSettings', {}).settings).toEqual([]);
    simulation.call('PutAccountSettingDefault', { name: 'containerInsights', value: 'enabled' });
    expect(
      simulation.call('ListAccountSettings', { name: 'containerInsights', effectiveSettings: true }).settings,
    ).toMatchObject([{ name: 'containerInsights', value: 'enabled' }]);
  });
});
