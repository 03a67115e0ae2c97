import { attributes, resources, synthesiseFrom } from './synth';

const web = { name: 'web', errorsPerMinute: 3, slowSeconds: 1 };
const stack = synthesiseFrom({
  environments: [
    { name: 'plain', services: [web] },
    { name: 'small', preset: 'small', services: [web] },
    {
      name: 'own',
      encryption: 'own',
      observability: { emails: ['ops@example.com', 'dev@example.com'] },
      services: [web],
    },
    { name: 'tcp', ingress: { kind: 'network' }, services: [web] },
  ],
});
const alarm = (name: string, what: string) =>
  attributes(stack(name), `aws_cloudwatch_metric_alarm.service_web_observability_${what}`);
const topic = '${aws_sns_topic.notifications_topic.arn}';

test.each([
  ['target_5xx', 3, 2],
  ['slow', 1, 3],
  ['unhealthy', 0, 5],
])('%s is told above %d, %d minutes in a row, whichever target group serves', (what, threshold, periods) => {
  const found = alarm('plain', what);
  expect(found).toMatchObject({
    threshold,
    evaluation_periods: periods,
    comparison_operator: 'GreaterThanThreshold',
    treat_missing_data: 'notBreaching',
    alarm_actions: [topic],
    ok_actions: [topic],
  });
  expect((found.metric_query as { id: string }[]).map(({ id }) => id)).toEqual(['blue', 'green', 'total']);
});

test.each(['cpu', 'memory'])('%s of the service is told when it is used up', (what) => {
  expect(alarm('plain', what)).toMatchObject({
    namespace: 'AWS/ECS',
    dimensions: { ClusterName: 'slipway-plain', ServiceName: 'web' },
  });
});

test('what users feel may stop a deployment, and nothing else', () => {
  const alarms = (name: string) =>
    (stack(name).output?.services?.value as Record<string, { alarm_names: string[] }>).web?.alarm_names;
  expect(alarms('plain')).toEqual(['slipway-plain-web-target-5xx', 'slipway-plain-web-slow']);
  expect(alarms('tcp')).toEqual([]);
});

test('failed deployments of this cluster are told, of no other', () => {
  const { event_pattern } = attributes(
    stack('plain'),
    'aws_cloudwatch_event_rule.notifications_failed_deployments',
  );
  expect(JSON.parse(String(event_pattern))).toEqual({
    source: ['aws.ecs'],
    'detail-type': ['ECS Deployment State Change'],
    detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    resources: [{ prefix: 'arn:aws:ecs:ap-northeast-1:123456789012:service/slipway-plain/' }],
  });
});

test('addresses are subscribed; the topic takes the own key, which alarms may use', () => {
  expect(
    Object.values(resources(stack('own'), 'aws_sns_topic_subscription')).map(({ protocol, endpoint }) => [
      protocol,
      endpoint,
    ]),
  ).toEqual([
    ['email', 'ops@example.com'],
    ['email', 'dev@example.com'],
  ]);
  expect(attributes(stack('own'), 'aws_sns_topic.notifications_topic').kms_master_key_id).toBe(
    '${aws_kms_key.encryption_key.arn}',
  );
  expect(String(attributes(stack('own'), 'aws_kms_key.encryption_key').policy)).toContain(
    'cloudwatch.amazonaws.com',
  );
});

test('the dashboard has four charts a service; small has none', () => {
  const { dashboard_body } = attributes(stack('plain'), 'aws_cloudwatch_dashboard.dashboard');
  const { widgets } = JSON.parse(String(dashboard_body)) as {
    widgets: { type: string; x: number; width: number }[];
  };
  expect(widgets.map(({ type, x, width }) => [type, x, width])).toEqual([
    ['metric', 0, 6],
    ['metric', 6, 6],
    ['metric', 12, 6],
    ['log', 18, 6],
  ]);
  expect(resources(stack('small'), 'aws_cloudwatch_dashboard')).toEqual({});
});
