import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createClient, type ClientOptions } from './clients';

/** The ARN of a secret by its name; undefined where there is none. */
export async function readSecretArn(options: ClientOptions, name: string): Promise<string | undefined> {
  const client = createClient(SecretsManagerClient, options);
  try {
    return (await client.send(new DescribeSecretCommand({ SecretId: name }))).ARN;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
