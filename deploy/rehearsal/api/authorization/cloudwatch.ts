import type { Message } from '../operation';
import { each, tagging, text, texts, type Asked, type ServiceActs } from './acts';

const alarm = (name: string, asked: Asked) => asked.arn('cloudwatch', `alarm:${name}`);
const named = (input: Message, asked: Asked) => [alarm(text(input, 'AlarmName'), asked)];
const dashboards = (name: string) => (input: Message, asked: Asked) =>
  texts(input, name).map((one) => asked.global('cloudwatch', `dashboard/${one}`));

/** Source: Service Authorization Reference, Amazon CloudWatch. */
export const cloudWatch: ServiceActs = {
  prefix: 'cloudwatch',
  resources: {
    // All of them, where it names none.
    DescribeAlarms: (input, asked) => {
      const names = texts(input, 'AlarmNames');
      return (names.length === 0 ? [`${text(input, 'AlarmNamePrefix')}*`] : names).map((name) =>
        alarm(name, asked),
      );
    },
    ...each(['PutMetricAlarm', 'SetAlarmState'], named),
    ...each(['DeleteAlarms', 'EnableAlarmActions', 'DisableAlarmActions'], (input, asked) =>
      texts(input, 'AlarmNames').map((name) => alarm(name, asked)),
    ),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], (input) => [text(input, 'ResourceARN')]),
    ...each(['PutDashboard', 'GetDashboard'], dashboards('DashboardName')),
    DeleteDashboards: dashboards('DashboardNames'),
  },
  more: (asked) =>
    asked.operation === 'PutMetricAlarm'
      ? tagging(asked, 'cloudwatch:TagResource', named(asked.input, asked))
      : [],
};
