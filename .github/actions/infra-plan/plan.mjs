// Plans every stack and says what each would do.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { github } from '../lib/github.mjs';
import { LABEL, reportOf } from '../lib/plan-report.mjs';
import { checkStateBucket, digestOf, stacksInOrder, withPlan } from '../lib/terraform.mjs';
import { addSummary, Refusal, runStep, setOutputs } from '../lib/workflow.mjs';

// The role that plans may not write, so it cannot take the lock.
const LOCK = ['-lock=false'];

await runStep(async () => {
  const directory = join(process.env.RUNNER_TEMP || tmpdir(), 'infra-report');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const stacks = stacksInOrder();
  for (const stack of stacks) await checkStateBucket(stack);
  const planned = stacks.map((stack) =>
    withPlan(stack, LOCK, (plan) => ({ stack, digest: digestOf(plan), ...reportOf(stack, plan) })),
  );
  const markdown = `## Plan\n\n${planned.map((each) => each.markdown).join('\n\n')}\n`;
  const changes = planned.some(({ digest }) => digest !== 'none');
  const destroys = planned.flatMap((each) => each.destroys);
  writeFileSync(join(directory, 'report.md'), markdown);
  writeFileSync(join(directory, 'result.json'), `${JSON.stringify({ changes, destroys })}\n`);
  addSummary(markdown);
  setOutputs({
    directory,
    changes,
    digests: JSON.stringify(Object.fromEntries(planned.map(({ stack, digest }) => [stack, digest]))),
  });
  if (destroys.length === 0 || process.env.REFUSE !== 'true' || (await labels()).includes(LABEL)) return;
  throw new Refusal(
    `This would destroy what holds data: ${destroys.join(', ')}. If that is meant, give the pull request the label ${LABEL}.`,
  );
});

async function labels() {
  const { LABELS = '', MERGED = '' } = process.env;
  const given = LABELS.split(',').filter(Boolean);
  if (MERGED === '') return given;
  const { body } = await github(`/repos/{repo}/commits/${MERGED}/pulls`);
  return [...given, ...body.flatMap((pull) => pull.labels.map(({ name }) => name))];
}
