import { actions, policy } from './policy';

/** Other accounts may pull, and see what there is to pull. */
export function pullPolicy(partition: string, accounts: readonly string[]): string {
  return policy([
    {
      Sid: 'Pull',
      Effect: 'Allow',
      Principal: { AWS: accounts.map((account) => `arn:${partition}:iam::${account}:root`) },
      Action: actions('ecr', [
        'BatchCheckLayerAvailability',
        'BatchGetImage',
        'DescribeImages',
        'GetDownloadUrlForLayer',
      ]),
    },
  ]);
}
