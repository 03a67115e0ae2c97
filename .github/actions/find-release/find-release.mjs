// The image of SHA, if GitHub records a deployment of it to DEPLOYED_TO that succeeded.
import { github, githubList } from '../lib/github.mjs';
import { readPlace } from '../lib/place.mjs';
import { input, Refusal, runStep, setOutputs } from '../lib/workflow.mjs';

await runStep(async () => {
  const sha = input('SHA');
  if (!/^[0-9a-f]{40}$/.test(sha))
    throw new Refusal(`The commit is "${sha}": give all 40 digits of its sha.`);
  const { registry } = readPlace();
  const environment = input('DEPLOYED_TO');
  const deployments = await githubList(
    `/repos/{repo}/deployments?sha=${sha}&environment=${encodeURIComponent(environment)}`,
  );
  for (const { id } of deployments) {
    const { body } = await github(`/repos/{repo}/deployments/${id}/statuses?per_page=100`);
    // A later deployment turns the success of this one into "inactive"; the success stays in the list.
    if (!body.some(({ state }) => state === 'success')) continue;
    const image = `${registry}/${input('REPOSITORY')}:${sha}`;
    setOutputs({ image });
    process.stdout.write(`${environment} had ${sha}: ${image}\n`);
    return;
  }
  throw new Refusal(
    `${environment} never had ${sha.slice(0, 7)}: GitHub records ${deployments.length === 0 ? 'no deployment' : 'no successful deployment'} ` +
      `of it there. Merge it to main first, or name a commit that the environment ${environment} lists.`,
  );
});
