// The image by its digest, whoever pushed it.
import { digestOfTag } from '../lib/ecr.mjs';
import { input, notice, Refusal, runStep, setOutputs } from '../lib/workflow.mjs';

await runStep(async () => {
  const repository = input('REPOSITORY');
  const tag = input('TAG');
  const name = `${input('REGISTRY')}/${repository}`;
  let digest = process.env.DIGEST;
  if (process.env.BUILD === 'failure') {
    digest = await digestOfTag(repository, tag);
    if (digest === undefined)
      throw new Refusal(`The build of ${name}:${tag} failed: the log of the step before says why.`);
    notice(`Another run pushed ${name}:${tag} while this one built it; that image is used.`);
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest ?? '')) {
    throw new Refusal(`The digest of ${name} is "${digest ?? ''}": expected sha256: and 64 hex digits.`);
  }
  setOutputs({ image: `${name}@${digest}`, digest });
  process.stdout.write(`${name}@${digest}\n`);
});
