// Lays the commit SHA beside the one that runs in ENVIRONMENT, as the release record of the running revision tells it.
import { execFileSync } from 'node:child_process';
import { github } from '../lib/github.mjs';
import {
  addSummary,
  escapeMarkdown,
  input,
  Refusal,
  runStep,
  setOutputs,
  warning,
} from '../lib/workflow.mjs';

const SHOWN = 20;

await runStep(async () => {
  const environment = input('ENVIRONMENT');
  const sha = input('SHA');
  const refuses = process.env.REFUSE_OLDER === 'true';
  const running = runningCommit(environment);
  if (running === undefined) {
    setOutputs({ running: '', relation: 'unknown' });
    process.stdout.write(
      `${environment} runs no release whose commit is known: there is nothing to compare with\n`,
    );
    return;
  }
  const { relation, ahead, commits, url } = await compare(running, sha);
  setOutputs({ running, relation });
  const short = `${running.slice(0, 7)}, which runs in ${environment}`;
  const sentence = {
    ahead: `${sha.slice(0, 7)} is ${ahead === 1 ? 'one commit' : `${ahead} commits`} ahead of ${short}`,
    identical: `${sha.slice(0, 7)} runs in ${environment} already`,
    behind: `${sha.slice(0, 7)} is older than ${short}`,
    diverged: `${sha.slice(0, 7)} does not contain ${short}`,
    unknown: `GitHub cannot compare ${sha.slice(0, 7)} with ${short}`,
  }[relation];
  process.stdout.write(`${sentence}\n`);
  addSummary(markdown(sentence, commits, url));
  if (relation === 'ahead' || relation === 'identical') return;
  if (!refuses) return warning(`${sentence}.`);
  throw new Refusal(
    `${sentence}. This run would take the newer release away, so it is refused: another run was faster, or this one was approved late. ` +
      'To go back, use the workflow rollback. To release this commit all the same, run the workflow deploy by hand with ' +
      '"also over a newer release".',
  );
});

/** Undefined where the service does not exist yet, or its release has no record. */
function runningCommit(environment) {
  let text;
  try {
    text = execFileSync('slipway', ['status', environment, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      // This step has a summary and outputs of its own.
      env: { ...process.env, GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '' },
    });
  } catch (error) {
    throw new Refusal(
      `slipway status ${environment} ended with ${error.status ?? error.code}: what runs is not known.`,
    );
  }
  const last = JSON.parse(text.trim().split('\n').at(-1) ?? '{}');
  const result = last.result ?? last;
  const found = (result.results ?? [result])
    .map((one) => one.record?.gitSha)
    .find((one) => typeof one === 'string');
  return /^[0-9a-f]{7,40}$/.test(found ?? '') ? found : undefined;
}

async function compare(base, head) {
  const { status, body } = await github(`/repos/{repo}/compare/${base}...${head}`, { accept: [404] });
  if (status === 404) return { relation: 'unknown', commits: [], url: undefined };
  return { relation: body.status, ahead: body.ahead_by, commits: body.commits ?? [], url: body.html_url };
}

function markdown(sentence, commits, url) {
  const newest = [...commits].reverse();
  const lines = newest.slice(0, SHOWN).map(({ sha, commit }) => {
    const [title = ''] = (commit?.message ?? '').split('\n');
    return `- \`${sha.slice(0, 7)}\` ${escapeMarkdown(title)} (${escapeMarkdown(commit?.author?.name ?? 'unknown')})`;
  });
  if (newest.length > SHOWN) lines.push(`- and ${newest.length - SHOWN} more`);
  const link = url ? ` ([compare](${url}))` : '';
  return [
    `### Commits`,
    `${escapeMarkdown(sentence)}${link}`,
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    '',
  ].join('\n\n');
}
