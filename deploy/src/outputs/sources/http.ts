import { networkFailure } from '../../aws/errors';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';

const timeoutSeconds = 30;

/**
 * A state or outputs file behind a URL. User and password in the URL become Basic authentication.
 * @throws SlipwayError CONFIG_INVALID for what is no URL, UNREACHABLE, NOT_ALLOWED, FILE_NOT_FOUND
 */
export async function readHttp(context: Context, location: string): Promise<string> {
  const shown = withoutPassword(location);
  if (!URL.canParse(location)) throw new SlipwayError('CONFIG_INVALID', `outputs "${shown}" is no URL`);
  const url = new URL(location);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const headers: Record<string, string> = { accept: 'application/json' };
  if (username) {
    const login = `${decoded(username)}:${decoded(password)}`;
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
  }
  return httpText(context, url, headers, shown);
}

/**
 * The body behind a URL.
 * @param shown what errors call it.
 * @throws SlipwayError UNREACHABLE, NOT_ALLOWED, FILE_NOT_FOUND
 */
export async function httpText(
  context: Context,
  url: string | URL,
  headers: Record<string, string>,
  shown: string,
): Promise<string> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  try {
    const response = await fetch(url, { headers, signal });
    if (response.ok) return await response.text();
    throw refusal(shown, response);
  } catch (error) {
    // fetch has one error for all that keeps it from an answer, and its cause says what it was.
    const failure = networkFailure(error) ?? (error instanceof TypeError ? String(error.cause) : undefined);
    if (failure === undefined) throw error;
    throw new SlipwayError('UNREACHABLE', `${shown} cannot be reached (${failure})`, {
      hint: 'outputs are read from there: check the address and the network',
      cause: error,
    });
  }
}

/** A location as it may be printed. */
export function withoutPassword(location: string): string {
  return location.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}

/** A percent sign that escapes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refusal(shown: string, { status, statusText }: Response): SlipwayError {
  const answer = `${shown} answered ${status} ${statusText}`.trimEnd();
  if (status === 401 || status === 403) {
    return new SlipwayError('NOT_ALLOWED', answer, {
      hint: 'put the user and the password into the URL, or check them',
    });
  }
  if (status === 404 || status === 410) {
    return new SlipwayError('FILE_NOT_FOUND', answer, {
      hint: 'apply the infrastructure first, or correct "outputs" in the config',
    });
  }
  return new SlipwayError('UNREACHABLE', answer, { hint: 'outputs are read from there' });
}
