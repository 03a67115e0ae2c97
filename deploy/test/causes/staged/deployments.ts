import type { TestService } from '../../helpers/service';
import type { Staged } from '../rehearsed';

/** The first deploy passes the hook. */
let hookCalls = 0;

/** What stops a deployment as a whole, or takes its tasks away. */
export const deployments: readonly Staged[] = [
  {
    known: 'capacity-unavailable',
    sabotage: ({ rehearsal }) => rehearsal.faults.set('no-capacity'),
    arguments: ['--timeout', '400ms'],
    exitCode: 23,
    cause: /^ECS was unable to place a task\. Reason: Capacity is unavailable/,
    fix: /FARGATE_SPOT/,
  },
  {
    known: 'quota-reached',
    sabotage: ({ rehearsal }) => rehearsal.faults.set('quota-exceeded'),
    arguments: ['--timeout', '400ms'],
    exitCode: 23,
    cause: /reached the limit on the number of vCPUs/,
    fix: /Service Quotas/,
  },
  {
    known: 'no-container-instance',
    options: {
      taskDefinition: { requiresCompatibilities: ['EC2'] },
      service: { launchType: 'EC2' },
      settings: { instances: { 'slipway-staging': [{ cpu: 2048, memory: 600 }] } },
    },
    arguments: ['--timeout', '400ms'],
    exitCode: 23,
    cause:
      /no container instance met all of its requirements\. The closest matching .* has insufficient memory available/,
    fix: /more memory than any instance has free/,
  },
  {
    known: 'stuck-by-percent',
    service: { deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 } },
    arguments: ['--timeout', '400ms'],
    exitCode: 23,
    cause:
      /^minimumHealthyPercent \(50\) and maximumPercent \(150\) leave no room .*: of 1 at least 1 must run and at most 1 may$/,
    fix: /raise maximumPercent/,
  },
  {
    known: 'spot-interruption',
    options: {
      service: {
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
        launchType: undefined,
      },
      settings: { spotWarningSeconds: 0.05 },
    },
    before: async (service) => {
      await service.ecs('PutClusterCapacityProviders', {
        cluster: 'slipway-staging',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [],
      });
    },
    sabotage: ({ rehearsal: { controlPlane } }) => interruptForEver(controlPlane),
    arguments: ['--timeout', '600ms'],
    exitCode: 23,
    cause: /on FARGATE_SPOT back$/,
    fix: /a base on FARGATE/,
  },
  {
    known: 'stopped-by-hand',
    sabotage: (service) => stopForEver(service),
    arguments: ['--timeout', '600ms'],
    exitCode: 23,
    cause: /^somebody stopped (a task|\d+ tasks) of this release: wrong version$/,
    fix: /CloudTrail/,
  },
  {
    known: 'alarm',
    options: {
      service: {
        deploymentConfiguration: {
          alarms: { alarmNames: ['web-errors', 'web-slow'], enable: true, rollback: true },
        },
      },
    },
    before: ({ rehearsal }) => alarm(rehearsal.store, 'web-slow', 'OK'),
    sabotage: ({ rehearsal }) =>
      later(rehearsal.clock, 15_000, () => alarm(rehearsal.store, 'web-errors', 'ALARM')),
    cause: /^alarm web-errors went off while the release rolled out: Threshold Crossed$/,
    fix: /metric of the alarm/,
  },
  {
    known: 'hook-failed',
    options: {
      settings: {
        invokeHook: () => {
          hookCalls += 1;
          return Promise.resolve({ hookStatus: hookCalls > 1 ? 'FAILED' : 'SUCCEEDED' });
        },
      },
      service: {
        deploymentConfiguration: {
          lifecycleHooks: [
            {
              hookTargetArn: 'arn:aws:lambda:ap-northeast-1:123456789012:function:smoke-test',
              roleArn: 'arn:aws:iam::123456789012:role/slipway-staging-web-execution',
              lifecycleStages: ['PRE_SCALE_UP'],
            },
          ],
        },
      },
    },
    cause: /^the lifecycle hook at PRE_SCALE_UP failed: .*smoke-test returned FAILED status/,
    fix: /function smoke-test \(\/aws\/lambda\/smoke-test\)/,
  },
];

function later(clock: { after(delay: number, run: () => void): unknown }, delay: number, run: () => void) {
  clock.after(delay, run);
}

function alarm(store: TestService['rehearsal']['store'], name: string, state: 'OK' | 'ALARM'): void {
  store.alarms.set(name, {
    name,
    arn: `arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:${name}`,
    state,
    reason: state === 'ALARM' ? 'Threshold Crossed' : '',
    updatedAt: 0,
    details: {},
  });
}

/** Takes every task of the new release back as soon as it runs. */
function interruptForEver(plane: TestService['rehearsal']['controlPlane']): void {
  const timer = setInterval(() => {
    for (const cluster of plane.clusters.values()) {
      for (const task of cluster.tasks.values()) {
        const isNew = task.taskDefinition.arn.endsWith(':2') && task.lastStatus === 'RUNNING';
        if (isNew && task.desiredStatus === 'RUNNING') plane.launcher.interrupt(task);
      }
    }
  }, 5);
  setTimeout(() => clearInterval(timer), 2_000).unref();
  timer.unref();
}

function stopForEver(service: TestService): void {
  const { controlPlane } = service.rehearsal;
  const timer = setInterval(() => {
    for (const task of controlPlane.clusters.get('slipway-staging')?.tasks.values() ?? []) {
      if (task.taskDefinition.arn.endsWith(':2') && task.desiredStatus === 'RUNNING')
        void service
          .ecs('StopTask', { cluster: 'slipway-staging', task: task.arn, reason: 'wrong version' })
          .catch(() => undefined);
    }
  }, 5);
  setTimeout(() => clearInterval(timer), 2_000).unref();
  timer.unref();
}
