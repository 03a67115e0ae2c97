import { StepFailure } from '../errors';
import { assumeRole, awsPlace, callAws, ecr } from './aws';
import type { StandIn } from './stand-in';

/** How long a job of the runner's action is signed in without `role-duration-seconds`. */
const HOUR = '3600';

export const configureAwsCredentials: StandIn = {
  name: 'aws-actions/configure-aws-credentials',
  summary:
    "takes the role at the rehearsal's STS, with an identity token that has GitHub's claims; the access key then stands for the role",
  async run({ world, job, input, log, mask, setOutput, setEnvironment }) {
    const roleArn = input('role-to-assume');
    if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(roleArn)) {
      throw new StepFailure(
        `role-to-assume is "${roleArn}": the ARN of a role is wanted. Stored keys (aws-access-key-id) cannot be rehearsed`,
      );
    }
    const region = input('aws-region');
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new StepFailure(`Region is not valid: ${region}`);
    const token = job.identityToken(input('audience', 'sts.amazonaws.com'));
    mask(token);
    const { endpoint, environment, accountId } = await world.aws();
    const session = input('role-session-name', 'GitHubActions').replace(/[^\w+=,.@-]/g, '_');
    const { accessKeyId, secretAccessKey, sessionToken } = await assumeRole(endpoint, {
      roleArn,
      sessionName: session,
      seconds: input('role-duration-seconds', HOUR),
      token,
    });
    for (const secret of [accessKeyId, secretAccessKey, sessionToken]) mask(secret);
    if (input('mask-aws-account-id', 'false') === 'true') mask(accountId);
    for (const [name, value] of Object.entries({
      ...environment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    }))
      setEnvironment(name, value);
    setOutput('aws-account-id', roleArn.split(':')[4] ?? '');
    log(`Authenticated as ${roleArn.replace(/^.*:role\//, '')}, session ${session}`);
  },
};

export const amazonEcrLogin: StandIn = {
  name: 'aws-actions/amazon-ecr-login',
  summary: "asks the rehearsal's ECR for a token, with the job's role",
  async run({ world, job, env, log, mask, setOutput }) {
    const answer = await callAws(awsPlace(env), ecr, 'GetAuthorizationToken', {});
    const [data] = answer.authorizationData as { authorizationToken: string; proxyEndpoint: string }[];
    if (data !== undefined) mask(data.authorizationToken);
    const { registry } = (await world.platform()).rehearsal.images;
    job.registries.add(registry);
    setOutput('registry', registry);
    log(`Logged in to ${registry}`);
  },
};

export const dockerLogin: StandIn = {
  name: 'docker/login-action',
  summary: 'remembers that the job has logged in; to ECR with the token that the role gets',
  async run({ world, job, env, input, log, mask }) {
    const registry = input('registry', 'docker.io');
    const isEcr = /\.dkr\.ecr\./.test(registry);
    if (isEcr) {
      await callAws(awsPlace(env), ecr, 'GetAuthorizationToken', {});
      const own = (await world.platform()).rehearsal.images.registry;
      if (registry !== own)
        throw new StepFailure(
          `login attempt to https://${registry}/v2/ failed: the account's registry is ${own}`,
        );
    } else if (input('username') === '' || input('password') === '') {
      throw new StepFailure('Username and password required');
    }
    if (input('password') !== '') mask(input('password'));
    job.registries.add(registry);
    log(`Logged in to ${registry}`);
  },
};
