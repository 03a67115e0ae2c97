import type { Message } from '../../operation';
import { each, objects, passing, tagging, text, texts, type Asked, type ServiceActs } from '../acts';

/** A member that names the resource itself. */
const member = (name: string) => (input: Message) => texts(input, name);

const last = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

/** A subscription's ARN is its topic's and an id. */
const topicOf = (name: string) => (input: Message) => [text(input, name).replace(/:[0-9a-f-]{36}$/, '')];
const newTopic = (input: Message, asked: Asked) => [asked.arn('sns', text(input, 'Name'))];

/** Source: Service Authorization Reference, Amazon SNS. */
export const sns: ServiceActs = {
  prefix: 'sns',
  resources: {
    CreateTopic: newTopic,
    ...each(
      [
        'DeleteTopic',
        'GetTopicAttributes',
        'SetTopicAttributes',
        'Subscribe',
        'Publish',
        'ListSubscriptionsByTopic',
      ],
      member('TopicArn'),
    ),
    ...each(
      ['GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Unsubscribe'],
      topicOf('SubscriptionArn'),
    ),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], member('ResourceArn')),
  },
  // It takes no resource, although it names a subscription.
  more: (asked) =>
    asked.operation === 'CreateTopic' ? tagging(asked, 'sns:TagResource', newTopic(asked.input, asked)) : [],
};

const rule = (name: string) => (input: Message, asked: Asked) => {
  const bus = last(text(input, 'EventBusName'));
  return [
    asked.arn('events', `rule/${bus === '' || bus === 'default' ? '' : `${bus}/`}${text(input, name)}`),
  ];
};

/** Source: Service Authorization Reference, Amazon EventBridge. */
export const events: ServiceActs = {
  prefix: 'events',
  resources: {
    ...each(['PutRule', 'DescribeRule', 'DeleteRule', 'EnableRule', 'DisableRule'], rule('Name')),
    ...each(['PutTargets', 'RemoveTargets', 'ListTargetsByRule'], rule('Rule')),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], member('ResourceARN')),
  },
  more: (asked) => [
    ...(asked.operation === 'PutRule'
      ? tagging(asked, 'events:TagResource', rule('Name')(asked.input, asked))
      : []),
    ...objects(asked.input, 'Targets').flatMap((one) => passing(one.RoleArn, 'events.amazonaws.com')),
  ],
};
