// Fails unless ENVIRONMENT has required reviewers.
import { github } from '../lib/github.mjs';
import { input, Refusal, runStep } from '../lib/workflow.mjs';

await runStep(async () => {
  const name = input('ENVIRONMENT');
  const { body } = await github(`/repos/{repo}/environments/${encodeURIComponent(name)}`, { accept: [404] });
  const rules = Array.isArray(body?.protection_rules) ? body.protection_rules : [];
  const reviewers = rules
    .filter(({ type }) => type === 'required_reviewers')
    .flatMap((rule) => rule.reviewers ?? [{}]);
  if (reviewers.length === 0) {
    throw new Refusal(
      `The environment ${name} has no required reviewers, so nobody was asked. Add them in Settings > Environments > ${name}, ` +
        'then run this job again. GitHub has none for private repositories outside of Enterprise: ' +
        (process.env.OTHERWISE || 'this step cannot be had there.'),
    );
  }
  const names = reviewers.map(
    ({ reviewer }) => reviewer?.login ?? reviewer?.slug ?? reviewer?.name ?? 'somebody',
  );
  process.stdout.write(`${name} asks ${names.join(', ')}\n`);
});
