// Applies every stack whose plan is still the approved one, in order; ends at the first that is not.
import { reportOf } from '../lib/plan-report.mjs';
import { checkStateBucket, digestOf, stacksInOrder, withPlan } from '../lib/terraform.mjs';
import { addSummary, input, Refusal, runStep } from '../lib/workflow.mjs';

// Two merges at once: the second waits for the first one's lock.
const LOCK = ['-lock-timeout=15m'];

await runStep(async () => {
  const approved = JSON.parse(input('DIGESTS'));
  const stacks = stacksInOrder();
  const unplanned = stacks.filter((stack) => approved[stack] === undefined);
  if (unplanned.length > 0) throw new Refusal(`Nobody approved a plan of ${unplanned.join(', ')}.`);
  for (const stack of stacks.filter((each) => approved[each] !== 'none')) {
    await checkStateBucket(stack);
    withPlan(stack, LOCK, (plan, apply) => {
      if (digestOf(plan) !== approved[stack]) {
        addSummary(`## Not what was approved\n\n${reportOf(stack, plan).markdown}\n`);
        throw new Refusal(
          `The plan of ${stack} is no longer the one that was approved: something changed in the meantime, as another merge would. ` +
            'Run all jobs of this workflow again, and approve what it shows then.',
        );
      }
      apply();
    });
    addSummary(`Applied: \`${stack}\`\n`);
  }
});
