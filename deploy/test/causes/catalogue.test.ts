import type { Task } from '@aws-sdk/client-ecs';
import { causeOf } from '../../src/causes/catalogue';
import type { Evidence } from '../../src/causes/cause';
import { listeningOn } from '../../src/causes/listening';
import { logRedactor } from '../../src/causes/redact-log';
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

/** What the rehearsal does not produce, or AWS words in more ways than it does. */
const cases: [string, Evidence, known: string, sentence: string][] = [
  [
    'a crash at start, with the line that says why',
    evidenceOf(
      [crashed(1)],
      ['{"level":30,"msg":"starting"}', 'Error: DATABASE_URL is not set', '    at main.js:3:9', ''],
    ),
    'crash',
    'container web exits at start with exit status 1: Error: DATABASE_URL is not set',
  ],
  [
    'a signal',
    evidenceOf([crashed(139)]),
    'crash',
    'container web exits at start with exit status 139 (SIGSEGV)',
  ],
  [
    'SIGKILL without a reason',
    evidenceOf([crashed(137)]),
    'killed',
    'container web was killed at start with exit status 137 (SIGKILL)',
  ],
  [
    'a command that may not be executed',
    evidenceOf([crashed(126)]),
    'command-not-found',
    'container web exits at start with exit status 126 (the command cannot be executed)',
  ],
  [
    'an image of Docker Hub that is not there',
    evidenceOf([
      notStarted(
        'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/x:tag: docker.io/library/x:tag: not found',
      ),
    ]),
    'image-not-found',
    'the image docker.io/library/x:tag cannot be pulled: it does not exist',
  ],
  [
    'an image that may not be pulled',
    evidenceOf([
      notStarted(
        'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 1.dkr.ecr.eu-west-1.amazonaws.com/web:1: unexpected status from HEAD request to https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/web/manifests/1: 403 Forbidden',
      ),
    ]),
    'image-denied',
    'the image 1.dkr.ecr.eu-west-1.amazonaws.com/web:1 cannot be pulled: access is denied',
  ],
  [
    'an image for other platforms only',
    evidenceOf([
      notStarted(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
      ),
    ]),
    'image-architecture',
    'the image of the task is not built for linux/amd64',
  ],
  [
    'an image that cannot be pulled for another reason',
    evidenceOf([
      notStarted(
        'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code 502 Bad Gateway',
      ),
    ]),
    'image-cannot-be-pulled',
    'the image of the task cannot be pulled: pull image manifest has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code 502 Bad Gateway',
  ],
  [
    'a registry out of reach, with nothing looked up',
    evidenceOf([
      notStarted(
        'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR.',
      ),
    ]),
    'no-route',
    'the task cannot reach ECR (api) from its subnet',
  ],
  [
    'a log group that may not be written to',
    evidenceOf([
      notStarted(
        'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User is not authorized to perform: logs:CreateLogStream',
      ),
    ]),
    'log-denied',
    'the execution role may not write to the log group, so no container was started',
  ],
  [
    'a file system that cannot be mounted',
    evidenceOf([
      notStarted(
        'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Connection timed out',
      ),
    ]),
    'volume-not-mounted',
    'a volume cannot be mounted: failed to invoke EFS utils commands to set up EFS volumes: stderr: Connection timed out',
  ],
  [
    'a role, told by an event',
    evidenceOf([], [], {
      events: [
        "(service web) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::123456789012:role/x' that was provided for this task.)",
      ],
    }),
    'role-not-assumable',
    'ECS cannot assume the role arn:aws:iam::123456789012:role/x: it does not exist, or does not trust ecs-tasks.amazonaws.com',
  ],
  [
    'a load balancer of which only the event is known',
    evidenceOf([], [], {
      events: [
        '(service web) (task 1) (port 3000) is unhealthy in (target-group arn:tg) due to (reason Health checks failed with these codes: [502])',
      ],
    }),
    'health-check-server-error',
    "the load balancer's health check fails: Health checks failed with these codes: [502]",
  ],
  [
    'a load balancer that says nothing',
    evidenceOf([
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed ELB health checks in (target-group arn:tg)',
      },
    ]),
    'load-balancer-health-check',
    "the load balancer's health check fails",
  ],
  [
    'tasks that are protected',
    evidenceOf([], [], {
      events: [
        '(service web) was unable to reach steady state because task set (ecs-svc/1) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks',
      ],
    }),
    'protected-from-scale-in',
    'old tasks are protected from scale-in, so ECS may not stop them',
  ],
  [
    'a host that failed',
    evidenceOf([{ stopCode: 'InfrastructureHealth', stoppedReason: 'x', containers: [{ name: 'web' }] }]),
    'host-retired',
    'AWS stopped tasks because the host under them was failing or is retired',
  ],
  [
    'another reason not to place a task',
    evidenceOf([], [], { events: ['(service web) was unable to place a task. Reason: Internal error..'] }),
    'cannot-be-placed',
    'ECS was unable to place a task. Reason: Internal error..',
  ],
];

it.each(cases)('explains %s', (_, evidence, known, sentence) => {
  expect(causeOf(evidence)).toMatchObject({ known, sentence });
});

it('says what ECS said where no cause is known', () => {
  expect(causeOf(evidenceOf([notStarted('SomethingNew: of next year')]))).toEqual({
    sentence: 'TaskFailedToStart: SomethingNew: of next year',
    fix: undefined,
    certainty: 'likely',
    known: undefined,
  });
  expect(causeOf(evidenceOf([])).sentence).toBe('ECS gives no reason');
});

it.each([
  ['listening on 127.0.0.1:3000', [{ port: 3000, isLocal: true }]],
  ['{"level":30,"msg":"Server listening at http://[::1]:8080"}', [{ port: 8080, isLocal: true }]],
  ['2026-11-20T10:00:00.123Z INFO ready: http://0.0.0.0:5000/', [{ port: 5000, isLocal: false }]],
  ['Tomcat started on port(s): 8081 (http)', []],
  ['Tomcat started on port 8081 (http)', [{ port: 8081, isLocal: false }]],
  ['Uvicorn running on http://localhost:8000 (Press CTRL+C to quit)', [{ port: 8000, isLocal: true }]],
  ['GET http://localhost:3000/ failed', []],
])('reads where %s says that it listens', (line, places) => {
  expect(listeningOn([line]).map(({ port, isLocal }) => ({ port, isLocal }))).toEqual(places);
});

it('hides in log lines what looks like a secret, and the values of secretive variables', () => {
  const redact = logRedactor((text) => text.replace('hunter2', '(sensitive)'), {
    containerDefinitions: [
      {
        environment: [
          { name: 'API_KEY', value: 'k-12345' },
          { name: 'PORT', value: '3000' },
        ],
      },
    ],
  });
  expect(redact('connect postgres://app:s3cret@db:5432/x with k-12345 on 3000, hunter2')).toBe(
    'connect postgres://app:(sensitive)@db:5432/x with (sensitive) on 3000, (sensitive)',
  );
  expect(redact('Authorization: Bearer abcdef0123456789 key AKIAIOSFODNN7EXAMPLE')).toBe(
    'Authorization: Bearer (sensitive) key (sensitive)',
  );
  expect(redact('{"user":"u","password":"pw","n":1}')).toBe('{"user":"u","password":(sensitive),"n":1}');
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
