import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { isException } from '../../aws/ecs';
import type { World } from '../world';

/** Whether an object is there. It is listed, so that nobody needs to be allowed to read it. */
export function objectExists(world: World, bucket: string, key: string): Promise<boolean> {
  return world.read('s3:ListBucket', `${bucket}/${key}`, async () => {
    try {
      const { Contents = [] } = await world
        .client(S3Client)
        .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
      // The prefix itself sorts before all that begins with it.
      return Contents[0]?.Key === key;
    } catch (error) {
      if (isException(error, 'NoSuchBucket')) return false;
      throw error;
    }
  });
}
