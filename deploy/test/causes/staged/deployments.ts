import type { TestService } from '../../helpers/service';
import { addGreen, strategies } from '../../release/service-with';
import type { Staged } from '../rehearsed';

/** The first deploy passes the hook. */
let hookCalls = 0;

/** What stops a deployment as a whole, or takes its tasks away. */
export const deployments: readonly Staged[] = [
  {
    known: 'traffic-cannot-be-shifted',
    options: { service: strategies['blue/green'] as object },
    before: async (service) => {
      await addGreen(service);
    },
    // Both groups get traffic: AWS finds that out once the deployment has begun.
    sabotage: ({ rehearsal: { store } }) => {
      for (const [arn, rule] of [...store.rules])
        store.rules.set(arn, {
          ...rule,
          actions: rule.actions.map((action) => ({
            ...action,
            targetGroups: action.targetGroups.map((target) => ({ ...target, weight: 1 })),
          })),
        });
    },
    cause: /^traffic cannot be shifted: .*exactly one target group serving traffic but found 2/,
    fix: /compare "loadBalancers\[\]\.advancedConfiguration" with the listener rules/,
  },
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
    before: (service) => {
      alarm(service.rehearsal.store, 'web-slow', 'OK');
      // Still starting when the alarm goes off, however slow this machine is.
      service.behave('sample/ok:2', { startsAfter: 600_000 });
    },
    // One that is raised when a deployment begins does not count.
    sabotage: (service) => onceStarting(service, () => alarm(service.rehearsal.store, 'web-errors', 'ALARM')),
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
    sabotage: async ({ rehearsal }) => {
      const log = { logGroupName: '/aws/lambda/smoke-test', logStreamName: '2026/11/21/[$LATEST]abc' };
      await rehearsal.call('logs', 'CreateLogGroup', { logGroupName: log.logGroupName });
      await rehearsal.call('logs', 'CreateLogStream', log);
      const messages = [
        'START RequestId: 1',
        'ERROR GET /healthz answered 500',
        'END RequestId: 1',
        'REPORT x',
      ];
      const timestamp = rehearsal.clock.now();
      const logEvents = messages.map((message) => ({ timestamp, message: `${message}\n` }));
      await rehearsal.call('logs', 'PutLogEvents', { ...log, logEvents });
    },
    cause:
      /^the lifecycle hook at PRE_SCALE_UP failed: .*smoke-test returned FAILED status.* Its log says: ERROR GET \/healthz answered 500$/,
    fix: /function smoke-test \(\/aws\/lambda\/smoke-test\)/,
  },
];

/** As soon as a task of the new release is there. */
function onceStarting({ rehearsal: { controlPlane } }: TestService, run: () => void): void {
  const timer = setInterval(() => {
    const tasks = [...(controlPlane.clusters.get('slipway-staging')?.tasks.values() ?? [])];
    if (!tasks.some(({ taskDefinition }) => taskDefinition.arn.endsWith(':2'))) return;
    clearInterval(timer);
    run();
  }, 5);
  setTimeout(() => clearInterval(timer), 10_000).unref();
  timer.unref();
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
