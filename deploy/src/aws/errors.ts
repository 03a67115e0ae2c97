import { SlipwayError } from '../errors';

/** What mapping needs to know of the client that failed. */
export interface Origin {
  /** `ECS`, `SSM`: the SDK's serviceId. */
  service: string;
  /** `DescribeServices` */
  operation: string | undefined;
  region: string;
  /** AWS_ENDPOINT_URL, where it is set. */
  endpoint: string | undefined;
}

interface SdkError {
  name?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
  cause?: unknown;
  errors?: unknown[];
}

const expired = /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/;
const refusedCredentials =
  /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken(Exception)?|AuthFailure)$/;
const denied = /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|OptInRequired)$/;
const noCredentials = /^(CredentialsProviderError|TokenProviderError)$/;
const network =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ETIMEDOUT|ESOCKETTIMEDOUT|EPIPE|ERR_TLS_CERT_ALTNAME_INVALID|CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UND_ERR_[A-Z_]+|TimeoutError)$/;

/** The errors inside one another, outermost first: fetch and happy-eyeballs wrap the one that says what happened. */
function chain(error: unknown, depth = 0): SdkError[] {
  if (typeof error !== 'object' || error === null || depth > 4) return [];
  const one = error as SdkError;
  return [
    one,
    ...chain(one.cause, depth + 1),
    ...(one.errors ?? []).flatMap((inner) => chain(inner, depth + 1)),
  ];
}

/** A library that wraps an error of the system keeps at least its text: `connect ECONNREFUSED 127.0.0.1:80`. */
const systemText = /\b(?:connect|getaddrinfo|read|write) (E[A-Z_]+)\b|\b(socket hang up)\b/;

/** The system's or the SDK's name of a failure to reach the other side, if that is what it was. */
export function networkFailure(error: unknown): string | undefined {
  for (const { code, name, message = '' } of chain(error)) {
    const [, systemCode, hangUp] = systemText.exec(message) ?? [];
    for (const known of [code, name, systemCode, hangUp && 'ECONNRESET']) {
      if (known !== undefined && network.test(known)) return known;
    }
  }
  return undefined;
}

function isAbort(error: unknown): boolean {
  return chain(error).some((one) => one.name === 'AbortError');
}

/**
 * Turns what the SDK throws into the user's own error where it is one: endpoint not reachable (31), credentials
 * missing, expired or refused, permission missing (30). Everything else (a service's own exception) comes back as it is.
 */
export function toSlipwayError(error: unknown, origin: Origin): unknown {
  if (error instanceof SlipwayError || isAbort(error)) return error;
  const { name = '', message: text = '' } = (error ?? {}) as SdkError;
  const message = text.replace(/^AWS SDK error wrapper for (Error: )?/, '');
  const call = origin.operation === undefined ? origin.service : `${origin.service} ${origin.operation}`;

  if (expired.test(name)) {
    return new SlipwayError(
      'CREDENTIALS_EXPIRED',
      `the AWS credentials have expired (${call}: ${message || name})`,
      {
        hint: 'sign in again ("aws sso login"), or in a workflow take fresh ones just before this step',
        cause: error,
      },
    );
  }
  if (noCredentials.test(name)) {
    return new SlipwayError('CREDENTIALS_MISSING', `no AWS credentials were found for ${call}: ${message}`, {
      hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in ("aws sso login")',
      cause: error,
    });
  }
  if (refusedCredentials.test(name)) {
    return new SlipwayError('NOT_ALLOWED', `AWS refused the credentials for ${call}: ${name}: ${message}`, {
      hint: 'check which account they belong to with "aws sts get-caller-identity"',
      cause: error,
    });
  }
  if (denied.test(name)) {
    return new SlipwayError('NOT_ALLOWED', `not allowed: ${call}: ${message || name}`, {
      hint: 'give the role that runs this command the permission that the message names',
      cause: error,
    });
  }
  const failure = networkFailure(error);
  if (failure !== undefined) {
    const where = origin.endpoint ?? `${origin.service} in ${origin.region}`;
    return new SlipwayError('UNREACHABLE', `${where} cannot be reached (${call}: ${message || failure})`, {
      hint:
        origin.endpoint === undefined
          ? 'check the network, the proxy and the region'
          : 'AWS_ENDPOINT_URL points there: is it running?',
      cause: error,
    });
  }
  return error;
}
