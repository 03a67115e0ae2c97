// After a refused sign-in: what this job's token says of itself, since AWS says only "not authorized".
import { notice, Refusal, runStep } from '../lib/workflow.mjs';

await runStep(async () => {
  const {
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
    ROLE: role,
  } = process.env;
  if (!url || !token) {
    throw new Refusal(
      `This job may not ask for a token, so it cannot take ${role}: it needs "permissions: id-token: write".`,
    );
  }
  const response = await fetch(`${url}&audience=sts.amazonaws.com`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(15_000),
  });
  const { value = '' } = response.ok ? await response.json() : {};
  const claims = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString() || '{}');
  notice(
    `This job asked for ${role} as "${claims.sub ?? 'nobody'}". The role is there only after "npx cdktf apply" of foundation and of the ` +
      'environment, and its trust policy must hold this subject: see github in infra/environments/project.ts ' +
      '(ownerId and repositoryId, where the subject holds numbers).',
  );
});
