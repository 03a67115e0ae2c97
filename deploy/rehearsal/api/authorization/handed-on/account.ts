import type { Message } from '../../operation';
import { each, objects, tagging, text, texts, type Asked, type ServiceActs } from '../acts';

/** A member that names the resource itself. */
const member = (name: string) => (input: Message) => texts(input, name);

const budget = (input: Message, asked: Asked) => {
  const [given] = objects(input, 'Budget').concat(objects(input, 'NewBudget'));
  const name = text(input, 'BudgetName') || (given === undefined ? '' : text(given, 'BudgetName'));
  return [asked.global('budgets', `budget/${name || '*'}`)];
};

/** Source: Service Authorization Reference, AWS Budget Service. */
export const budgets: ServiceActs = {
  prefix: 'budgets',
  // Reading is ViewBudget, and all writing ModifyBudget.
  actions: {
    ...Object.fromEntries(
      [
        'DescribeBudget',
        'DescribeBudgets',
        'DescribeNotificationsForBudget',
        'DescribeSubscribersForNotification',
      ].map((name) => [name, 'ViewBudget']),
    ),
    ...Object.fromEntries(
      [
        'CreateBudget',
        'UpdateBudget',
        'DeleteBudget',
        'CreateNotification',
        'UpdateNotification',
        'DeleteNotification',
        'CreateSubscriber',
        'UpdateSubscriber',
        'DeleteSubscriber',
      ].map((name) => [name, 'ModifyBudget']),
    ),
  },
  resources: {
    ...each(
      [
        'DescribeBudget',
        'DescribeBudgets',
        'DescribeNotificationsForBudget',
        'DescribeSubscribersForNotification',
        'CreateBudget',
        'UpdateBudget',
        'DeleteBudget',
        'CreateNotification',
        'UpdateNotification',
        'DeleteNotification',
        'CreateSubscriber',
        'UpdateSubscriber',
        'DeleteSubscriber',
      ],
      budget,
    ),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], member('ResourceARN')),
  },
  more: (asked) =>
    asked.operation === 'CreateBudget'
      ? tagging(asked, 'budgets:TagResource', budget(asked.input, asked))
      : [],
};

const trail = (name: string) => (input: Message, asked: Asked) => {
  const given = text(input, name);
  return [given.startsWith('arn:') ? given : asked.arn('cloudtrail', `trail/${given}`)];
};

/** Source: Service Authorization Reference, AWS CloudTrail. */
export const cloudTrail: ServiceActs = {
  prefix: 'cloudtrail',
  resources: {
    ...each(
      [
        'CreateTrail',
        'UpdateTrail',
        'DeleteTrail',
        'GetTrail',
        'GetTrailStatus',
        'StartLogging',
        'StopLogging',
      ],
      trail('Name'),
    ),
    ...each(
      ['GetEventSelectors', 'PutEventSelectors', 'GetInsightSelectors', 'PutInsightSelectors'],
      trail('TrailName'),
    ),
    ListTags: member('ResourceIdList'),
    ...each(['AddTags', 'RemoveTags'], member('ResourceId')),
  },
  more: (asked) =>
    asked.operation === 'CreateTrail'
      ? tagging(asked, 'cloudtrail:AddTags', trail('Name')(asked.input, asked))
      : [],
};
