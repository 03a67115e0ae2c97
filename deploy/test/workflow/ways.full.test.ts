import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  JobRecord,
  RunEvent,
  RunRecord,
  World as WorldType,
  WorkflowRun,
} from '../../rehearsal/workflow';
import { enforceSynthesised } from '../authorization/enforcement';
import { loadWorkflows } from './load';

const repository = join(__dirname, '..', '..', '..');
const DEPLOY = '.github/workflows/deploy.yml';
const ROLLBACK = '.github/workflows/rollback.yml';

/** The app's slowest tests have run with the first commit; what the ways are about is behind them. */
const quickTests = ['main', 'serve', 'dockerfile', 'application', 'definitions'].map((name) => ({
  file: `app/test/${name}.test.ts`,
  replace: "test('has run before', () => undefined);\n",
}));

/** A setting that is missing, as a container finds out when it starts. */
const crash = (where: string) => ({
  file: 'app/src/settings.ts',
  find: 'const problems: string[] = [];',
  replace: `const problems: string[] = environment.ECS_CONTAINER_METADATA_URI_V4 && ${where} ? ['DATABASE_URL is not set'] : [];`,
});

const scratch = mkdtempSync(join(tmpdir(), 'slipway-ways-'));
const interrupt = new AbortController();
const played: Record<string, RunRecord> = {};
const shas: Record<string, string> = {};
const served: Record<string, { staging: string; production: string }> = {};
/** Jobs that began to deploy to an environment while another was at it. */
const overlaps: string[] = [];
/** Every request of a job is held to the policies of its role, and every sign-in to that role's trust. */
const enforcement = enforceSynthesised(join(scratch, 'world', 'cdktf.out'));
let world: WorldType;

beforeAll(async () => {
  const { World } = loadWorkflows(scratch);
  world = await World.open({
    source: repository,
    directory: join(scratch, 'world'),
    env: process.env,
    signal: interrupt.signal,
    speed: 60,
    authorize: enforcement.authorize,
    listener: watchOverlaps(),
    environments: {
      staging: { reviewers: [] },
      'production-plan': { reviewers: [] },
      'production-approval': { reviewers: ['lead'] },
      production: { reviewers: [], branches: ['main'] },
    },
  });
  await play();
});

afterAll(async () => {
  await world?.close();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

function watchOverlaps(): (event: RunEvent) => void {
  const busy = new Map<string, number>();
  return (event) => {
    if (event.kind !== 'job started' && event.kind !== 'job ended') return;
    const { job: one, run: of } = event;
    if (!['staging', 'production'].includes(one.id)) return;
    if (event.kind === 'job ended') {
      if (busy.get(one.id) === of.id) busy.delete(one.id);
      return;
    }
    if (busy.has(one.id)) overlaps.push(`${one.id} of run ${of.number}`);
    busy.set(one.id, of.id);
  };
}

/** All ways in one world, in an order in which each finds what it needs. */
async function play(): Promise<void> {
  const settings = await original('app/src/settings.ts');
  const merge = async (name: string, edits: { file: string; find?: string; replace: string }[] = []) => {
    const mark = { file: 'app/RELEASE', replace: `${name}\n` };
    shas[name] = await world.commit(name, [
      { file: 'app/src/settings.ts', replace: settings },
      ...edits,
      mark,
    ]);
  };
  const push = (name: string, approve: 'approved' | 'refused' | 'wait' = 'approved') =>
    world.start({ workflow: DEPLOY, event: 'push', sha: shas[name]!, approvals: () => approve });
  const end = async (name: string, run: WorkflowRun) => {
    played[name] = await run.finished;
    served[name] = { staging: await versionOf('staging'), production: await versionOf('production') };
  };
  const rollBack = (inputs: Record<string, string>) =>
    world.start({ workflow: ROLLBACK, inputs: { environment: 'production', reason: 'a test', ...inputs } });

  await merge('first');
  await end('first', await push('first'));

  await merge('broken', [...quickTests, crash('true')]);
  await merge('refused', []);
  const broken = await push('broken');
  await broken.until(begins('staging'));
  const refused = await push('refused', 'refused');
  await end('broken', broken);
  await end('refused', refused);

  for (const name of ['older', 'second', 'third']) await merge(name);
  // The next merge comes while the one before is at work; one that overtook it in staging would have it refused there.
  const older = await push('older', 'wait');
  await older.until(begins('staging'));
  const second = await push('second', 'wait');
  await second.until(begins('staging'));
  const third = await push('third', 'wait');
  const [asksOlder, asksSecond, asksThird] = await Promise.all(
    [older, second, third].map((run) => run.pending('production-approval')),
  );
  const started = second.until(begins('production'));
  asksSecond!.decide('approved');
  await started;
  asksThird!.decide('approved');
  await end('second', second);
  await end('third', third);
  asksOlder!.decide('approved');
  await end('older', older);

  await merge('crashing', [crash("environment.LOG_LEVEL !== 'debug'")]);
  await end('crashing', await push('crashing'));

  await end('dry run', await rollBack({ target: 'last-good', dry_run: 'true' }));
  await end('unknown', await rollBack({ target: 'deadbeef' }));
  await end('previous', await rollBack({ target: 'last-good' }));
  await end('to a sha', await rollBack({ target: shas.first! }));

  await merge('overtaken');
  const { rehearsal } = await world.platform();
  const overtaken = await push('overtaken', 'wait');
  const asks = await overtaken.pending('production-approval');
  await rehearsal.faults.set('slow-start', { delay: 60_000 });
  const rolling = overtaken.until(
    (event) => event.kind === 'line' && event.job.id === 'production' && event.line.includes('rolls out as'),
  );
  asks.decide('approved');
  await rolling;
  await end('during', await rollBack({ target: 'last-good' }));
  await rehearsal.faults.clear();
  await end('overtaken', overtaken);
}

const begins = (job: string) => (event: RunEvent) => event.kind === 'job started' && event.job.id === job;

async function original(file: string): Promise<string> {
  return (await world.origin.read('main', file)) ?? '';
}

/** The commit that an environment serves. */
async function versionOf(environment: string): Promise<string> {
  const url = (await world.platform()).serviceUrl(environment);
  const text = await (await fetch(new URL('/version', url))).text();
  return Object.entries(shas).find(([, sha]) => text.includes(sha))?.[0] ?? text;
}

function run(name: string): RunRecord {
  const found = played[name];
  if (found === undefined) throw new Error(`the way "${name}" was not played`);
  return found;
}

function job(name: string, id: string): JobRecord {
  const found = run(name).jobs.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${name} has no job ${id}`);
  return found;
}

const conclusions = (name: string) =>
  Object.fromEntries(
    run(name)
      .jobs.filter(({ id }) => id !== 'released')
      .map(({ id, conclusion }) => [id, conclusion]),
  );

const messages = (one: JobRecord) => one.annotations.map(({ message }) => message).join('\n');

test('green: one image, by digest, from staging to production, with the plan in the summary of the run', () => {
  expect(conclusions('first')).toEqual({
    test: 'success',
    build: 'success',
    staging: 'success',
    plan: 'success',
    approval: 'success',
    production: 'success',
  });
  expect(run('first').conclusion).toBe('success');
  expect(served.first).toEqual({ staging: 'first', production: 'first' });
  const { image } = job('first', 'build').outputs;
  expect(image).toMatch(
    /^123456789012\.dkr\.ecr\.ap-northeast-1\.amazonaws\.com\/slipway\/web@sha256:[0-9a-f]{64}$/,
  );
  expect(job('first', 'plan').summary).toContain('Plan for web in production');
  expect(job('first', 'production').summary).toContain('LIVE');
});

test('green: the list of deployments shows environment, address and state', () => {
  const { deployments } = run('first');
  const shown = deployments.map(({ environment, states }) => [environment, ...states]);
  expect(shown).toContainEqual(['staging', 'in_progress', 'success', 'inactive']);
  expect(shown).toContainEqual(['production', 'in_progress', 'success', 'inactive']);
  expect(deployments.find(({ environment }) => environment === 'production')?.url).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+/,
  );
});

test('staging fails: it goes back by itself, says why, and production is never asked', () => {
  expect(conclusions('broken')).toMatchObject({
    build: 'success',
    staging: 'failure',
    plan: 'skipped',
    approval: 'skipped',
    production: 'skipped',
  });
  expect(run('broken').conclusion).toBe('failure');
  expect(run('broken').deployments.map(({ environment, state }) => `${environment} ${state}`)).toEqual([
    'staging failure',
  ]);
  expect(job('broken', 'staging').summary).toContain('DATABASE\\_URL is not set');
  expect(served.broken?.production).toBe('first');
});

test('approval refused: production stays as it is', () => {
  expect(conclusions('refused')).toMatchObject({
    staging: 'success',
    plan: 'success',
    approval: 'failure',
    production: 'skipped',
  });
  expect(job('refused', 'approval').reason).toContain('rejected by lead');
  expect(served.refused).toEqual({ staging: 'refused', production: 'first' });
});

test('two merges at once reach production one after the other', () => {
  for (const name of ['second', 'third'])
    expect(conclusions(name)).toMatchObject({ staging: 'success', production: 'success' });
  expect(served.third?.production).toBe('third');
  expect(overlaps).toEqual([]);
});

test('an older run that is approved late is refused, and production keeps the newer release', () => {
  expect(conclusions('older')).toMatchObject({ approval: 'success', production: 'failure' });
  expect(messages(job('older', 'production'))).toMatch(
    /is older than .*which runs in production.*approved late/,
  );
  expect(job('older', 'production').steps.find(({ name }) => name === 'Deploy')?.conclusion).toBe('skipped');
  expect(served.older?.production).toBe('third');
});

test('a crash in production rolls back by itself and fails the run, with its cause in the summary', () => {
  expect(conclusions('crashing')).toMatchObject({ staging: 'success', production: 'failure' });
  const { summary, steps, annotations } = job('crashing', 'production');
  expect(steps.find(({ name }) => name === 'Deploy')?.outputs).toMatchObject({
    outcome: 'rolled-back',
    'exit-code': '21',
  });
  expect(summary).toContain('ROLLED BACK');
  expect(summary).toContain('DATABASE\\_URL is not set');
  expect(annotations).toContainEqual(
    expect.objectContaining({
      level: 'error',
      file: 'app/ecs/task-definition.json',
      line: expect.any(Number) as number,
    }),
  );
  expect(served.crashing).toEqual({ staging: 'crashing', production: 'third' });
  expect(run('crashing').deployments.find(({ environment }) => environment === 'production')?.state).toBe(
    'failure',
  );
});

test('a dry run of the rollback says what would happen, and changes nothing', () => {
  expect(run('dry run').conclusion).toBe('success');
  expect(run('dry run').title).toContain('(dry run)');
  expect(served['dry run']?.production).toBe('third');
});

test('a rollback to a commit that was never released is refused before anything happens', () => {
  expect(run('unknown').conclusion).toBe('failure');
  expect(messages(job('unknown', 'rollback'))).toMatch(/no revision .* was released from commit deadbeef/);
  expect(served.unknown?.production).toBe('third');
});

test('a rollback goes to the release before, and to a commit, without a build or an approval', () => {
  expect(run('previous').conclusion).toBe('success');
  expect(served.previous?.production).toBe('second');
  expect(run('to a sha').conclusion).toBe('success');
  expect(served['to a sha']?.production).toBe('first');
  expect(job('previous', 'rollback').summary).toContain('Reason given by octocat');
  const steps = job('previous', 'rollback').steps.map(({ name }) => name);
  expect(steps.filter((name) => /build|install/i.test(name))).toEqual([]);
});

test('a rollback stops the deployment that is under way, whose run says so', () => {
  expect(run('during').conclusion).toBe('success');
  expect(conclusions('overtaken')).toMatchObject({ approval: 'success', production: 'failure' });
  expect(job('overtaken', 'production').summary).toMatch(/was rolled back by octocat .*actions\/runs\/\d+/);
  expect(served.overtaken).toEqual({ staging: 'overtaken', production: 'first' });
});

test('the roles of infrastructure are enough: no job was refused anything', () => {
  expect(enforcement.mistaken).toEqual([]);
  expect(enforcement.refused).toEqual([]);
  expect(enforcement.done().length).toBeGreaterThan(0);
});
