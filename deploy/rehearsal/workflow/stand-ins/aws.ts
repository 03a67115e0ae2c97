import { StepFailure } from '../errors';

/** Credentials and place of a step, from its variables. */
export interface AwsPlace {
  endpoint: string;
  accessKeyId: string;
  region: string;
}

/** @throws StepFailure where no step has signed in. */
export function awsPlace(env: Readonly<Record<string, string>>): AwsPlace {
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_REGION: region } = env;
  if (endpoint === undefined || accessKeyId === undefined || region === undefined) {
    throw new StepFailure(
      'Could not load credentials from any providers: aws-actions/configure-aws-credentials has to come before',
    );
  }
  return { endpoint, accessKeyId, region };
}

/** One call of an AWS JSON API, as the job. @throws StepFailure with AWS's message. */
export async function callAws(
  { endpoint, accessKeyId, region }: AwsPlace,
  service: { signingName: string; target: string },
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${service.target}.${operation}`,
      // The rehearsal reads who signs, and checks no signature.
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service.signingName}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as Record<string, unknown>;
  if (response.ok) return body;
  const { __type: type = response.status, message = body.Message } = body as {
    __type?: string;
    message?: string;
  };
  const code = String(type).replace(/^.*#/, '');
  throw new StepFailure(`${code}: ${typeof message === 'string' ? message : ''}`);
}

export const ecr = { signingName: 'ecr', target: 'AmazonEC2ContainerRegistry_V20150921' } as const;

/**
 * Takes a role with the job's identity token. STS wants no signature for that.
 * @throws StepFailure with AWS's message.
 */
export async function assumeRole(
  endpoint: string,
  input: { roleArn: string; sessionName: string; seconds: string; token: string },
): Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: input.roleArn,
    RoleSessionName: input.sessionName,
    DurationSeconds: input.seconds,
    WebIdentityToken: input.token,
  });
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: form.toString(),
  });
  const text = await response.text();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
  if (!response.ok)
    throw new StepFailure(
      `Could not assume role with OIDC: ${element('Message') || `status ${response.status}`}`,
    );
  return {
    accessKeyId: element('AccessKeyId'),
    secretAccessKey: element('SecretAccessKey'),
    sessionToken: element('SessionToken'),
  };
}
