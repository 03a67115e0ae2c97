import type { Rehearsal } from '../../rehearsal/rehearsal';

/** A request of a service that speaks Query, without an SDK, as curl would send it. */
export async function query(
  rehearsal: Rehearsal,
  service: string,
  Action: string,
  parameters: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(rehearsal.endpoint, {
    method: 'POST',
    body: new URLSearchParams({ Action, ...parameters }),
    headers: authorization(rehearsal, service),
  });
  return { status: response.status, text: await response.text() };
}

/** Headers that say for which service a request is. */
export function authorization(rehearsal: Rehearsal, service: string): { authorization: string } {
  const scope = `20260101/${rehearsal.region}/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=k/${scope}, SignedHeaders=host, Signature=0` };
}

/** The contents of all elements of a name. */
export function elements(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, content = '']) => content);
}
