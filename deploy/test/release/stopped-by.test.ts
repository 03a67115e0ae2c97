import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, type RunOptions, type TestService } from '../helpers/service';
import { deploy, outcome, serviceWith } from './service-with';

const mira = {
  GITHUB_ACTOR: 'mira',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'shop/web',
  GITHUB_RUN_ID: '7',
};
const runUrl = 'https://github.com/shop/web/actions/runs/7';

/** A deploy that never gets on, and what somebody else runs as soon as ECS is at work on it. */
async function overtaken(
  other: (service: TestService) => Promise<Ran>,
): Promise<{ ran: Ran; others: Ran; service: TestService }> {
  const service = await serviceWith('rolling');
  await deploy(service, 'ok-1');
  service.behave('sample/ok:2', { startsAfter: 600_000 });
  let others: Promise<Ran> | undefined;
  const ran = await deploy(service, 'ok-2', [], {
    onLine: ({ type }: { type: string }) => {
      if (type === 'progress') others ??= other(service);
    },
  });
  if (others === undefined) throw new Error('the deploy ended before anybody went back');
  return { ran, others: await others, service };
}

const back = (service: TestService, more: readonly string[] = [], options: RunOptions = { env: mira }) =>
  service.run(['rollback', 'staging', '--json', ...more], options);

it('names who rolled the deployment back, from where and why, to the run that was overtaken', async () => {
  const { ran, others } = await overtaken((service) => back(service, ['--reason', 'too slow: see #12']));
  expect(others.exitCode).toBe(0);
  expect(ran.exitCode).toBe(21);
  expect(outcome(ran)).toMatchObject({
    kind: 'rolled-back',
    by: 'person',
    // ECS takes no `#` in a tag.
    person: { actor: 'mira', runUrl, reason: 'too slow: see _12' },
  });
});

it('goes back all the same where it may not write that down, and says so', async () => {
  const { ran, others } = await overtaken(async (service) => {
    await service.rehearsal.faults.set('access-denied', { service: 'ecs', operations: ['TagResource'] });
    return back(service);
  });
  expect(others.exitCode).toBe(0);
  expect(others.lines).toContainEqual(
    expect.objectContaining({
      type: 'note',
      level: 'warning',
      message: expect.stringMatching(/^who goes back could not be written down/) as string,
    }),
  );
  expect(ran.exitCode).toBe(21);
  expect((outcome(ran) as { person?: object }).person).toBeUndefined();
});

it('says so where people read it, and believes nothing that was written of another deployment', async () => {
  const { service } = await overtaken((first) => back(first));
  const summary = join(service.directory, 'summary.md');
  writeFileSync(summary, '');
  let others: Promise<Ran> | undefined;
  const noor = { ...mira, GITHUB_ACTOR: 'noor', GITHUB_RUN_ID: '8' };
  const ran = await deploy(service, 'ok-2', ['--skip-check', 'all'], {
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    onLine: ({ type }: { type: string }) => {
      if (type === 'progress') others ??= back(service, [], { env: noor });
    },
  });
  expect((await others)?.exitCode).toBe(0);
  expect(outcome(ran)).toMatchObject({ kind: 'rolled-back', person: { actor: 'noor' } });
  expect(outcome(ran)['person']).not.toHaveProperty('reason');
  expect(readFileSync(summary, 'utf8')).toMatch(/was rolled back by noor, \S*actions\/runs\/8/);
});

it('is not asked for where the circuit breaker did it', async () => {
  const service = await serviceWith('rolling');
  await deploy(service, 'ok-1');
  const ran = await deploy(service, 'crash', ['--no-fail-fast']);
  expect(outcome(ran)).toMatchObject({ kind: 'rolled-back', by: 'circuit-breaker' });
  expect(outcome(ran)).not.toHaveProperty('person');
});
