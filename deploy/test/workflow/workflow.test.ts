import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JobRecord, RunRecord } from '../../rehearsal/workflow';

const slipway = join(__dirname, '..', '..', 'bin', 'slipway.js');
const scratch = mkdtempSync(join(tmpdir(), 'slipway-workflow-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

interface Result {
  exitCode: number;
  runs: RunRecord[];
  log: string;
}

/** Runs a workflow of a repository of its own, as anybody would. Files are by their path; `w` is the workflow. */
function rehearse(files: Record<string, string>, args: string[] = []): Promise<Result> {
  const root = mkdtempSync(join(scratch, 'repository-'));
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path === 'w' ? '.github/workflows/w.yml' : path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const command = [slipway, 'rehearse', 'workflow', '.github/workflows/w.yml', '--json', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root }, (error, stdout, log) => {
      const { runs = [] } = JSON.parse(stdout || '{}') as { runs?: RunRecord[] };
      resolve({ exitCode: error === null ? 0 : Number(error.code), runs, log });
    });
  });
}

function jobs({ runs: [run] }: Result): Record<string, JobRecord> {
  return Object.fromEntries((run?.jobs ?? []).map((job) => [job.name, job]));
}

const results = (result: Result) =>
  Object.fromEntries(Object.entries(jobs(result)).map(([name, { conclusion }]) => [name, conclusion]));

test('steps: files of the runner, masks, annotations, conditions, outputs, and text that is not changed on its way', async () => {
  const result = await rehearse(
    {
      w: `
on: { workflow_dispatch: { inputs: { who: { default: you }, count: { type: number, default: 2 }, loud: { type: boolean } } } }
run-name: For \${{ inputs.who }}
env: { WHERE: workflow }
jobs:
  one:
    runs-on: x
    env: { WHERE: job, SUM: "\${{ format('{0}-{1}', inputs.count, inputs.loud) }}" }
    outputs: { quote: "\${{ steps.say.outputs.quote }}", secret: "\${{ steps.say.outputs.secret }}" }
    steps:
      - id: say
        run: |
          echo "\${{ inputs.who }}: it's {braces} and 'quotes' and 'more'"
          echo "where=$WHERE sum=$SUM token=\${GITHUB_TOKEN-none}"
          { echo 'MANY<<END'; echo one; echo two; echo END; } >> "$GITHUB_ENV"
          echo "quote=it's" >> "$GITHUB_OUTPUT"
          echo "secret=hidden-value" >> "$GITHUB_OUTPUT"
          echo '## Said' >> "$GITHUB_STEP_SUMMARY"
          mkdir -p bin && printf '#!/bin/sh\\necho found by PATH' > bin/mine && chmod +x bin/mine && echo "$PWD/bin" >> "$GITHUB_PATH"
          echo "::add-mask::hidden-value"
      - { name: later, run: 'mine; echo "$MANY" | tail -1; echo hidden-value', env: { WHERE: step } }
      - { continue-on-error: true, run: "echo '::warning file=a.txt,line=3,title=T%3A::one%0Atwo'; exit 4" }
      - { name: sh, shell: sh, run: 'echo "\${{ job.status }} \${{ steps.say.conclusion }}"' }
      - { name: wrong, run: 'echo nothing >> "$GITHUB_OUTPUT"' }
      - { name: not any more, run: 'true' }
      - { name: on failure, if: failure(), run: 'echo "\${{ job.status }}"' }
      - { name: always, if: "\${{ always() && inputs.who == 'me' }}", run: 'true' }
`,
    },
    ['--input', 'who=me'],
  );

  const { one } = jobs(result);
  expect(result.exitCode).toBe(20);
  expect(result.runs[0]?.title).toBe('For me');
  const [say, later, tolerated, ...others] = one?.steps ?? [];
  expect(say?.log).toBe("me: it's {braces} and 'quotes' and 'more'\nwhere=job sum=2-false token=none\n");
  expect(later?.log).toBe('found by PATH\ntwo\n***\n');
  expect(tolerated).toMatchObject({ outcome: 'failure', conclusion: 'success' });
  expect(others.map(({ name, conclusion, log }) => [name, conclusion, log])).toEqual([
    ['sh', 'success', 'success success\n'],
    ['wrong', 'failure', expect.stringContaining("Invalid format 'nothing'")],
    ['not any more', 'skipped', ''],
    ['on failure', 'success', 'failure\n'],
    ['always', 'success', ''],
  ]);
  expect(one?.annotations).toContainEqual({
    level: 'warning',
    message: 'one\ntwo',
    title: 'T:',
    file: 'a.txt',
    line: 3,
  });
  expect(one?.outputs).toEqual({ quote: "it's" });
  expect(one?.summary).toBe('## Said\n');
});

test('jobs: needs, conditions near and far, a matrix, an environment that refuses, permissions', async () => {
  const result = await rehearse(
    {
      w: `
on: push
permissions: {}
jobs:
  fine: { runs-on: x, outputs: { list: '[1,2]' }, steps: [{ run: 'true' }] }
  bad: { runs-on: x, steps: [{ run: 'exit 3' }] }
  after-bad: { needs: bad, runs-on: x, steps: [{ run: 'true' }] }
  far-failure: { needs: after-bad, if: failure(), runs-on: x, steps: [{ run: 'true' }] }
  far-success: { needs: far-failure, runs-on: x, steps: [{ run: 'true' }] }
  always: { needs: [bad, fine], if: "always() && needs.bad.result == 'failure'", runs-on: x, steps: [{ run: 'echo "\${{ join(needs.*.result) }}"' }] }
  matrix:
    needs: fine
    strategy: { max-parallel: 1, matrix: { n: "\${{ fromJSON(needs.fine.outputs.list) }}", include: [{ n: 2, more: yes }] } }
    runs-on: x
    steps: [{ run: 'echo "\${{ matrix.n }} \${{ matrix.more }} \${{ strategy.job-total }}"; exit \${{ matrix.n == 1 && 1 || 0 }}' }]
  refused: { environment: { name: place, url: 'http://x' }, runs-on: x, steps: [{ run: 'true' }] }
  unsigned: { runs-on: x, steps: [{ run: 'echo "\${ACTIONS_ID_TOKEN_REQUEST_URL-no token}"' }, { uses: actions/checkout@v4 }] }
  signed:
    runs-on: x
    permissions: { id-token: write, actions: read }
    environment: open
    env: { GITHUB_TOKEN: "\${{ github.token }}" }
    steps:
      - run: |
          node -e '
            const ask = (url, token) => fetch(url, { headers: { authorization: "Bearer " + token } }).then((answer) => answer.json());
            const { env } = process;
            (async () => {
              const { value } = await ask(env.ACTIONS_ID_TOKEN_REQUEST_URL + "&audience=me", env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
              const claims = JSON.parse(Buffer.from(value.split(".")[1], "base64url"));
              console.log(claims.sub, claims.aud);
              const api = env.GITHUB_API_URL + "/repos/" + env.GITHUB_REPOSITORY;
              console.log((await ask(api + "/environments/open", env.GITHUB_TOKEN)).protection_rules.length);
              console.log((await ask(api + "/compare/main...main", env.GITHUB_TOKEN)).message);
            })();'
`,
    },
    ['--refuse', 'place', '--unprotected', 'open'],
  );

  expect(result.exitCode).toBe(20);
  expect(results(result)).toEqual({
    fine: 'success',
    bad: 'failure',
    'after-bad': 'skipped',
    'far-failure': 'success',
    'far-success': 'skipped',
    always: 'success',
    'matrix (1)': 'failure',
    'matrix (2, yes)': 'cancelled',
    refused: 'failure',
    unsigned: 'failure',
    signed: 'success',
  });
  const { always, refused, unsigned, signed } = jobs(result);
  expect(always?.steps[0]?.log).toBe('failure,success\n');
  expect(refused).toMatchObject({ steps: [], reason: 'The deployment to place was rejected by reviewer.' });
  expect(unsigned?.steps[0]?.log).toBe('no token\n');
  expect(unsigned?.steps[1]?.log).toContain('contents: read');
  const [subject, rules, refusal] = signed?.steps[0]?.log.split('\n') ?? [];
  expect(subject).toMatch(/^repo:rehearsal\/repository-\w+:environment:open me$/);
  expect(rules).toBe('0');
  expect(refusal).toContain('lacks the permission contents: read');
  expect(result.runs[0]?.deployments.map(({ environment, state }) => [environment, state])).toEqual([
    ['place', 'failure'],
    ['open', 'success'],
  ]);
});

test('actions and workflows of the repository, a sparse checkout, artifacts, two runs in one group', async () => {
  const result = await rehearse(
    {
      'a/x.txt': 'x',
      'b/y.txt': 'y',
      '.github/actions/outer/action.yml': `
name: outer
description: uses another
inputs: { word: { required: true, description: w }, more: { default: "\${{ github.actor }}", description: m } }
outputs: { text: { description: t, value: "\${{ steps.inner.outputs.text }}!" } }
runs:
  using: composite
  steps:
    - { id: inner, uses: ./.github/actions/inner, with: { word: "\${{ inputs.word }} of \${{ inputs.more }}" } }
`,
      '.github/actions/inner/action.yml': `
name: inner
description: says
inputs: { word: { description: w } }
outputs: { text: { description: t, value: "\${{ steps.x.outputs.text }}" } }
runs:
  using: composite
  steps:
    - { id: x, shell: bash, env: { WORD: "\${{ inputs.word }}" }, run: 'echo "text=$WORD" >> "$GITHUB_OUTPUT"; basename "$GITHUB_ACTION_PATH"' }
`,
      '.github/workflows/called.yml': `
on: { workflow_call: { inputs: { n: { type: number, required: true } }, outputs: { twice: { value: "\${{ jobs.inside.outputs.twice }}" } } } }
jobs:
  inside: { runs-on: x, outputs: { twice: "\${{ steps.s.outputs.t }}" }, steps: [{ id: s, run: 'echo "t=$((\${{ inputs.n }} * 2))" >> "$GITHUB_OUTPUT"' }] }
`,
      w: `
on: push
jobs:
  use:
    runs-on: x
    concurrency: { group: one, queue: max }
    outputs: { text: "\${{ steps.outer.outputs.text }}" }
    steps:
      - { uses: actions/checkout@v4, with: { sparse-checkout: "/.github/\\n/a/", sparse-checkout-cone-mode: false, persist-credentials: false } }
      - { run: 'ls; git rev-list --count HEAD; git config --get-regexp extraheader || echo no token' }
      - { id: outer, uses: ./.github/actions/outer, with: { word: hello } }
      - { run: 'mkdir out; echo kept > out/f.txt' }
      - { uses: actions/upload-artifact@v4, with: { name: kept, path: out } }
  call: { uses: ./.github/workflows/called.yml, with: { n: 4 } }
  last:
    needs: [use, call]
    runs-on: x
    steps:
      - { uses: actions/download-artifact@v4, with: { name: kept, path: in } }
      - { run: 'cat in/f.txt; echo "\${{ needs.use.outputs.text }} \${{ needs.call.outputs.twice }}"' }
`,
    },
    ['--commits', '2'],
  );

  expect(result.log).not.toContain('Error');
  expect(result.exitCode).toBe(0);
  expect(result.runs.map(({ number, conclusion }) => [number, conclusion])).toEqual([
    [1, 'success'],
    [2, 'success'],
  ]);
  const { use, last } = jobs(result);
  expect(use?.steps[1]?.log).toBe('a\n1\nno token\n');
  expect(use?.steps[2]?.log).toContain('inner');
  expect(last?.steps[1]?.log).toBe('kept\nhello of octocat! 8\n');
  expect(result.runs[0]?.sha).not.toBe(result.runs[1]?.sha);
});

test.each<[string, string, string[], number, string]>([
  [
    'an action without a stand-in, named with the list',
    'on: push\njobs: { a: { runs-on: x, steps: [{ uses: some/action@v1 }, { run: touch ran }] } }\n',
    [],
    10,
    'uses some/action@v1, for which there is no stand-in; there are actions/checkout',
  ],
  [
    'what the parser refuses',
    'on: push\njobs: { a: { runs-on: x, step: [] } }\n',
    [],
    10,
    "Unexpected value 'step'",
  ],
  [
    'an input that is missing',
    'on: { workflow_dispatch: { inputs: { why: { required: true } } } }\njobs: { a: { runs-on: x, steps: [{ run: "true" }] } }\n',
    [],
    40,
    'the input "why" is required',
  ],
  [
    'an input that is none of the choices',
    'on: { workflow_dispatch: { inputs: { to: { type: choice, options: [a, b] } } } }\njobs: { a: { runs-on: x, steps: [{ run: "true" }] } }\n',
    ['--input', 'to=c'],
    40,
    'the input "to" is "c", but a, b is wanted',
  ],
  [
    'an event that it has not',
    'on: push\njobs: { a: { runs-on: x, steps: [{ run: "true" }] } }\n',
    ['--event', 'schedule'],
    40,
    'has no trigger schedule',
  ],
])('refused before anything runs: %s', async (_what, text, args, exitCode, message) => {
  const result = await rehearse({ w: text }, args);
  expect(result.log).toContain(message);
  expect(result.exitCode).toBe(exitCode);
  expect(result.runs).toEqual([]);
});
