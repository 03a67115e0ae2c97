import { GetParameterCommand, paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { createClient } from '../../aws/clients';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';
import { readPublished } from '../interpret';
import type { Outputs } from '../outputs';

/**
 * The parameters that the environment stack publishes below a path: `<path>/outputs` and, for each service,
 * `<path>/services/<service>/outputs`. Needs ssm:GetParameter on the first and ssm:GetParametersByPath on
 * `<path>/services`. Never asks for the path itself: whoever may do that may read all the secrets that lie below it.
 */
export async function readParameters(context: Context, location: string, region: string): Promise<Outputs> {
  const path = `/${location.slice('ssm://'.length).replace(/^\/+|\/+$/g, '')}`;
  const below = path === '/' ? '/' : `${path}/`;
  const client = createClient(SSMClient, { region, env: context.env, signal: context.signal });
  let environment: Published | undefined;
  let services: Record<string, Published>;
  try {
    // One after the other: where the first is refused, one error is enough.
    environment = await readOwn(client, `${below}outputs`);
    services = await readServices(client, `${below}services`);
  } finally {
    client.destroy();
  }
  if (environment === undefined && Object.keys(services).length === 0) {
    throw new SlipwayError('CONTRACT_MISSING', `no outputs are published below ssm://${path} in ${region}`, {
      hint: 'apply the infrastructure of this environment first, or correct "outputs" and the region in the config',
    });
  }
  return {
    source: `ssm://${path}`,
    contractHash: environment?.hash,
    environment: environment?.outputs ?? {},
    services: Object.fromEntries(Object.entries(services).map(([name, { outputs }]) => [name, outputs])),
    state: undefined,
    sensitive: new Set(),
  };
}

type Published = ReturnType<typeof readPublished>;

/** @returns undefined where there is no such parameter. */
async function readOwn(client: SSMClient, name: string): Promise<Published | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name }));
    return readPublished(Parameter?.Value ?? '', `ssm://${name}`);
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

async function readServices(client: SSMClient, path: string): Promise<Record<string, Published>> {
  const services: Record<string, Published> = {};
  // Outputs are no secrets; what is one stays encrypted.
  const request = { Path: path, Recursive: true, WithDecryption: false };
  for await (const page of paginateGetParametersByPath({ client }, request)) {
    for (const { Name: name = '', Value: value = '' } of page.Parameters ?? []) {
      const [, service] = /^([^/]+)\/outputs$/.exec(name.slice(path.length + 1)) ?? [];
      if (service !== undefined) services[service] = readPublished(value, `ssm://${name}`);
    }
  }
  return services;
}
