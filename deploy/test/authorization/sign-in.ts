export const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** What GitHub signs for a job. */
export interface Identity {
  /** What follows `repo:OWNER/NAME:`, e.g. `environment:staging`. */
  subject: string;
  repository?: string;
  audience?: string;
  issuer?: string;
  /** More of them. */
  claims?: Readonly<Record<string, string>>;
}

/** A token as GitHub's, whose signature nobody checks. */
export function tokenFor(identity: Identity): string {
  const {
    subject,
    repository = 'octo/shop',
    audience = 'sts.amazonaws.com',
    issuer = 'https://token.actions.githubusercontent.com',
    claims = {},
  } = identity;
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const payload = { iss: issuer, aud: audience, sub: `repo:${repository}:${subject}`, repository, ...claims };
  return `${encode({ alg: 'none' })}.${encode(payload)}.`;
}

/** AssumeRoleWithWebIdentity over the wire. */
export async function assume(
  endpoint: string,
  role: string,
  identity: Identity,
): Promise<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_SESSION_TOKEN', string>> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: roleArn(role),
      RoleSessionName: 'GitHubActions',
      WebIdentityToken: tokenFor(identity),
    }),
  });
  const text = await answer.text();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
  if (!answer.ok) throw new Error(`${answer.status} ${element('Code')}: ${element('Message')}`);
  return {
    AWS_ACCESS_KEY_ID: element('AccessKeyId'),
    AWS_SECRET_ACCESS_KEY: element('SecretAccessKey'),
    AWS_SESSION_TOKEN: element('SessionToken'),
  };
}
