import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { Construct } from 'constructs';

const KEPT_IMAGES = 500;
const UNTAGGED_DAYS = 14;

/**
 * Where the images of one service are. A tag never moves, so that what was tested under it is what runs; images are
 * scanned when they come in; the newest 500 are kept, and those without a tag go after two weeks.
 */
export class Registry extends Construct {
  constructor(scope: Construct, id: string, props: { readonly name: string }) {
    super(scope, id);
    const repository = new EcrRepository(this, 'repository', {
      name: props.name,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'KMS' }],
    });
    new EcrLifecyclePolicy(this, 'lifecycle', {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: `untagged images go after ${UNTAGGED_DAYS} days`,
            selection: {
              tagStatus: 'untagged',
              countType: 'sinceImagePushed',
              countUnit: 'days',
              countNumber: UNTAGGED_DAYS,
            },
            action: { type: 'expire' },
          },
          {
            rulePriority: 2,
            description: `the newest ${KEPT_IMAGES} tagged images stay`,
            selection: {
              tagStatus: 'tagged',
              tagPatternList: ['*'],
              countType: 'imageCountMoreThan',
              countNumber: KEPT_IMAGES,
            },
            action: { type: 'expire' },
          },
        ],
      }),
    });
  }
}
