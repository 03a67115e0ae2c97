import type { HookPayload } from './hook-runner';

/** Answers of a lifecycle hook's function: `hookStatus`, and beside IN_PROGRESS `callBackDelay` (seconds) and `hookDetails`. */
export type InvokeHook = (
  targetArn: string,
  payload: HookPayload,
  settings: { hookUrls: Readonly<Record<string, string>> },
) => unknown;

/**
 * Posts the payload to the HTTP endpoint that stands in for a function, and takes its JSON as the answer.
 * @throws Error, as Lambda words it, for an ARN that no endpoint stands in for.
 */
export const invokeHookUrl: InvokeHook = (targetArn, payload, { hookUrls }) => {
  const url = hookUrls[targetArn];
  if (url === undefined) throw new Error(`Function not found: ${targetArn}`);
  return post(url, payload);
};

async function post(url: string, payload: HookPayload): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`Unhandled error of the function: HTTP ${response.status} ${text}`.trim());
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
