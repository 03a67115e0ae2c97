import type { Message } from '../../operation';
import { each, objects, tagging, text, type Asked, type ServiceActs } from '../acts';

const group = (name: string, asked: Asked) =>
  asked.arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`);
const named = (input: Message, asked: Asked) => [group(text(input, 'AutoScalingGroupName'), asked)];
const taggedGroups = (input: Message, asked: Asked) =>
  objects(input, 'Tags').map((one) => group(text(one, 'ResourceId'), asked));

/** Source: Service Authorization Reference, Amazon EC2 Auto Scaling. */
export const autoScaling: ServiceActs = {
  prefix: 'autoscaling',
  resources: {
    ...each(
      [
        'CreateAutoScalingGroup',
        'UpdateAutoScalingGroup',
        'DeleteAutoScalingGroup',
        'SetInstanceProtection',
        'PutScalingPolicy',
        'DeletePolicy',
        'AttachLoadBalancerTargetGroups',
        'DetachLoadBalancerTargetGroups',
        'SuspendProcesses',
        'ResumeProcesses',
        'EnableMetricsCollection',
        'DisableMetricsCollection',
      ],
      named,
    ),
    ...each(['CreateOrUpdateTags', 'DeleteTags'], taggedGroups),
  },
  more: (asked) =>
    asked.operation === 'CreateAutoScalingGroup'
      ? tagging(asked, 'autoscaling:CreateOrUpdateTags', named(asked.input, asked))
      : [],
};
