import { knownCauses } from '../../src/causes/catalogue';
import { FAMILY, stage, type Shown, type Staged } from './rehearsed';
import { deployments } from './staged/deployments';
import { health } from './staged/health';
import { running } from './staged/running';
import { starts } from './staged/starts';

const staged = [...starts, ...running, ...health, ...deployments];

/** All at once: they wait for clocks most of the time. Each has an ECS of its own. */
const shown = new Map<Staged, Promise<Shown>>();
beforeAll(async () => {
  const queue = [...staged];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const outcome = stage(next);
      shown.set(next, outcome);
      await outcome.catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}, 60_000);

it.each(
  staged.map((each) => [`${each.known}${each.title === undefined ? '' : `: ${each.title}`}`, each] as const),
)('%s', async (_, each) => {
  const { ran, service } = await (shown.get(each) as Promise<Shown>);
  const { kind, explanation } = ran.result['outcome'] as {
    kind: string;
    explanation: { cause: string; fix: string; stoppedTasks: object[] };
  };
  const { exitCode = 21, certainty = 'certain' } = each;
  expect({ ...explanation, kind, exitCode: ran.exitCode }).toMatchObject({
    known: each.known,
    certainty,
    exitCode,
    kind: exitCode === 21 ? 'rolled-back' : 'in-progress',
    cause: expect.stringMatching(each.cause) as string,
    fix: expect.stringMatching(each.fix) as string,
  });
  if (each.evidence !== undefined) expect(explanation.stoppedTasks[0]).toMatchObject(each.evidence);
  // After a rollback the release before runs, all the time; while ECS still works it runs too.
  expect(service).toMatchObject({ runningCount: expect.any(Number) as number });
  if (exitCode === 21) {
    expect(service['taskDefinition']).toMatch(new RegExp(`${FAMILY}:1$`));
    expect(service['runningCount']).toBe(1);
  }
});

it('makes every known cause happen, but for those that only words can tell', () => {
  const made = new Set(staged.map(({ known }) => known));
  const left = knownCauses.map(({ name }) => name).filter((name) => !made.has(name));
  expect(left.sort()).toEqual([
    'cannot-be-placed',
    'host-retired',
    'image-architecture',
    'image-cannot-be-pulled',
    'image-denied',
    'load-balancer-health-check',
    'log-denied',
    'protected-from-scale-in',
    'volume-not-mounted',
  ]);
});
