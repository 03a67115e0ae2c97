import type { Event } from '../../src/events';
import type { TaskStage, TaskState } from '../../src/release/task-states';
import { createReporter } from '../../src/report/create-reporter';
import { VirtualTerminal } from './live/screen';

const START = new Date('2026-11-21T08:00:00Z');

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});
const opened: { close?: () => void }[] = [];

afterEach(() => {
  opened.splice(0).forEach(({ close }) => close?.());
  jest.useRealTimers();
});

function open(columns = 80, rows = 24, env: Record<string, string> = { NO_COLOR: '1' }) {
  const terminal = new VirtualTerminal(columns, rows);
  const written: string[] = [];
  const reporter = createReporter({
    json: false,
    isTerminal: true,
    stdout: (text) => terminal.write(text),
    stderr: (text) => {
      written.push(text);
      terminal.write(text);
    },
    env,
    terminal: terminal.terminal,
  });
  opened.push(reporter);
  return { terminal, written, ...reporter };
}

const watching: Event = { type: 'phase', phase: 'watch', message: 'waiting until it is drained' };
const progress = (running: number, more: object = {}): Event => ({
  type: 'progress',
  deployment: 'ecs-svc/2',
  status: 'IN_PROGRESS',
  running,
  pending: 2 - running,
  desired: 2,
  previousRunning: 2,
  failed: 0,
  ...more,
});
const task = (id: string, stage: TaskStage, more: Partial<TaskState> = {}): TaskState => ({
  task: id.padEnd(32, '0'),
  taskDefinition: 'shop-web:5',
  ours: true,
  stage,
  since: new Date(+START - 8_000),
  reason: undefined,
  exitCode: undefined,
  ...more,
});
const tasks = (...all: TaskState[]): Event => ({
  type: 'tasks',
  deployment: 'ecs-svc/2',
  tasks: all,
  rollout: {
    breaker: { failed: 0, threshold: 3 },
    alarms: { watched: ['too-slow'], triggered: [] },
    traffic: undefined,
    stage: undefined,
  },
});
const stopped = (id: string): Event => ({
  type: 'task-stopped',
  task: id.padEnd(32, '0'),
  stopCode: 'EssentialContainerExited',
  reason: 'Essential container in task exited',
  exitCode: 1,
});

it('shows one line for each task, in place, what failed on top', () => {
  const { terminal, sink } = open();
  sink({ type: 'estimate', seconds: 60, deployments: 5 });
  sink(watching);
  sink(progress(0));
  sink(
    tasks(task('aa', 'provisioning'), task('old', 'running', { ours: false, taskDefinition: 'shop-web:4' })),
  );
  sink(tasks(task('aa', 'pulling'), task('bb', 'provisioning')));
  sink(stopped('aa'));
  sink(progress(1, { failed: 1 }));
  jest.advanceTimersByTime(5_000);
  sink(
    tasks(
      task('bb', 'healthy'),
      task('cc', 'starting'),
      task('old', 'draining', { ours: false, taskDefinition: 'shop-web:4' }),
    ),
  );
  expect(terminal.text).toBe(
    `  usually   1 min, as the last 5 deployments took
  watch     waiting until it is drained
  #####..... 1/2 running  shop-web:5
  1 starting, 2 of the release before, breaker 1/3, 1 alarm quiet
    aa000000 stopped      exit status 1: Essential container in task exited
    cc000000 starting     13 s
    bb000000 healthy      13 s
    old00000 draining     13 s     of shop-web:4
  5 s, about 55 s to go (usually 1 min)`,
  );
  expect(terminal.cursorHidden).toBe(true);
});

it('scrolls what is said above, and leaves nothing behind but that', () => {
  const { terminal, sink, close } = open();
  sink(watching);
  sink(tasks(task('aa', 'running')));
  sink({ type: 'service-event', at: START, message: '(service web) has started 1 tasks: (task aa).' });
  sink({ type: 'log', at: undefined, task: 'aa', container: 'web', line: 'to standard output' });
  expect(terminal.text.split('\n').slice(0, 4)).toEqual([
    '  watch     waiting until it is drained',
    '  08:00:00  (service web) has started 1 tasks: (task aa).',
    'to standard output',
    '  .......... 0/0 running  shop-web:5',
  ]);
  close?.();
  expect(terminal.text.split('\n')).toHaveLength(3);
  expect(terminal).toMatchObject({ cursorHidden: false, listening: false });
  expect(jest.getTimerCount()).toBe(0);
});

it('writes each change at once and never clears first: nothing flickers', () => {
  const { written, sink } = open();
  sink(watching);
  sink(progress(0));
  written.length = 0;
  sink(progress(1));
  expect(written).toHaveLength(1);
  const [text = ''] = written;
  expect(text.indexOf('\u001B[J')).toBe(text.length - '\u001B[J'.length);
});

it.each([80, 60, 40, 20])('no live line is wider than a terminal of %i columns', (columns) => {
  const { terminal, sink } = open(columns);
  sink(watching);
  sink(tasks(task('aa', 'unhealthy', { reason: 'Health checks failed with these codes: [404] 日本語' })));
  sink(stopped('bb'));
  const block = terminal.text.split('\n').slice(1);
  const live = block.slice(block.findIndex((line) => line.includes('#') || line.includes('...')));
  expect(Math.max(...live.map((line) => line.length))).toBeLessThan(columns);
});

it('fits a low terminal: what fails is seen, the rest is counted', () => {
  const { terminal, sink } = open(80, 9);
  sink(watching);
  sink(stopped('dead'));
  sink(tasks(...Array.from({ length: 20 }, (_, n) => task(`a${n}x`, n < 15 ? 'healthy' : 'pulling'))));
  const lines = terminal.text.split('\n');
  expect(lines.slice(1)).toHaveLength(8);
  expect(lines[3]).toContain('dead0000 stopped');
  expect(terminal.text).toContain('and 17 more tasks: 2 pulling, 15 healthy');
});

it('is whole again after the window has become narrower', () => {
  const { terminal, sink } = open(80);
  sink(watching);
  sink(progress(1));
  sink(tasks(task('aa', 'running'), task('bb', 'healthy', { reason: 'x'.repeat(60) })));
  terminal.resize(40);
  sink(progress(2));
  expect(terminal.text.match(/running {2}shop-web:5/g)).toHaveLength(1);
  expect(terminal.text.match(/aa000000/g)).toHaveLength(1);
});

it('keeps control characters of a container out of the terminal', () => {
  const { terminal, sink } = open();
  sink(watching);
  sink({ ...stopped('aa'), reason: 'a\u001B[2Jb\r\nc' } as Event);
  expect(terminal.text).toContain('exit status 1: ab c');
});

it('several services stand below one another, and go when they are done', () => {
  const { terminal, sink } = open();
  for (const service of ['api', 'web']) sink({ ...watching, service });
  sink({ ...progress(1), service: 'api' });
  sink({ ...tasks(task('aa', 'running')), service: 'web' });
  expect(terminal.text).toContain('  api  #####..... 1/2 running');
  expect(terminal.text).toContain('  web  .......... 0/0 running  shop-web:5');
});

it('shows how traffic shifts, and an alarm that went off', () => {
  const { terminal, sink } = open();
  sink(watching);
  const rollout = {
    breaker: undefined,
    alarms: { watched: ['slow'], triggered: ['slow'] },
    traffic: 10,
    stage: 'PRODUCTION_TRAFFIC_SHIFT',
  };
  sink({ type: 'tasks', deployment: 'ecs-svc/2', tasks: [], rollout });
  expect(terminal.text).toContain('ALARM slow, 10 % of traffic, production traffic shift');
});

it('brings the cursor back when the process ends in the middle', () => {
  const { terminal, sink } = open();
  const before = process.listenerCount('exit');
  sink(watching);
  expect(process.listenerCount('exit')).toBe(before + 1);
  const restore = process.listeners('exit').at(-1) as () => void;
  restore();
  expect(terminal.cursorHidden).toBe(false);
  process.off('exit', restore);
});

it('TERM=dumb gets plain lines', () => {
  const { written, sink } = open(80, 24, { TERM: 'dumb' });
  sink(watching);
  sink(progress(1));
  sink(stopped('aa'));
  expect(written.join('')).toBe(
    `  watch     waiting until it is drained
  tasks     1 of 2 running, 1 starting; 2 of the release before
  stopped   task ${'aa'.padEnd(32, '0')}: Essential container in task
            exited (exit status 1)
`,
  );
});
