import { services } from '../../rehearsal/api/service';

export interface Answer {
  status: number;
  text: string;
}

/** A request that is signed with a key, as far as anybody looks. */
export async function send(
  endpoint: string,
  service: string,
  init: RequestInit & { path?: string; key?: string },
): Promise<Answer> {
  const { path = '/', key = 'rehearsal', headers, ...rest } = init;
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20260101/ap-northeast-1/${service}/aws4_request`;
  const response = await fetch(`${endpoint}${path}`, {
    method: 'POST',
    ...rest,
    headers: { authorization, ...(headers as Record<string, string> | undefined) },
  });
  return { status: response.status, text: await response.text() };
}

/** An operation of a service that speaks JSON. */
export function sendJson(
  endpoint: string,
  service: string,
  operation: string,
  input: object,
  key?: string,
): Promise<Answer> {
  const { targetPrefix } = services.find(({ signingName }) => signingName === service) ?? {};
  return send(endpoint, service, {
    headers: { 'x-amz-target': `${targetPrefix}.${operation}` },
    body: JSON.stringify(input),
    ...(key === undefined ? {} : { key }),
  });
}
