import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { EcrRepositoryPolicy } from '@cdktf/provider-aws/lib/ecr-repository-policy';
import { Construct } from 'constructs';
import { pullPolicy } from '../policies/registry';
import type { Registry as RegistryPlan } from '../settings/platform';

export interface RegistryProps {
  readonly name: string;
  readonly plan: RegistryPlan;
  /** `arn:aws` or that of another partition's accounts. */
  readonly partition: string;
}

/**
 * Where the images of one service are. A tag never moves, unless a team asks for it, so that what was tested under it is
 * what runs; images are scanned when they come in; the newest are kept, and those without a tag go after some days.
 */
export class Registry extends Construct {
  constructor(scope: Construct, id: string, { name, plan, partition }: RegistryProps) {
    super(scope, id);
    const repository = new EcrRepository(this, 'repository', {
      name,
      imageTagMutability: plan.tags === 'mutable' ? 'MUTABLE' : 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'KMS' }],
    });
    new EcrLifecyclePolicy(this, 'lifecycle', {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: `untagged images go after ${plan.untaggedDays} days`,
            selection: {
              tagStatus: 'untagged',
              countType: 'sinceImagePushed',
              countUnit: 'days',
              countNumber: plan.untaggedDays,
            },
            action: { type: 'expire' },
          },
          {
            rulePriority: 2,
            description: `the newest ${plan.keepImages} tagged images stay`,
            selection: {
              tagStatus: 'tagged',
              tagPatternList: ['*'],
              countType: 'imageCountMoreThan',
              countNumber: plan.keepImages,
            },
            action: { type: 'expire' },
          },
        ],
      }),
    });
    if (plan.pullAccounts.length > 0) {
      new EcrRepositoryPolicy(this, 'policy', {
        repository: repository.name,
        policy: pullPolicy(partition, plan.pullAccounts),
      });
    }
  }
}
