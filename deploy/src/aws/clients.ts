import type { Context } from '../context';
import { assumeRole, type RoleCredentials } from './assume-role';
import { toSlipwayError } from './errors';

/** What every SDK client of version 3 takes, as far as it is set here. */
export interface ClientConfig {
  region: string;
  maxAttempts?: number;
  endpoint?: string;
  profile?: string;
  credentials?: RoleCredentials | (() => Promise<RoleCredentials>);
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean };
  forcePathStyle?: boolean;
}

interface SdkClient {
  config: { serviceId: string };
  send: (...parameters: never[]) => unknown;
}

/** A command's static schema: `[9, namespace, operation, ...]`. */
interface SdkCommand {
  schema?: readonly unknown[];
}

export interface ClientOptions {
  region: string;
  env: Context['env'];
  /** Aborts every call of this client; leave it out where calls must still go through after Ctrl-C. */
  signal?: AbortSignal;
}

/**
 * An AWS client whose `send` fails with a SlipwayError where credentials, permission or the network are at fault,
 * and with the service's own exception otherwise. The caller passes the class, so that a command loads only
 * the clients that it uses: `createClient(ECSClient, { region, env: context.env })`.
 */
export function createClient<Client extends SdkClient>(
  ClientClass: new (config: ClientConfig) => Client,
  options: ClientOptions,
): Client {
  const { region, env, signal } = options;
  const client = new ClientClass(clientConfig(region, env));
  const endpoint = env['AWS_ENDPOINT_URL'] || undefined;
  const service = client.config.serviceId;
  const send = client.send.bind(client) as (command: SdkCommand, options?: object) => Promise<unknown>;
  const wrapped = async (command: SdkCommand, sendOptions?: object) => {
    try {
      return await send(
        command,
        signal === undefined ? sendOptions : { abortSignal: signal, ...sendOptions },
      );
    } catch (error) {
      const operation = command.schema?.[2];
      throw toSlipwayError(error, {
        service,
        operation: typeof operation === 'string' ? operation : undefined,
        region,
        endpoint,
      });
    }
  };
  return Object.assign(client, { send: wrapped });
}

function clientConfig(region: string, env: Context['env']): ClientConfig {
  const config: ClientConfig = {
    region,
    // Without the last one the SDK only warns, and waits for ever.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
  if (!env['AWS_MAX_ATTEMPTS']) config.maxAttempts = 5;
  // A local endpoint has no name per bucket.
  if (env['AWS_ENDPOINT_URL']) config.forcePathStyle = true;
  // The SDK reads process.env by itself; a run that was given another environment must not see that one.
  if (env !== process.env) {
    const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE } =
      env;
    if (AWS_ENDPOINT_URL) config.endpoint = AWS_ENDPOINT_URL;
    if (AWS_PROFILE) config.profile = AWS_PROFILE;
    if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
      config.credentials = {
        accessKeyId: AWS_ACCESS_KEY_ID,
        secretAccessKey: AWS_SECRET_ACCESS_KEY,
        ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
      };
    }
  }
  const role = env['ECSPRESSO_ASSUME_ROLE_ARN'];
  if (role) config.credentials = assumeRole(env, role, region);
  return config;
}
