// The ARN of ROLE and the host of the registry.
import { appendFileSync } from 'node:fs';
import { readPlace } from '../lib/place.mjs';
import { input, runStep, setOutputs } from '../lib/workflow.mjs';

await runStep(() => {
  const { account, partition, registry } = readPlace();
  setOutputs({ role: `arn:${partition}:iam::${account}:role/${input('ROLE')}`, registry });
  if (process.env.GITHUB_ENV) appendFileSync(process.env.GITHUB_ENV, `AWS_ACCOUNT_ID=${account}\n`);
});
