import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors';
import type { Event } from '../../src/events';
import type { Plan } from '../../src/release/plan';
import type { DeploymentResult, Result } from '../../src/release/result';
import { createReporter } from '../../src/report/create-reporter';

const digest = (digit: string) =>
  `123456789012.dkr.ecr.eu-west-1.amazonaws.com/slipway/web@sha256:${digit.repeat(64)}`;

const rolledBack: DeploymentResult = {
  kind: 'deployment',
  command: 'deploy',
  place: { environment: 'staging', cluster: 'slipway-staging', service: 'web', region: 'eu-west-1' },
  exitCode: 21,
  replaced: {
    taskDefinition: 'slipway-staging-web:4',
    images: { web: digest('a') },
    gitSha: '4f2c9e1',
    deploymentId: 'ecs-svc/1',
  },
  serving: [{ taskDefinition: 'slipway-staging-web:4', runningCount: 2 }],
  seconds: 74.2,
  goBack: undefined,
  changes: [
    {
      part: 'task definition',
      path: 'containerDefinitions[web].image',
      before: digest('a'),
      after: digest('b'),
      position: { file: join(process.cwd(), 'app/task-definition.json'), line: 12, column: 16 },
    },
    {
      part: 'task definition',
      path: 'containerDefinitions[web].environment[LOG_LEVEL].value',
      before: 'info',
      after: 'debug',
      position: { file: join(process.cwd(), 'app/task-definition.json'), line: 20, column: 50 },
    },
  ],
  outcome: {
    kind: 'rolled-back',
    by: 'circuit-breaker',
    reason: 'ECS deployment circuit breaker: tasks failed to start.',
    release: {
      taskDefinition: 'slipway-staging-web:5',
      images: { web: digest('b') },
      gitSha: '77ab012',
      deploymentId: 'ecs-svc/2',
    },
    back: {
      taskDefinition: 'slipway-staging-web:4',
      images: { web: digest('a') },
      gitSha: '4f2c9e1',
      deploymentId: undefined,
    },
    explanation: {
      cause: 'container web exits at start with exit status 1: Error: DATABASE_URL is not set',
      fix: 'the log lines below say where; run the image with the same environment to see it again',
      stoppedTasks: [
        {
          count: 3,
          stopCode: 'EssentialContainerExited',
          stoppedReason: 'Essential container in task exited',
          container: 'web',
          containerReason: undefined,
          exitCode: 1,
          ranSeconds: 0.4,
          logLines: ['Error: DATABASE_URL is not set', '    at file:///app/dist/main.js:3:9'],
        },
      ],
      certainty: 'certain',
      targetHealth: [],
      events: ['(service web) (deployment ecs-svc/2) deployment failed: tasks failed to start.'],
    },
  },
};

const live: DeploymentResult = {
  ...rolledBack,
  exitCode: 0,
  serving: [{ taskDefinition: 'slipway-staging-web:5', runningCount: 2 }],
  goBack: 'slipway rollback staging --to slipway-staging-web:4',
  outcome: { kind: 'live', release: rolledBack.outcome.release, servingSeconds: 32.4, drainedSeconds: 65 },
};

interface Printed {
  stdout: string;
  stderr: string;
}

/** What a reporter prints for events or an error. */
function print(
  events: readonly (Event | SlipwayError)[],
  options: { json?: boolean; isTerminal?: boolean; env?: Record<string, string> } = {},
): Printed {
  const printed = { stdout: '', stderr: '' };
  const reporter = createReporter({
    json: options.json ?? false,
    isTerminal: options.isTerminal ?? false,
    stdout: (text) => void (printed.stdout += text),
    stderr: (text) => void (printed.stderr += text),
    env: options.env ?? {},
  });
  for (const event of events) {
    if (event instanceof SlipwayError) reporter.error(event);
    else reporter.sink(event);
  }
  return printed;
}

const result = (of: Result): Event => ({ type: 'result', result: of });

describe('for a person', () => {
  it('a failure says outcome, what serves, cause, evidence, what changed and the exit code', () => {
    const { stdout, stderr } = print([result(rolledBack)]);
    expect(stdout).toBe('');
    expect(stderr).toBe(`
ROLLED BACK  slipway-staging-web:5 was rolled back by the circuit breaker;
  slipway-staging-web:4 has 2 running tasks now
  because   ECS deployment circuit breaker: tasks failed to start.
  cause     container web exits at start with exit status 1: Error: DATABASE_URL
            is not set
  fix       the log lines below say where; run the image with the same
            environment to see it again
  evidence  3 tasks stopped: EssentialContainerExited: Essential container in
            task exited
            container web, exit status 1, ran 0.4 s
            | Error: DATABASE_URL is not set
            |     at file:///app/dist/main.js:3:9
  events    (service web) (deployment ecs-svc/2) deployment failed: tasks failed
            to start.
  suspect   containerDefinitions[web].image (app/task-definition.json:12:16)
  changed   ~ containerDefinitions[web].image  (app/task-definition.json:12:16)
              slipway/web@sha256:aaaaaaaaaaaa -> slipway/web@sha256:bbbbbbbbbbbb
            ~ containerDefinitions[web].environment[LOG_LEVEL].value  (app/task-definition.json:20:50)
              info -> debug
  exit      21
`);
  });

  it('a success says what serves since when, and the way back', () => {
    expect(print([result(live)]).stderr).toBe(`
LIVE  slipway-staging-web:5 serves all traffic after 32 s, the old tasks were
  gone after 1 min 5 s
  go back   slipway rollback staging --to slipway-staging-web:4
`);
  });

  it('no line is wider than 80 columns, but for what cannot be broken', () => {
    const wide = print([result(rolledBack), result(live)])
      .stderr.split('\n')
      .filter((line) => line.length > 80);
    expect(wide.filter((line) => !line.includes('containerDefinitions'))).toEqual([]);
  });

  it('has colours in a terminal only, and never with NO_COLOR', () => {
    const colours = (text: string) => text.includes('\u001B[');
    expect(colours(print([result(rolledBack)], { isTerminal: true }).stderr)).toBe(true);
    expect(colours(print([result(rolledBack)]).stderr)).toBe(false);
    expect(colours(print([result(rolledBack)], { isTerminal: true, env: { NO_COLOR: '1' } }).stderr)).toBe(
      false,
    );
  });

  it('says each thing that happens in a line of its own', () => {
    const progress = {
      type: 'progress',
      deployment: 'ecs-svc/2',
      status: 'IN_PROGRESS',
      desired: 2,
      previousRunning: 2,
      failed: 1,
    } as const;
    const { stderr } = print([
      { type: 'phase', phase: 'register', message: 'slipway-staging-web:5' },
      { ...progress, running: 0, pending: 2 },
      {
        type: 'task-stopped',
        task: '0af1',
        stopCode: 'EssentialContainerExited',
        reason: 'Essential container in task exited',
        exitCode: 1,
      },
      { type: 'milestone', milestone: 'serving', seconds: 12 },
      { type: 'heartbeat', seconds: 95, message: '1 of 2 running' },
      { type: 'note', level: 'warning', message: 'no answer from AWS' },
    ]);
    expect(stderr).toBe(`  register  slipway-staging-web:5
  tasks     0 of 2 running, 2 starting, 1 failed; 2 of the release before
  stopped   task 0af1: Essential container in task exited (exit status 1)
  serving   the new release takes all traffic, after 12 s
  waiting   1 min 35 s: 1 of 2 running
  warning  no answer from AWS
`);
  });

  it('an error says what to do', () => {
    const error = new SlipwayError('IMAGE_NOT_FOUND', 'ECR has no image web:9', { hint: 'push it first' });
    expect(print([error]).stderr).toBe(
      'slipway: ECR has no image web:9 [IMAGE_NOT_FOUND]\n  push it first\n',
    );
  });
});

describe('as JSON', () => {
  it('is one object a line, the result last', () => {
    const { stdout } = print([{ type: 'phase', phase: 'plan', message: 'web' }, result(rolledBack)], {
      json: true,
    });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({
      type: 'result',
      kind: 'deployment',
      exitCode: 21,
      outcome: { kind: 'rolled-back', by: 'circuit-breaker' },
    });
  });

  it('never holds what would be sent: rendered values may be sensitive', () => {
    const plan: Plan = {
      action: 'update',
      environment: 'staging',
      cluster: 'c',
      service: 'web',
      region: 'eu-west-1',
      running: undefined,
      images: [],
      changes: [],
      notes: [],
      forced: undefined,
      register: {
        family: 'web',
        containerDefinitions: [{ name: 'web', environment: [{ name: 'X', value: 'hunter2' }] }],
      },
      request: { update: { service: 'web' } },
      serviceTags: [],
    };
    const { stdout } = print(
      [{ type: 'plan', plan }, result({ kind: 'plan', command: 'diff', plan, exitCode: 0 })],
      { json: true },
    );
    expect(stdout).not.toContain('hunter2');
    expect(stdout).toContain('"registers":true');
  });

  it('has errors too', () => {
    const { stdout } = print([new SlipwayError('IMAGE_NOT_FOUND', 'no image', { hint: 'push it' })], {
      json: true,
    });
    expect(JSON.parse(stdout)).toEqual({
      type: 'error',
      code: 'IMAGE_NOT_FOUND',
      message: 'no image',
      hint: 'push it',
      exitCode: 10,
    });
  });
});

describe('in a GitHub workflow', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'slipway-github-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const files = () => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: process.cwd(),
    GITHUB_STEP_SUMMARY: join(directory, 'summary.md'),
    GITHUB_OUTPUT: join(directory, 'output'),
  });

  it('writes outcome and revision as outputs', () => {
    print([result(live)], { env: files() });
    const output = readFileSync(files().GITHUB_OUTPUT, 'utf8');
    expect(output).toMatch(/^outcome=live$/m);
    expect(output).toMatch(/^exit-code=0$/m);
    expect(output).toMatch(/^task-definition=slipway-staging-web:5$/m);
  });

  it('annotates the line that likely caused it, escaped', () => {
    const { stderr } = print([result(rolledBack)], { env: files() });
    const annotation = stderr.split('\n').find((line) => line.startsWith('::error'));
    expect(annotation).toContain(
      '::error title=ROLLED BACK%3A web,file=app/task-definition.json,line=12,col=16::',
    );
    expect(annotation).toContain('%0Acontainer web exits at start with exit status 1');
  });

  it('keeps stdout for JSON', () => {
    const { stdout } = print([result(rolledBack)], { env: files(), json: true });
    expect(() =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).not.toThrow();
  });

  it('puts the outcome first into the job summary', () => {
    print([result(rolledBack)], { env: files() });
    expect(readFileSync(files().GITHUB_STEP_SUMMARY, 'utf8')).toMatchInlineSnapshot(`
     "### ❌ ROLLED BACK: web in staging

     slipway-staging-web:5 was rolled back by the circuit breaker; slipway-staging-web:4 has 2 running tasks now

     | | before | this release |
     |---|---|---|
     | revision | \`slipway-staging-web:4\` | \`slipway-staging-web:5\` |
     | commit | \`4f2c9e1\` | \`77ab012\` |
     | image | \`slipway/web@sha256:aaaaaaaaaaaa\` | \`slipway/web@sha256:bbbbbbbbbbbb\` |
     | deployment | \`ecs-svc/1\` | \`ecs-svc/2\`, 1 min 14 s |

     **Why:** container web exits at start with exit status 1: Error: DATABASE\\_URL is not set

     **Fix:** the log lines below say where; run the image with the same environment to see it again

     \`\`\`text
     3 tasks stopped: EssentialContainerExited: Essential container in task exited
     container web, exit status 1, ran 0.4 s
     | Error: DATABASE_URL is not set
     |     at file:///app/dist/main.js:3:9
     \`\`\`

     <details><summary>2 changes</summary>

     \`\`\`text
     ~ containerDefinitions[web].image: slipway/web@sha256:aaaaaaaaaaaa -> slipway/web@sha256:bbbbbbbbbbbb  (app/task-definition.json:12:16)
     ~ containerDefinitions[web].environment[LOG_LEVEL].value: info -> debug  (app/task-definition.json:20:50)
     \`\`\`

     </details>

     <details><summary>Service events</summary>

     \`\`\`text
     (service web) (deployment ecs-svc/2) deployment failed: tasks failed to start.
     \`\`\`

     </details>

     "
    `);
  });

  it('lets no line of a log end its fence', () => {
    const hostile = structuredClone(rolledBack);
    const { explanation } = hostile.outcome as Extract<DeploymentResult['outcome'], { kind: 'rolled-back' }>;
    Object.assign(explanation.stoppedTasks[0]!, { logLines: ['```', '<script>alert(1)</script>'] });
    print([result(hostile)], { env: files() });
    expect(readFileSync(files().GITHUB_STEP_SUMMARY, 'utf8')).toContain('````text\n');
  });

  it('annotates an error and says so in the outputs', () => {
    const { stderr } = print([new SlipwayError('DEPLOYMENT_IN_PROGRESS', 'another one', { hint: 'wait' })], {
      env: files(),
    });
    expect(stderr).toContain('::error title=slipway DEPLOYMENT_IN_PROGRESS::another one%0Await');
    expect(readFileSync(files().GITHUB_OUTPUT, 'utf8')).toMatch(/^outcome=error$/m);
  });
});
