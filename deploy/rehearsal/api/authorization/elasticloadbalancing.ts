import type { Message } from '../operation';
import { each, tagging, text, texts, type Asked, type ServiceActs } from './acts';

const kinds: Readonly<Record<string, string>> = { network: 'net', gateway: 'gwy' };

/** What is made gets an id, which nobody knows yet. */
const newBalancer = (input: Message, asked: Asked) => [
  asked.arn(
    'elasticloadbalancing',
    `loadbalancer/${kinds[text(input, 'Type')] ?? 'app'}/${text(input, 'Name')}/*`,
  ),
];
const newTargetGroup = (input: Message, asked: Asked) => [
  asked.arn('elasticloadbalancing', `targetgroup/${text(input, 'Name')}/*`),
];
const member = (name: string) => (input: Message) => [text(input, name)];

/** `loadbalancer/app/NAME/ID` holds `listener/app/NAME/ID/*`, and that `listener-rule/...`. */
const under = (arn: string, kind: string) => `${arn.replace(/:(?:loadbalancer|listener)\//, `:${kind}/`)}/*`;

/** Source: Service Authorization Reference, AWS Elastic Load Balancing V2. */
export const elasticLoadBalancing: ServiceActs = {
  prefix: 'elasticloadbalancing',
  resources: {
    CreateLoadBalancer: newBalancer,
    CreateTargetGroup: newTargetGroup,
    ...each(
      [
        'CreateListener',
        'DeleteLoadBalancer',
        'ModifyLoadBalancerAttributes',
        'SetSecurityGroups',
        'SetSubnets',
        'SetIpAddressType',
        'ModifyCapacityReservation',
      ],
      member('LoadBalancerArn'),
    ),
    ...each(
      [
        'CreateRule',
        'DeleteListener',
        'ModifyListener',
        'ModifyListenerAttributes',
        'AddListenerCertificates',
        'RemoveListenerCertificates',
      ],
      member('ListenerArn'),
    ),
    ...each(['DeleteRule', 'ModifyRule'], member('RuleArn')),
    SetRulePriorities: (input) =>
      (Array.isArray(input.RulePriorities) ? (input.RulePriorities as Message[]) : []).map((one) =>
        text(one, 'RuleArn'),
      ),
    ...each(
      [
        'DeleteTargetGroup',
        'ModifyTargetGroup',
        'ModifyTargetGroupAttributes',
        'RegisterTargets',
        'DeregisterTargets',
      ],
      member('TargetGroupArn'),
    ),
    ...each(['AddTags', 'RemoveTags'], (input) => texts(input, 'ResourceArns')),
  },
  more: (asked) => {
    const { input, operation } = asked;
    const made: Record<string, () => readonly string[]> = {
      CreateLoadBalancer: () => newBalancer(input, asked),
      CreateTargetGroup: () => newTargetGroup(input, asked),
      CreateListener: () => [under(text(input, 'LoadBalancerArn'), 'listener')],
      CreateRule: () => [under(text(input, 'ListenerArn'), 'listener-rule')],
    };
    const resources = made[operation]?.();
    if (resources === undefined) return [];
    return tagging(asked, 'elasticloadbalancing:AddTags', resources, 'elasticloadbalancing:CreateAction');
  },
};
