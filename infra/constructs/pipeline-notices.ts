import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { topicPolicy } from '../policies/notifications';

export interface PipelineNoticesProps {
  readonly arns: Arns;
  readonly name: string;
  readonly pipelineName: string;
  readonly emails: readonly string[];
}

/** Where approvals are asked for, and failed runs are told. */
export class PipelineNotices extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, { arns, name, pipelineName, emails }: PipelineNoticesProps) {
    super(scope, id);
    // As the topic of an environment: AWS's own key lets no rule publish, and what is sent is names alone.
    const topic = new SnsTopic(this, 'topic', { name });
    this.topicArn = topic.arn;
    new SnsTopicPolicy(this, 'policy', { arn: topic.arn, policy: topicPolicy(arns, topic.arn) });
    emails.forEach((endpoint, index) => {
      new SnsTopicSubscription(this, `mail-${index + 1}`, {
        topicArn: topic.arn,
        protocol: 'email',
        endpoint,
      });
    });
    const failed = new CloudwatchEventRule(this, 'failed', {
      name: `${name}-failed`,
      description: `A run of ${pipelineName} failed`,
      // https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
      eventPattern: JSON.stringify({
        source: ['aws.codepipeline'],
        'detail-type': ['CodePipeline Pipeline Execution State Change'],
        detail: { pipeline: [pipelineName], state: ['FAILED'] },
      }),
    });
    new CloudwatchEventTarget(this, 'tell', { rule: failed.name, arn: topic.arn });
  }
}
