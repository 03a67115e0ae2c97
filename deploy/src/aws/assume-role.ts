import type { Context } from '../context';
import { SlipwayError } from '../errors';

/** What an SDK client takes as `credentials`; it asks again shortly before they expire. */
export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

type Provider = () => Promise<RoleCredentials>;

const providers = new WeakMap<Context['env'], Map<string, Provider>>();

/** Seconds before the end at which credentials are replaced. */
const margin = 300;

/**
 * Credentials of a role, got with the credentials of the environment; one AssumeRole for all clients of a run.
 * @throws SlipwayError where it may not be assumed
 */
export function assumeRole(env: Context['env'], roleArn: string, region: string): Provider {
  const known = providers.get(env) ?? new Map<string, Provider>();
  providers.set(env, known);
  const key = `${region} ${roleArn}`;
  const provider = known.get(key) ?? remembering(() => request(env, roleArn, region));
  known.set(key, provider);
  return provider;
}

function remembering(ask: Provider): Provider {
  let current: Promise<RoleCredentials> | undefined;
  return async () => {
    current ??= ask();
    try {
      const credentials = await current;
      const { expiration } = credentials;
      if (expiration === undefined || expiration.getTime() - Date.now() > margin * 1000) return credentials;
      current = ask();
      return await current;
    } catch (error) {
      current = undefined;
      throw error;
    }
  };
}

async function request(env: Context['env'], roleArn: string, region: string): Promise<RoleCredentials> {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { createClient } = await import('./clients.ts');
  const client = createClient(STSClient, { region, env: { ...env, ECSPRESSO_ASSUME_ROLE_ARN: undefined } });
  try {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'slipway' }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined) {
      throw new SlipwayError('NOT_ALLOWED', `STS gave no credentials for ${roleArn}`);
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  } finally {
    client.destroy();
  }
}
