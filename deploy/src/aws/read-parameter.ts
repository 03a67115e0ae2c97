import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { createClient, type ClientOptions } from './clients';

/** One SSM parameter, decrypted; undefined where there is none. */
export async function readParameter(
  options: ClientOptions,
  name: string,
): Promise<{ type: string; value: string } | undefined> {
  const client = createClient(SSMClient, options);
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return { type: Parameter?.Type ?? 'String', value: Parameter?.Value ?? '' };
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

/** The region of the AWS profile. @throws where it has none. */
export async function readProfileRegion(profile: string | undefined): Promise<string> {
  const client = new SSMClient(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } finally {
    client.destroy();
  }
}
