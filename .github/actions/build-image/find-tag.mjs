// The digest of the image that has TAG, if there is one: tags here never move.
import { digestOfTag } from '../lib/ecr.mjs';
import { input, runStep, setOutputs } from '../lib/workflow.mjs';

await runStep(async () => {
  const repository = input('REPOSITORY');
  const tag = input('TAG');
  const digest = await digestOfTag(repository, tag);
  setOutputs({ digest: digest ?? '' });
  process.stdout.write(
    digest === undefined
      ? `${repository} has no image with the tag ${tag} yet\n`
      : `${repository} has ${digest} with the tag ${tag}: it is used, and nothing is built\n`,
  );
});
