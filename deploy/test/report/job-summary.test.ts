import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../src/events';
import { worstOf } from '../../src/release/many/worst';
import type { DeploymentResult, DeploymentsResult, ServiceResult } from '../../src/release/result';
import { createReporter } from '../../src/report/create-reporter';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'slipway-summary-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const file = () => join(directory, 'summary.md');
const output = () => join(directory, 'output');

function report(events: readonly Event[]): { summary: string; stderr: string } {
  let stderr = '';
  const reporter = createReporter({
    json: false,
    isTerminal: false,
    stdout: () => undefined,
    stderr: (text) => void (stderr += text),
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file(), GITHUB_OUTPUT: output() },
  });
  events.forEach((event) => reporter.sink(event));
  return { summary: readFileSync(file(), 'utf8'), stderr };
}

const release = (name: string) => ({
  taskDefinition: name,
  images: {},
  gitSha: '4f2c9e1',
  deploymentId: 'ecs-svc/1',
});

const result = (service: string, outcome: DeploymentResult['outcome']): DeploymentResult => ({
  kind: 'deployment',
  command: 'deploy',
  place: { environment: 'staging', cluster: 'shop', service, region: 'eu-west-1' },
  outcome,
  exitCode: outcome.kind === 'live' ? 0 : 21,
  replaced: release(`${service}:1`),
  serving: [],
  changes: [],
  seconds: 60,
  goBack: `slipway rollback staging --to ${service}:1`,
});

const live = (service: string) =>
  result(service, { kind: 'live', release: release(`${service}:2`), servingSeconds: 30, drainedSeconds: 60 });

const rolledBack = (service: string, logLines: readonly string[] = []) =>
  result(service, {
    kind: 'rolled-back',
    by: 'circuit-breaker',
    reason: 'tasks failed to start',
    release: release(`${service}:2`),
    back: release(`${service}:1`),
    explanation: {
      cause: 'it exits at start',
      certainty: 'certain',
      fix: undefined,
      stoppedTasks: [
        {
          count: 3,
          stopCode: 'EssentialContainerExited',
          stoppedReason: 'Essential container in task exited',
          container: 'web',
          containerReason: undefined,
          exitCode: 1,
          ranSeconds: 1,
          logLines,
        },
      ],
      targetHealth: [],
      events: [],
    },
  });

const of = (one: DeploymentResult, more: Partial<ServiceResult> = {}): ServiceResult => ({
  place: one.place,
  deployment: one,
  back: undefined,
  error: undefined,
  notStarted: undefined,
  ...more,
});

const together: DeploymentsResult = {
  kind: 'deployments',
  command: 'deploy',
  environment: 'staging',
  releaseId: '20261121T074512.084Z-9f3c',
  services: [
    of(live('api'), { back: live('api') }),
    of(rolledBack('web', ['Error: no'])),
    of(live('worker'), { deployment: undefined, notStarted: 'it was not started, since web failed' }),
  ],
  seconds: 90,
  goBack: undefined,
  exitCode: 21,
};

it('says where the time went', () => {
  jest.useFakeTimers();
  const reporter = createReporter({
    json: false,
    isTerminal: false,
    stdout: () => undefined,
    stderr: () => undefined,
    env: { GITHUB_STEP_SUMMARY: file() },
  });
  const after = (seconds: number, event: Event) => {
    reporter.sink(event);
    jest.advanceTimersByTime(seconds * 1000);
  };
  after(2, { type: 'phase', phase: 'plan', message: '' });
  after(40, { type: 'phase', phase: 'watch', message: '' });
  after(20, { type: 'milestone', milestone: 'serving', seconds: 40 });
  reporter.sink({ type: 'result', result: live('web') });
  jest.useRealTimers();
  expect(readFileSync(file(), 'utf8')).toContain(`| where the time went | | |
|---|--:|---|
| planning | 2 s | █ |
| rollout, until it served | 40 s | ████████████████████ |
| draining the old tasks | 20 s | ██████████ |
`);
  expect(readFileSync(file(), 'utf8')).toContain(`\`\`\`mermaid
gantt
    dateFormat x
    axisFormat %M:%S
    planning (2 s) :0, 2000
    rollout, until it served (40 s) :2000, 42000
    draining the old tasks (20 s) :42000, 62000
\`\`\`
`);
});

it('several services: the whole first, a line for each, then what failed in full', () => {
  const { summary, stderr } = report([{ type: 'result', result: together }]);
  expect(summary).toContain(`### ❌ ROLLED BACK: 3 services in staging

web decided it; api went back with it; worker was not started

| service | | |
|---|---|---|
| ❌ api | WENT BACK | to api:2 |
| ❌ web | ROLLED BACK | web:2 was rolled back by the circuit breaker; no task of the service runs now |
| ⏳ worker | NOT TOUCHED | it was not started, since web failed |
`);
  expect(summary).toContain('| Error: no');
  expect(stderr.match(/^::error .*$/gm)).toEqual([expect.stringContaining('ROLLED BACK%3A web')]);
  expect(readFileSync(output(), 'utf8')).toMatch(/^outcome=rolled-back$/m);
  expect(readFileSync(output(), 'utf8')).toMatch(/^release-id=20261121T074512.084Z-9f3c$/m);
});

it('stays under what GitHub shows, whatever was logged and whatever other steps wrote', () => {
  writeFileSync(file(), 'x'.repeat(600_000));
  const lines = Array.from({ length: 30 }, () => 'é'.repeat(100_000));
  const changes = Array.from({ length: 3_000 }, (_, n) => ({
    part: 'task definition' as const,
    path: `a.rather.long.path.of.a.member.in.a.definition.${n}`,
    before: 'x'.repeat(190),
    after: 'y'.repeat(190),
    position: undefined,
  }));
  const { summary } = report([{ type: 'result', result: { ...rolledBack('web', lines), changes } }]);
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  expect(summary).toContain('ROLLED BACK');
  expect(summary).toContain('_Left out: too long for a job summary. The log has it._');
  expect(summary).toContain('**Go back:** `slipway rollback staging --to web:1`');
});

it('the exit code of several services is that of the worst, in the order that the page gives', () => {
  const page = readFileSync(join(__dirname, '../../docs/several-services.md'), 'utf8');
  const order = (/in this order: ([\d, ]+)\./.exec(page)?.[1] ?? '').split(', ').map(Number);
  expect(order).toHaveLength(14);
  for (const [index, code] of order.entries()) expect(worstOf(order.slice(index).reverse())).toBe(code);
});
