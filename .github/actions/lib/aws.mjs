// One signed request to AWS, for the few steps that need no more: no AWS CLI and no SDK.
import { createHash, createHmac } from 'node:crypto';

/**
 * Signs and sends. Source: docs.aws.amazon.com, Signature Version 4 signing process.
 * @param {{ service: string, region?: string, path?: string, method?: string, headers?: Record<string, string>, body?: string }} request
 * @returns {Promise<{ status: number, text: string }>}
 * @throws where nobody answers within 15 seconds, or there are no credentials
 */
export async function awsRequest({
  service,
  region = ownRegion(),
  path = '/',
  method = 'POST',
  headers = {},
  body = '',
}) {
  const url = new URL(path, endpoint(service, region));
  const signed = signedHeaders({ service, region, method, url, headers, body });
  const response = await fetch(url, {
    method,
    headers: signed,
    body: body === '' ? undefined : body,
    redirect: 'manual',
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, text: await response.text() };
}

const ownRegion = () => process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || '';

function endpoint(service, region) {
  const own = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || process.env.AWS_ENDPOINT_URL;
  if (own) return own;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${service === 'ecr' ? 'api.ecr' : service}.${region}.${suffix}`;
}

/** Exported for its test, which compares it with the SDK's own signer. */
export function signedHeaders({ service, region, method, url, headers, body, now = new Date() }) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  if (!id || !secret)
    throw new Error('there are no AWS credentials in the environment: aws-role comes before this step');
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const hash = createHash('sha256').update(body).digest('hex');
  const all = {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    host: url.host,
    'x-amz-content-sha256': hash,
    'x-amz-date': time,
    ...(token ? { 'x-amz-security-token': token } : {}),
  };
  const names = Object.keys(all).sort();
  const canonical = [
    method,
    url.pathname,
    url.searchParams.size === 0 ? '' : url.search.slice(1),
    ...names.map((name) => `${name}:${all[name].trim()}`),
    '',
    names.join(';'),
    hash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  const key = [day, region, service, 'aws4_request'].reduce(hmac, `AWS4${secret}`);
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  const sent = { ...all };
  delete sent.host;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

const hmac = (key, data) => createHmac('sha256', key).update(data).digest();
