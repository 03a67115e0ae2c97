import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { createClient } from '../../aws/clients';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';
import { readPublished } from '../interpret';
import type { Json, Outputs } from '../outputs';

/**
 * The parameters that the environment stack publishes below a path: `<path>/outputs` and, for each service,
 * `<path>/services/<service>/outputs`. Needs ssm:GetParametersByPath on the path.
 */
export async function readParameters(context: Context, location: string, region: string): Promise<Outputs> {
  const path = `/${location.slice('ssm://'.length).replace(/^\/+|\/+$/g, '')}`;
  const client = createClient(SSMClient, { region, env: context.env, signal: context.signal });
  const environment: Record<string, Json> = {};
  const services: Record<string, Record<string, Json>> = {};
  let contractHash: string | undefined;
  let found = false;
  try {
    // Outputs are no secrets; those that lie beside them stay encrypted, under keys that this run may not use.
    const request = { Path: path, Recursive: true, WithDecryption: false };
    for await (const page of paginateGetParametersByPath({ client }, request)) {
      for (const { Name: name = '', Value: value = '' } of page.Parameters ?? []) {
        const rest = name.slice(path === '/' ? 1 : path.length + 1);
        const service = /^services\/([^/]+)\/outputs$/.exec(rest)?.[1];
        if (rest !== 'outputs' && service === undefined) continue;
        found = true;
        const published = readPublished(value, `ssm://${name}`);
        if (service === undefined) {
          Object.assign(environment, published.outputs);
          contractHash = published.hash;
        } else services[service] = published.outputs;
      }
    }
  } finally {
    client.destroy();
  }
  if (!found) {
    throw new SlipwayError('CONTRACT_MISSING', `no outputs are published below ssm://${path} in ${region}`, {
      hint: 'apply the infrastructure of this environment first, or correct "outputs" and the region in the config',
    });
  }
  return {
    source: `ssm://${path}`,
    contractHash,
    environment,
    services,
    state: undefined,
    sensitive: new Set(),
  };
}
