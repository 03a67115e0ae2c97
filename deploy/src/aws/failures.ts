import { SlipwayError } from '../errors';

/**
 * What a failed call means for somebody who polls: `unsupported` the endpoint has no such operation, `throttled` ask
 * less often, `server` AWS's own trouble, `network` nobody answered, `denied` this run is not allowed to ask.
 */
export type Failure = 'unsupported' | 'throttled' | 'server' | 'network' | 'denied' | 'other';

interface Answer {
  name?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number };
}

export function failureOf(error: unknown): Failure {
  if (error instanceof SlipwayError) {
    if (error.code === 'UNREACHABLE') return 'network';
    return error.exitCode === 30 ? 'denied' : 'other';
  }
  const { name = '', $metadata, $response } = (error ?? {}) as Answer;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (/^UnknownOperation(Exception)?$|^InvalidAction$|NotImplemented/.test(name)) return 'unsupported';
  if (status === 404 || status === 405 || status === 501) return 'unsupported';
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i.test(name) || status === 429)
    return 'throttled';
  // An answer that is no JSON came from something that is not ECS: an emulator's error page, a proxy.
  if (name === 'SyntaxError') return 'unsupported';
  if (name === 'ServerException' || (status !== undefined && status >= 500)) return 'server';
  return 'other';
}
