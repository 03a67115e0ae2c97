import type { Service, Task } from '@aws-sdk/client-ecs';
import { breakerWill, hopelessOf } from '../../src/causes/hopeless';

const failed = (stoppedReason: string): Task => ({
  stopCode: 'TaskFailedToStart',
  stoppedReason,
  containers: [{ name: 'web' }],
});
const exited = (exitCode: number, seconds: number): Task => ({
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  startedAt: new Date(0),
  executionStoppedAt: new Date(seconds * 1000),
  containers: [{ name: 'web', exitCode }],
});
const times = (count: number, task: Task) => Array.from({ length: count }, () => task);
const gone = failed(
  'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref a/b:1: a/b:1: not found',
);

it.each([
  ['an image that is gone', gone],
  [
    'a secret that is refused',
    failed(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: AccessDeniedException',
    ),
  ],
  ['an exit at once', exited(1, 1)],
])('gives up on %s, the third time', (_, task) => {
  expect(hopelessOf(times(2, task))).toBeUndefined();
  expect(hopelessOf(times(3, task))?.sentence).toMatch(/^3 tasks in a row failed alike/);
});

it.each([
  [
    'what may pass: a time-out',
    times(5, failed('CannotPullContainerError: failed to do request: dial tcp 10.0.0.1:443: i/o timeout')),
  ],
  [
    "Docker Hub's limit",
    times(5, failed('CannotPullContainerError: 429 Too Many Requests - Server message: toomanyrequests')),
  ],
  ['failures that differ', [...times(3, gone), exited(1, 1)]],
  ['what ran for a while', times(5, exited(1, 60))],
  [
    'health checks, which need time',
    times(5, {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed ELB health checks in (target-group x)',
    }),
  ],
])('does not give up on %s', (_, tasks) => expect(hopelessOf(tasks)).toBeUndefined());

const service = (breaker: object | undefined, desiredCount = 2): Service => ({
  desiredCount,
  deploymentConfiguration: breaker === undefined ? {} : { deploymentCircuitBreaker: breaker as never },
});

it.each([
  ['is off', undefined, 2, 3, false],
  ['counts three of two', { enable: true, rollback: true }, 2, 3, true],
  ['waits for thirteen of 25', { enable: true, rollback: true }, 25, 3, false],
  ['should have acted, and has not', { enable: true, rollback: true }, 2, 6, false],
  ['was told not to roll back', { enable: true, rollback: false }, 2, 3, true],
  [
    'has a count of its own',
    { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 2 } },
    2,
    3,
    true,
  ],
  [
    'has a share without bounds',
    { enable: true, rollback: true, thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 400 } },
    2,
    3,
    false,
  ],
] as const)('leaves it to a circuit breaker that %s, or not', (_, breaker, desired, failures, expected) => {
  expect(breakerWill(service(breaker, desired), undefined, failures)).toBe(expected);
});
