import { randomUUID } from 'node:crypto';
import { ApiProblem } from './http';
import type { Tokens } from './tokens';

const ISSUER = 'https://token.actions.githubusercontent.com';
const FIVE_MINUTES = 300;

export interface SubjectSource {
  repository: string;
  environment: string | undefined;
  event: string;
  ref: string;
}

/**
 * The classic subject of a job. One with an environment says that, and its branch no longer.
 * Source: docs.github.com, "OpenID Connect reference".
 */
export function subjectOf({ repository, environment, event, ref }: SubjectSource): string {
  if (environment !== undefined) return `repo:${repository}:environment:${environment}`;
  return event === 'pull_request' ? `repo:${repository}:pull_request` : `repo:${repository}:ref:${ref}`;
}

/** A token with GitHub's claims. Nobody signed it: the rehearsal's STS reads claims and checks no signature. */
export function identityToken(claims: Readonly<Record<string, string>>, audience: string): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    jti: randomUUID(),
    aud: audience,
    iss: ISSUER,
    ...claims,
    nbf: now - 60,
    iat: now,
    exp: now + FIVE_MINUTES,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256', kid: 'rehearsal' })}.${part(payload)}.${Buffer.from('not signed').toString('base64url')}`;
}

/** Answers `ACTIONS_ID_TOKEN_REQUEST_URL`, for steps that ask by themselves; undefined for another path. */
export function answerIdentityToken(
  tokens: Tokens,
  authorization: string | undefined,
  url: URL,
): { value: string } | undefined {
  if (url.pathname !== '/identity-token') return undefined;
  const holder = tokens.holderOf(authorization);
  if (holder?.permissions['id-token'] !== 'write') throw new ApiProblem(401, 'Bad credentials');
  const audience = url.searchParams.get('audience') ?? `https://github.com/${holder.claims.repository_owner}`;
  return { value: identityToken(holder.claims, audience) };
}
