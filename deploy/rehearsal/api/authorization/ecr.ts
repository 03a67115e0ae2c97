import type { Message } from '../operation';
import { each, tagging, text, texts, type Asked, type ServiceActs } from './acts';

const repository = (name: string, asked: Asked) => asked.arn('ecr', `repository/${name}`);
const named = (input: Message, asked: Asked) => [repository(text(input, 'repositoryName'), asked)];

/** Source: Service Authorization Reference, Amazon Elastic Container Registry. */
export const ecr: ServiceActs = {
  prefix: 'ecr',
  resources: {
    ...each(
      [
        'CreateRepository',
        'DeleteRepository',
        'DescribeImages',
        'ListImages',
        'BatchGetImage',
        'BatchDeleteImage',
        'BatchCheckLayerAvailability',
        'GetDownloadUrlForLayer',
        'InitiateLayerUpload',
        'UploadLayerPart',
        'CompleteLayerUpload',
        'PutImage',
        'PutImageTagMutability',
        'PutImageScanningConfiguration',
        'SetRepositoryPolicy',
        'GetRepositoryPolicy',
        'DeleteRepositoryPolicy',
        'PutLifecyclePolicy',
        'GetLifecyclePolicy',
        'DeleteLifecyclePolicy',
      ],
      named,
    ),
    // All of them, where it names none.
    DescribeRepositories: (input, asked) => {
      const names = texts(input, 'repositoryNames');
      return (names.length === 0 ? ['*'] : names).map((name) => repository(name, asked));
    },
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], (input) => [text(input, 'resourceArn')]),
  },
  more: (asked) =>
    asked.operation === 'CreateRepository'
      ? tagging(asked, 'ecr:TagResource', named(asked.input, asked))
      : [],
};
