import type { Task } from '@aws-sdk/client-ecs';
import { causeOf, type Evidence } from '../../src/release/causes';
import { groupTasks } from '../../src/release/group-tasks';
import type { StoppedTasks } from '../../src/release/outcome';

const started = new Date('2026-11-20T10:00:00Z');
const ended = new Date('2026-11-20T10:00:01Z');

/** Stopped tasks as DescribeTasks answers them, with the log lines of the container that failed. */
function evidenceOf(tasks: readonly Task[], logLines: string[] = [], rest: Partial<Evidence> = {}): Evidence {
  const stopped = groupTasks(tasks).map(
    ({ example: _example, culprit: _culprit, ...group }): StoppedTasks => ({ ...group, logLines }),
  );
  return { stopped, targetHealth: [], events: [], reason: 'ECS gives no reason', ...rest };
}

const crashed = (exitCode: number, reason?: string): Task => ({
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  startedAt: started,
  executionStoppedAt: ended,
  containers: [
    { name: 'sidecar', exitCode: 143 },
    { name: 'web', exitCode, ...(reason === undefined ? {} : { reason }) },
  ],
});
const notStarted = (stoppedReason: string): Task => ({
  stopCode: 'TaskFailedToStart',
  stoppedReason,
  containers: [{ name: 'web' }],
});

const cases: [string, Evidence, string, string][] = [
  [
    'a crash at start, with the line that says why',
    evidenceOf(
      [crashed(1)],
      ['{"level":30,"msg":"starting"}', 'Error: DATABASE_URL is not set', '    at main.js:3:9', ''],
    ),
    'container web exits at start with exit status 1: Error: DATABASE_URL is not set',
    'log lines',
  ],
  [
    'a crash without a log',
    evidenceOf([crashed(1)]),
    'container web exits at start with exit status 1',
    'logConfiguration',
  ],
  [
    'a signal',
    evidenceOf([crashed(139)]),
    'container web exits at start with exit status 139 (SIGSEGV)',
    'logConfiguration',
  ],
  [
    'a process that ends by itself',
    evidenceOf([crashed(0)]),
    'container web ends by itself at start with exit status 0, but an essential container must keep running',
    'log',
  ],
  [
    'an image that is not there',
    evidenceOf([
      notStarted(
        'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/x:tag: docker.io/library/x:tag: not found',
      ),
    ]),
    'the image docker.io/library/x:tag cannot be pulled: it does not exist',
    'push the image',
  ],
  [
    'a secret that the role may not read',
    evidenceOf([
      notStarted(
        'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC123 from secrets manager: AccessDeniedException: not authorized',
      ),
    ]),
    'the execution role may not read arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC123 that the task needs, so no container was started',
    'allow the task execution role',
  ],
  [
    'a registry out of reach',
    evidenceOf([
      notStarted(
        'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR.',
      ),
    ]),
    'the task cannot reach ECR from its subnet to pull the image',
    'NAT',
  ],
  [
    'out of memory',
    evidenceOf([crashed(137, 'OutOfMemoryError: Container killed due to memory usage')]),
    'container web was killed for memory (exit status 137, OutOfMemoryError)',
    'raise "memory"',
  ],
  [
    'a container health check',
    evidenceOf([
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed container health checks',
        containers: [{ name: 'web', healthStatus: 'UNHEALTHY', exitCode: 143 }],
      },
    ]),
    'container web runs, but its own health check fails',
    'healthCheck',
  ],
  [
    'a load balancer health check',
    evidenceOf(
      [
        {
          stopCode: 'ServiceSchedulerInitiated',
          stoppedReason: 'Task failed ELB health checks in (target-group arn:tg)',
          containers: [{ name: 'web' }],
        },
      ],
      [],
      {
        events: [
          '(service web) (task 1) (port 3000) is unhealthy in (target-group arn:tg) due to (reason Health checks failed with these codes: [502])',
        ],
      },
    ),
    "the load balancer's health check fails: Health checks failed with these codes: [502]",
    'path and port',
  ],
  [
    'no capacity',
    evidenceOf([], [], {
      events: ['(service web) was unable to place a task. Reason: Capacity is unavailable at this time.'],
    }),
    'ECS was unable to place a task. Reason: Capacity is unavailable at this time.',
    'capacity',
  ],
];

it.each(cases)('explains %s', (_, evidence, sentence, fix) => {
  const cause = causeOf(evidence);
  expect(cause.sentence).toBe(sentence);
  expect(cause.fix).toContain(fix);
});

it('says what ECS said where no cause is known', () => {
  expect(causeOf(evidenceOf([notStarted('SomethingNew: of next year')]))).toEqual({
    sentence: 'TaskFailedToStart: SomethingNew: of next year',
    fix: undefined,
  });
  expect(causeOf(evidenceOf([])).sentence).toBe('ECS gives no reason');
});

it('groups tasks that differ in ids and addresses only, most frequent first', () => {
  const tasks = [
    crashed(2),
    notStarted('Timeout: dial tcp 10.0.0.1:443 for 0123456789abcdef0123456789abcdef'),
    notStarted('Timeout: dial tcp 10.0.7.9:443 for fedcba9876543210fedcba9876543210'),
  ];
  expect(
    groupTasks(tasks).map(({ count, stopCode, exitCode, ranSeconds }) => ({
      count,
      stopCode,
      exitCode,
      ranSeconds,
    })),
  ).toEqual([
    { count: 2, stopCode: 'TaskFailedToStart', exitCode: undefined, ranSeconds: undefined },
    { count: 1, stopCode: 'EssentialContainerExited', exitCode: 2, ranSeconds: 1 },
  ]);
});
