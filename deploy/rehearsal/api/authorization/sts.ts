import { Buffer } from 'node:buffer';
import { ApiError, type Message } from '../operation';
import { text, type ConditionContext, type ServiceActs } from './acts';

/** Source: Service Authorization Reference, AWS Security Token Service. Who a role trusts is its own policy's matter. */
export const sts: ServiceActs = {
  prefix: 'sts',
  resources: {
    AssumeRole: (input) => [text(input, 'RoleArn')],
    AssumeRoleWithWebIdentity: (input) => [text(input, 'RoleArn')],
  },
  context: ({ input, operation }) =>
    operation === 'AssumeRoleWithWebIdentity'
      ? claimContext(webIdentity(input))
      : { 'sts:RoleSessionName': text(input, 'RoleSessionName') },
};

/** What a token says of its bearer. */
export interface WebIdentity {
  /** Without `https://`. */
  issuer: string;
  claims: Readonly<Record<string, unknown>>;
}

/**
 * The claims of a web identity token. Its signature is not checked.
 * @throws ApiError `InvalidIdentityToken` where it is no JSON web token.
 */
export function webIdentity(input: Message): WebIdentity {
  const [, payload = ''] = text(input, 'WebIdentityToken').split('.');
  let claims: Record<string, unknown>;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    throw new ApiError(
      'InvalidIdentityToken',
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
  return { issuer: text(claims, 'iss').replace(/^https:\/\//, ''), claims };
}

/** `HOST:sub`, `HOST:aud` and all other claims of a token, as condition keys. */
function claimContext({ issuer, claims }: WebIdentity): ConditionContext {
  const values = Object.entries(claims).filter(([, value]) => typeof value === 'string' || isTexts(value));
  return Object.fromEntries(
    values.map(([claim, value]) => [`${issuer}:${claim}`, value as string | string[]]),
  );
}

const isTexts = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string');
