import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import { baselineOf } from '../../src/release/baseline';
import { Judge, type Verdict } from '../../src/release/judge';

const OLD = 'ecs-svc/1';
const OURS = 'ecs-svc/2';
const OLD_REVISION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1';
const REVISION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:2';

const old = (members: Partial<Deployment> = {}): Deployment => ({
  id: OLD,
  status: 'ACTIVE',
  rolloutState: 'COMPLETED',
  taskDefinition: OLD_REVISION,
  runningCount: 2,
  ...members,
});
const ours = (members: Partial<Deployment> = {}): Deployment => ({
  id: OURS,
  status: 'PRIMARY',
  rolloutState: 'IN_PROGRESS',
  taskDefinition: REVISION,
  runningCount: 0,
  ...members,
});
const service = (deployments: Deployment[], members: Partial<Service> = {}): Service => ({
  status: 'ACTIVE',
  desiredCount: 2,
  deployments,
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  ...members,
});
const before = service([old({ status: 'PRIMARY' })]);
const judgeOf = (from: Service | undefined = before) =>
  new Judge(OURS, REVISION, baselineOf(from, new Set()));

/** The verdict after a row of answers of DescribeServices, and after how many of them it came. */
function judged(
  answers: readonly Service[],
  judge = judgeOf(),
  deployments: readonly (ServiceDeployment | undefined)[] = [],
) {
  for (const [index, answer] of answers.entries()) {
    const verdict: Verdict | undefined = judge.observe({ service: answer, deployment: deployments[index] });
    if (verdict !== undefined) return { ...verdict, after: index + 1 };
  }
  return undefined;
}

describe('going by DescribeServices', () => {
  it('is live once completed, and serves once the old tasks run no more', () => {
    const judge = judgeOf();
    expect(judged([service([ours({ runningCount: 1 }), old()])], judge)).toBeUndefined();
    expect(judge.serving).toBe(false);
    expect(judged([service([ours({ runningCount: 2 }), old({ runningCount: 0 })])], judge)).toBeUndefined();
    expect(judge.serving).toBe(true);
    expect(judged([service([ours({ runningCount: 2, rolloutState: 'COMPLETED' })])], judge)).toMatchObject({
      kind: 'live',
      drained: true,
    });
  });

  it('does not take running for healthy where old tasks may go before', () => {
    const judge = judgeOf();
    const half = { deploymentConfiguration: { minimumHealthyPercent: 50 } };
    judged([service([ours({ runningCount: 2 }), old({ runningCount: 0 })], half)], judge);
    expect(judge.serving).toBe(false);
  });

  it('does not take an answer from before the update for a rollback', () => {
    const answers = [
      before,
      before,
      service([ours(), old()]),
      service([ours({ rolloutState: 'COMPLETED', runningCount: 2 })]),
    ];
    expect(judged(answers)).toMatchObject({ kind: 'live', after: 4 });
  });

  it('is rolled back when the old id is promoted again, whatever the new count is', () => {
    const judge = judgeOf();
    const failed = ours({
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
    const back = old({
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${OLD}.`,
    });
    expect(judged([service([ours(), old()]), service([back, failed])], judge)).toBeUndefined();
    expect(judge.rollingBack).toMatchObject({ by: 'circuit-breaker' });
    expect(judged([service([old({ status: 'PRIMARY' })])], judge)).toMatchObject({
      kind: 'rolled-back',
      by: 'circuit-breaker',
      to: OLD_REVISION,
      reason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
  });

  it.each([
    ['alarm', '(service web) (deployment ecs-svc/2) deployment failed: alarm detected.'],
    [
      'hook',
      '(service web) (deployment ecs-svc/2) deployment failed: Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed.',
    ],
    ['circuit-breaker', '(service web) (deployment ecs-svc/2) deployment failed: tasks failed to start.'],
  ])('names the %s that rolled it back', (by, message) => {
    const events = [{ id: 'new', message }];
    const back = service([old({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' })], { events });
    const done = service([old({ status: 'PRIMARY' })], { events });
    expect(judged([service([ours(), old()]), back, done])).toMatchObject({ kind: 'rolled-back', by });
  });

  it('knows a rollback by hand from one of this run', () => {
    const answers = [
      service([ours(), old()]),
      service([old({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' })]),
      before,
    ];
    expect(judged(answers)).toMatchObject({ kind: 'rolled-back', by: 'person' });
    const mine = new Judge(OURS, REVISION, baselineOf(before, new Set()), true);
    expect(judged(answers, mine)).toMatchObject({ kind: 'rolled-back', by: 'this-run' });
  });

  it('is superseded by an id that was not there before, even with the old revision', () => {
    const newer = { ...old({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }), id: 'ecs-svc/3' };
    expect(judged([service([ours(), old()]), service([newer, ours({ status: 'ACTIVE' })])])).toMatchObject({
      kind: 'superseded',
      by: 'ecs-svc/3',
    });
  });

  it('was live if the newer deployment came after it took all traffic', () => {
    const newer = { ...old({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }), id: 'ecs-svc/3' };
    const serving = service([ours({ runningCount: 2 }), old({ runningCount: 0 })]);
    expect(judged([serving, service([newer, ours({ status: 'ACTIVE' })])])).toMatchObject({
      kind: 'live',
      drained: false,
    });
  });

  it('fails at once when nothing can be gone back to', () => {
    const failed = service([ours({ rolloutState: 'FAILED', rolloutStateReason: 'tasks failed to start.' })]);
    expect(judged([failed], judgeOf(service([])))).toMatchObject({
      kind: 'failed',
      reason: 'tasks failed to start.',
    });
    const noRollback = service([ours({ rolloutState: 'FAILED' }), old()], { deploymentConfiguration: {} });
    expect(judged([noRollback])).toMatchObject({ kind: 'failed', after: 1 });
  });

  it('waits for the rollback that ECS is told to make', () => {
    const failed = service([ours({ rolloutState: 'FAILED' }), old()]);
    expect(judged([failed, failed, failed])).toBeUndefined();
  });

  it('fails when the service is deleted', () => {
    expect(judged([service([ours()]), service([ours()], { status: 'DRAINING' })])).toMatchObject({
      kind: 'failed',
    });
  });

  it('never calls a deployment live that stays in progress', () => {
    expect(
      judged(
        Array.from({ length: 500 }, () => service([ours({ runningCount: 2 })])),
        judgeOf(undefined),
      ),
    ).toBeUndefined();
  });

  it('never calls it live when another revision is the completed one', () => {
    const stuck = service([{ ...ours({ rolloutState: 'COMPLETED' }), taskDefinition: OLD_REVISION }]);
    expect(judged([stuck, stuck])).toBeUndefined();
  });

  it('takes no tasks at all for live when none are wanted', () => {
    expect(judged([service([ours({ rolloutState: 'COMPLETED' })], { desiredCount: 0 })])).toMatchObject({
      kind: 'live',
    });
  });

  it('is not live while completed with tasks that are down', () => {
    const judge = judgeOf();
    expect(judged([service([ours({ rolloutState: 'COMPLETED', runningCount: 1 })])], judge)).toBeUndefined();
    expect(judge.completedButDown).toBe(true);
  });

  it('waits for the count when only that was changed', () => {
    const same = (runningCount: number) =>
      service([old({ status: 'PRIMARY', runningCount })], { desiredCount: 3 });
    const judge = new Judge(OLD, OLD_REVISION, baselineOf(before, new Set()));
    expect(judged([same(2), same(3)], judge)).toMatchObject({ kind: 'live', after: 2 });
  });
});

describe('with service deployments', () => {
  const both = service([ours(), old()]);

  it('serves when SUCCESSFUL, and is live when the old tasks are gone', () => {
    const judge = judgeOf();
    expect(judged([both], judge, [{ status: 'SUCCESSFUL' }])).toBeUndefined();
    expect(judge.serving).toBe(true);
    const done = service([ours({ rolloutState: 'COMPLETED', runningCount: 2 })]);
    expect(judged([done], judge, [{ status: 'SUCCESSFUL' }])).toMatchObject({ kind: 'live', drained: true });
  });

  it('is rolled back by what ECS says, with its reason', () => {
    const rollback: ServiceDeployment = {
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
    };
    const answers = [both, both, before];
    expect(
      judged(answers, judgeOf(), [
        { status: 'IN_PROGRESS' },
        rollback,
        { ...rollback, status: 'ROLLBACK_SUCCESSFUL' },
      ]),
    ).toEqual({
      kind: 'rolled-back',
      by: 'circuit-breaker',
      reason: rollback.statusReason,
      to: OLD_REVISION,
      after: 3,
    });
  });

  it('is rolled back by an alarm that was triggered', () => {
    const deployment: ServiceDeployment = {
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { triggeredAlarmNames: ['errors'] },
    };
    expect(judged([before], judgeOf(), [deployment])).toMatchObject({ kind: 'rolled-back', by: 'alarm' });
  });

  it('fails when stopped without a successor, or when the rollback fails', () => {
    expect(judged([both], judgeOf(), [{ status: 'STOPPED', statusReason: 'why' }])).toMatchObject({
      kind: 'failed',
      reason: 'why',
    });
    expect(judged([both], judgeOf(), [{ status: 'ROLLBACK_FAILED' }])).toMatchObject({ kind: 'failed' });
  });

  it('is superseded when stopped for a newer one', () => {
    const reason = 'Replaced by a new service deployment.';
    expect(judged([both], judgeOf(), [{ status: 'STOPPED', statusReason: reason }])).toMatchObject({
      kind: 'superseded',
    });
  });
});
