import { networkFailure } from '../../aws/errors';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';

const timeoutSeconds = 30;

/** A state or outputs file behind a URL. User and password in the URL become Basic authentication. */
export async function readHttp(context: Context, location: string): Promise<string> {
  const url = new URL(location);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const shown = url.href;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (username) {
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
  }
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  try {
    const response = await fetch(url, { headers, signal });
    if (response.ok) return await response.text();
    throw refusal(shown, response);
  } catch (error) {
    const failure = networkFailure(error);
    if (failure === undefined) throw error;
    throw new SlipwayError('UNREACHABLE', `${shown} cannot be reached (${failure})`, {
      hint: 'outputs are read from there: check the address and the network',
      cause: error,
    });
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
