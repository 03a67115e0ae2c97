import type { Message } from '../operation';
import { each, tagging, text, type Asked, type ServiceActs } from './acts';

/** By name, or by an ARN that may end in `:*`. */
const group = (input: Message, asked: Asked) => {
  const reference = text(input, 'logGroupName') || text(input, 'logGroupIdentifier');
  return reference.startsWith('arn:')
    ? reference.replace(/:\*$/, '')
    : asked.arn('logs', `log-group:${reference}`);
};
const groups = (input: Message, asked: Asked) => [group(input, asked)];
const stream = (input: Message, asked: Asked) => [
  `${group(input, asked)}:log-stream:${text(input, 'logStreamName')}`,
];

/** Source: Service Authorization Reference, Amazon CloudWatch Logs. */
export const logs: ServiceActs = {
  prefix: 'logs',
  resources: {
    ...each(
      [
        'CreateLogGroup',
        'DeleteLogGroup',
        'PutRetentionPolicy',
        'DeleteRetentionPolicy',
        'AssociateKmsKey',
        'DisassociateKmsKey',
        'DescribeLogStreams',
        'FilterLogEvents',
      ],
      groups,
    ),
    ...each(['CreateLogStream', 'DeleteLogStream', 'PutLogEvents', 'GetLogEvents'], stream),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], (input) => [
      text(input, 'resourceArn').replace(/:\*$/, ''),
    ]),
  },
  more: (asked) =>
    asked.operation === 'CreateLogGroup'
      ? tagging(asked, 'logs:TagResource', groups(asked.input, asked))
      : [],
};
