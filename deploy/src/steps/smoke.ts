import { networkFailure } from '../aws/errors';
import type { SmokeConfig } from '../config/config';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { withoutPassword } from '../outputs/sources/http';
import { pollSeconds } from '../release/follow';
import { pause } from '../release/watch';
import { certain, StepFailed } from './step-failed';

/** One request may take so long, and never longer than the check has left. */
const REQUEST_SECONDS = 10;
/** Of an answer, that much is looked at. */
const MOST_BYTES = 1024 * 1024;

/**
 * Asks each address until it answers as it should, or its time is up. A redirect is not followed: it is an answer.
 * @throws StepFailed with the last answer; SlipwayError INTERRUPTED
 */
export async function smokeTest(context: Context, checks: readonly SmokeConfig[]): Promise<void> {
  for (const check of checks) await smokeCheck(context, check);
}

async function smokeCheck(context: Context, check: SmokeConfig): Promise<void> {
  const { signal, sink } = context;
  const startedAt = performance.now();
  const passed = () => (performance.now() - startedAt) / 1000;
  const shown = withoutPassword(check.url);
  let tries = 0;
  let problem = 'no answer';
  for (;;) {
    if (signal.aborted) throw new SlipwayError('INTERRUPTED', `interrupted in the smoke check of ${shown}`);
    const left = check.timeoutSeconds - passed();
    if (left <= 0 && tries > 0) break;
    tries += 1;
    const answer = await ask(check, Math.max(0.1, Math.min(REQUEST_SECONDS, left)), signal);
    if (answer === undefined) {
      const message = `smoke check GET ${shown}: ${check.status} after ${Number(passed().toFixed(1))} s`;
      sink({ type: 'phase', phase: 'step', message });
      return;
    }
    if (answer !== problem)
      sink({ type: 'phase', phase: 'step', message: `smoke check GET ${shown}: ${answer}` });
    problem = answer;
    await pause(Math.min(pollSeconds(context.env), Math.max(0, check.timeoutSeconds - passed())), signal);
  }
  const times = tries === 1 ? 'once' : `${tries} times`;
  const cause = `smoke check GET ${shown} failed: ${problem} (asked ${times} in ${check.timeoutSeconds} s)`;
  throw new StepFailed(cause, certain(cause, 'look at what the release answers there ("slipway logs")'));
}

/** What is wrong with the answer; undefined where nothing is. */
async function ask(check: SmokeConfig, seconds: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(check.url, {
      redirect: 'manual',
      headers: { 'user-agent': 'slipway' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(seconds * 1000))]),
    });
    const to = response.headers.get('location');
    if (response.status !== check.status) {
      await response.body?.cancel();
      return `${response.status}, not ${check.status}${to === null ? '' : ` (location: ${withoutPassword(to)})`}`;
    }
    const text = check.contains === undefined ? '' : await firstOf(response);
    if (check.contains === undefined) await response.body?.cancel();
    else if (!text.includes(check.contains)) return `the answer does not hold "${check.contains}"`;
    return undefined;
  } catch (error) {
    const { name, message, cause } = error as {
      name?: string;
      message?: string;
      cause?: { message?: string };
    };
    if (name === 'TimeoutError') return `no answer within ${Number(seconds.toFixed(1))} s`;
    // What fetch itself says is only that it failed.
    return networkFailure(error) ?? cause?.message ?? message ?? String(error);
  }
}

async function firstOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (response.body === null) return text;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= MOST_BYTES) break;
  }
  return text;
}
