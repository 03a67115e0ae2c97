import { GetObjectCommand, NoSuchBucket, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { createClient, type ClientConfig } from '../../aws/clients';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';

/** A bucket may lie in another region than what is deployed. */
class AnywhereClient extends S3Client {
  constructor(config: ClientConfig) {
    super({ ...config, followRegionRedirects: true });
  }
}

/** `s3://bucket/key/of/terraform.tfstate` */
export async function readObject(context: Context, location: string, region: string): Promise<string> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(location) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new SlipwayError('CONFIG_INVALID', `outputs "${location}" is not s3://bucket/key`);
  }
  const client = createClient(AnywhereClient, { region, env: context.env, signal: context.signal });
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NoSuchBucket) {
      const missing =
        error instanceof NoSuchKey ? `${location} is not there` : `the bucket of ${location} is not there`;
      throw new SlipwayError('FILE_NOT_FOUND', missing, {
        hint: 'apply the infrastructure first, or correct "outputs" in the config',
        cause: error,
      });
    }
    throw error;
  } finally {
    client.destroy();
  }
}
