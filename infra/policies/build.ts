import { actions, policy, type Statement } from './policy';

/** Pushes images, and reads them for the cache and to see that a tag is there already. Nothing else. */
export function buildPolicy(repositoryArns: readonly string[]): string {
  return policy(pushImages(repositoryArns));
}

export function pushImages(repositoryArns: readonly string[]): Statement[] {
  return [
    { Sid: 'Login', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Sid: 'Push',
      Effect: 'Allow',
      Action: actions('ecr', [
        'BatchCheckLayerAvailability',
        'InitiateLayerUpload',
        'UploadLayerPart',
        'CompleteLayerUpload',
        'PutImage',
        'BatchGetImage',
        'GetDownloadUrlForLayer',
        'DescribeImages',
      ]),
      Resource: repositoryArns,
    },
  ];
}
