import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { topicPolicy } from '../policies/notifications';

export interface NotificationsProps {
  readonly arns: Arns;
  readonly name: string;
  readonly clusterArn: string;
  readonly emails: readonly string[];
  readonly keyArn: string | undefined;
}

/** Where alarms and failed deployments are told: a topic, and whoever listens. Each address confirms by a mail that AWS sends. */
export class Notifications extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const topic = new SnsTopic(this, 'topic', {
      name: props.name,
      // AWS's own key lets no alarm publish; without an own one, what is sent holds names and numbers alone.
      ...(props.keyArn === undefined ? {} : { kmsMasterKeyId: props.keyArn }),
    });
    this.topicArn = topic.arn;
    new SnsTopicPolicy(this, 'policy', { arn: topic.arn, policy: topicPolicy(props.arns, topic.arn) });
    props.emails.forEach((endpoint, index) => {
      new SnsTopicSubscription(this, `mail-${index + 1}`, {
        topicArn: topic.arn,
        protocol: 'email',
        endpoint,
      });
    });
    const failed = new CloudwatchEventRule(this, 'failed-deployments', {
      name: `${props.name}-failed-deployments`,
      description: 'A circuit breaker or an alarm ended a deployment',
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
      eventPattern: JSON.stringify({
        source: ['aws.ecs'],
        'detail-type': ['ECS Deployment State Change'],
        detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
        resources: [{ prefix: `${props.clusterArn.replace(':cluster/', ':service/')}/` }],
      }),
    });
    new CloudwatchEventTarget(this, 'tell', { rule: failed.name, arn: topic.arn });
  }
}
