// One comment, or one issue, that is brought up to date rather than followed by others.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { github, githubList } from '../lib/github.mjs';
import { input, runStep } from '../lib/workflow.mjs';

const MARKER = '<!-- slipway: infrastructure -->';
const TITLE = 'The infrastructure differs from main';
// GitHub takes 65,536 characters.
const LONGEST = 60_000;

await runStep(async () => {
  const directory = input('DIRECTORY');
  const pull = process.env.PULL_REQUEST ?? '';
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = process.env;
  const run = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  const file = join(directory, 'report.md');
  const failed = !existsSync(file);
  const report = failed ? '## Plan\n\nThe plan failed.' : readFileSync(file, 'utf8');
  const cut =
    report.length > LONGEST
      ? `${report.slice(0, report.lastIndexOf('\n', LONGEST))}\n\`\`\`\n\nThe rest is in the run.`
      : report;
  const body = `${MARKER}\n${cut}\n\n[The run](${run})\n`;
  if (pull !== '') return comment(pull, body);
  // Nothing is known of drift where the plan failed: the run itself is red.
  if (!failed) await issue(JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8')).changes, body);
});

async function comment(pull, body) {
  const comments = await githubList(`/repos/{repo}/issues/${pull}/comments`);
  const own = comments.find((each) => each.body?.startsWith(MARKER));
  if (own === undefined)
    await github(`/repos/{repo}/issues/${pull}/comments`, { method: 'POST', body: { body } });
  else await github(`/repos/{repo}/issues/comments/${own.id}`, { method: 'PATCH', body: { body } });
}

async function issue(differs, body) {
  const open = await githubList('/repos/{repo}/issues?state=open');
  const own = open.find((each) => each.pull_request === undefined && each.body?.startsWith(MARKER));
  if (!differs) {
    if (own !== undefined)
      await github(`/repos/{repo}/issues/${own.number}`, { method: 'PATCH', body: { state: 'closed' } });
    process.stdout.write('what is there is what main says\n');
    return;
  }
  if (own === undefined)
    await github('/repos/{repo}/issues', { method: 'POST', body: { title: TITLE, body } });
  else await github(`/repos/{repo}/issues/${own.number}`, { method: 'PATCH', body: { body } });
}
