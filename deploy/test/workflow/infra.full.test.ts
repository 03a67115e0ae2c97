import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingForTerraform } from '../../rehearsal/apply/prerequisites';
import type { JobRecord, RunRecord, World as WorldType } from '../../rehearsal/workflow';
import { enforceSynthesised } from '../authorization/enforcement';
import { loadWorkflows } from './load';

const repository = join(__dirname, '..', '..', '..');
const INFRA = '.github/workflows/infra.yml';

/** The stacks of environments have load balancers, for which the provider waits a minute each: the foundation is enough. */
const onlyFoundation = [
  { file: INFRA, find: 'STACKS: foundation staging production', replace: 'STACKS: foundation' },
  { file: 'infra/main.ts', find: "new EnvironmentStack(app, 'staging', platform);", replace: '' },
  { file: 'infra/main.ts', find: "new EnvironmentStack(app, 'production', platform);", replace: '' },
];
const budget = (limit: number) => ({
  file: 'infra/environments/project.ts',
  replace: `import type { ProjectSettings } from '../settings/settings';

export const project: ProjectSettings = {
  name: 'slipway',
  budget: { limit: ${limit}, emails: ['ops@example.com'] },
};
`,
});

/** Another name takes the repository of images away. */
const otherService = ['staging', 'production'].map((name) => ({
  file: `infra/environments/${name}.ts`,
  find: "name: 'web'",
  replace: "name: 'site'",
}));

const missing = missingForTerraform();
const suite = missing.length === 0 ? describe : describe.skip;

suite(`infra.yml${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-infra-'));
  const interrupt = new AbortController();
  const played: Record<string, RunRecord> = {};
  /** Every request of a job is held to the policies of its role. */
  const enforcement = enforceSynthesised(join(scratch, 'world', 'cdktf.out'));
  let comments: string[] = [];
  let world: WorldType;

  beforeAll(async () => {
    const { World } = loadWorkflows(scratch);
    world = await World.open({
      source: repository,
      directory: join(scratch, 'world'),
      env: process.env,
      signal: interrupt.signal,
      terraform: ['foundation'],
      authorize: enforcement.authorize,
      environments: {
        'infrastructure-plan': { reviewers: [] },
        infrastructure: { reviewers: ['lead'], branches: ['main'] },
      },
    });
    await world.commit('only the foundation', onlyFoundation);
    const pull = await world.openPullRequest({ title: 'a budget', edits: [budget(200)] });
    const proposed = await world.start({ workflow: INFRA, event: 'pull_request', pullRequest: pull.number });
    played.proposed = await proposed.finished;
    comments = world.records.comments.filter(({ issue }) => issue === pull.number).map(({ body }) => body);
    await world.merge(pull);
    const push = (approve: 'approved' | 'refused') =>
      world.start({ workflow: INFRA, event: 'push', approvals: () => approve });
    played.refused = await (await push('refused')).finished;
    played.merged = await (await push('approved')).finished;
    played.again = await (await push('approved')).finished;
    played.drift = await (await world.start({ workflow: INFRA, event: 'schedule' })).finished;
    for (const [name, labels] of [
      ['destroying', []],
      ['labelled', ['destroys-data']],
    ] as const) {
      const { number } = await world.openPullRequest({ title: name, edits: otherService, labels });
      played[name] = await (
        await world.start({ workflow: INFRA, event: 'pull_request', pullRequest: number })
      ).finished;
    }
  });

  afterAll(async () => {
    await world?.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  const job = (name: string, id: string): JobRecord => {
    const found = played[name]?.jobs.find((one) => one.id === id);
    if (found === undefined) throw new Error(`${name} has no job ${id}`);
    return found;
  };
  const conclusions = (name: string) =>
    Object.fromEntries(played[name]?.jobs.map(({ id, conclusion }) => [id, conclusion]) ?? []);

  test('a pull request gets the plan as one comment, and changes nothing', () => {
    expect(conclusions('proposed')).toMatchObject({ plan: 'success', report: 'success', apply: 'skipped' });
    expect(comments).toHaveLength(1);
    expect(comments[0]).toContain('aws_budgets_budget.budget');
  });

  test('what nobody approved is not applied', () => {
    expect(conclusions('refused')).toMatchObject({ plan: 'success', apply: 'failure' });
  });

  test('what was approved is applied on main, and then nothing is left to do', () => {
    expect(conclusions('merged')).toMatchObject({ plan: 'success', apply: 'success' });
    expect(job('merged', 'apply').summary).toContain('Applied: `foundation`');
    expect(job('again', 'plan').outputs.changes).toBe('false');
    expect(conclusions('again')).toMatchObject({ plan: 'success', apply: 'skipped' });
  });

  test('the look at drift finds none', () => {
    expect(conclusions('drift')).toMatchObject({ plan: 'success', report: 'success', apply: 'skipped' });
    expect(world.records.issues).toEqual([]);
  });

  test('what holds data is destroyed only with the label that says so', () => {
    expect(conclusions('destroying')).toMatchObject({ plan: 'failure', report: 'success' });
    const [annotation] = job('destroying', 'plan').annotations;
    expect(annotation?.message).toMatch(/^This would destroy what holds data: .*aws_ecr_repository/);
    expect(conclusions('labelled')).toMatchObject({ plan: 'success' });
  });

  test('the roles of infrastructure are enough: no job was refused anything', () => {
    expect(enforcement.mistaken).toEqual([]);
    // Where it may not check its credentials, as before an emulator, the provider asks IAM who it is, and then STS.
    expect(enforcement.refused.filter((act) => !act.endsWith(' iam:GetUser'))).toEqual([]);
    expect(enforcement.done().length).toBeGreaterThan(0);
  });
});
