import type { Check } from '../check';
import { objects, text } from '../values';
import { each } from '../world';

export const environmentFiles: Check = {
  name: 'environment-files',
  summary: 'env files on S3 exist',
  actions: ['s3:ListBucket'],
  run: ({ containers }, world) =>
    each(
      containers.flatMap(({ name, value, at }) =>
        objects(value['environmentFiles']).map(({ value: file, index }) => ({
          name,
          arn: text(file['value']),
          position: at('environmentFiles', index, 'value'),
        })),
      ),
      async ({ name, arn, position }) => {
        if (arn === undefined) return [];
        const error = (message: string, hint: string) => [
          { level: 'error' as const, message: `container ${name}: ${message}`, hint, position },
        ];
        const [, bucket, key] = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/.exec(arn) ?? [];
        if (bucket === undefined || key === undefined) {
          const hint = 'write it like arn:aws:s3:::BUCKET/PATH.env';
          return error(`env file "${arn}" is no ARN of an object on S3`, hint);
        }
        if (!key.endsWith('.env')) {
          const hint = 'ECS takes env files only with the ending .env: rename it';
          return error(`env file "${key}" does not end with .env`, hint);
        }
        const { objectExists } = await import('../reads/s3.ts');
        if (await objectExists(world, bucket, key)) return [];
        return error(`env file s3://${bucket}/${key} does not exist`, 'upload it, or correct its ARN');
      },
    ),
};
