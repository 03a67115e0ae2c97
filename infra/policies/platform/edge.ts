import { actions, type Statement } from '../policy';
import type { PlatformAccess } from '../plan';

/** Load balancers, and what is before them: names, certificates, CloudFront, firewalls. */
export function writeEdge({ arns, project }: PlatformAccess): Statement[] {
  const balancing = (resource: string) => arns.regional('elasticloadbalancing', resource);
  return [
    {
      Sid: 'Balancing',
      Effect: 'Allow',
      Action: actions('elasticloadbalancing', [
        'CreateLoadBalancer',
        'DeleteLoadBalancer',
        'ModifyLoadBalancerAttributes',
        'SetSecurityGroups',
        'SetSubnets',
        'SetIpAddressType',
        'CreateTargetGroup',
        'DeleteTargetGroup',
        'ModifyTargetGroup',
        'ModifyTargetGroupAttributes',
        'CreateListener',
        'DeleteListener',
        'ModifyListener',
        'ModifyListenerAttributes',
        'CreateRule',
        'DeleteRule',
        'ModifyRule',
        'SetRulePriorities',
        'AddTags',
        'RemoveTags',
      ]),
      Resource: [
        balancing(`loadbalancer/*/${project}-*`),
        balancing(`targetgroup/${project}-*`),
        balancing(`listener/*/${project}-*`),
        balancing(`listener-rule/*/${project}-*`),
      ],
    },
    {
      // Zones, certificates and distributions have ids, not names.
      Sid: 'Names',
      Effect: 'Allow',
      Action: [
        ...actions('route53', [
          'CreateHostedZone',
          'DeleteHostedZone',
          'UpdateHostedZoneComment',
          'ChangeResourceRecordSets',
          'ChangeTagsForResource',
        ]),
        ...actions('acm', [
          'RequestCertificate',
          'DeleteCertificate',
          'UpdateCertificateOptions',
          'AddTagsToCertificate',
          'RemoveTagsFromCertificate',
        ]),
        ...actions('cloudfront', [
          'CreateDistribution',
          'UpdateDistribution',
          'DeleteDistribution',
          'TagResource',
          'UntagResource',
        ]),
      ],
      Resource: '*',
    },
    {
      Sid: 'Firewall',
      Effect: 'Allow',
      Action: actions('wafv2', [
        'CreateWebACL',
        'UpdateWebACL',
        'DeleteWebACL',
        'AssociateWebACL',
        'DisassociateWebACL',
        'PutLoggingConfiguration',
        'DeleteLoggingConfiguration',
        'TagResource',
        'UntagResource',
      ]),
      Resource: [
        arns.regional('wafv2', `regional/webacl/${project}-*`),
        arns.regional('wafv2', 'regional/managedruleset/*'),
        balancing(`loadbalancer/app/${project}-*`),
      ],
    },
    {
      Sid: 'FirewallOnBalancer',
      Effect: 'Allow',
      Action: 'elasticloadbalancing:SetWebACL',
      Resource: balancing(`loadbalancer/app/${project}-*`),
    },
    {
      // CloudWatch Logs takes what AWS delivers only from whoever may say so; none of these takes a resource.
      Sid: 'LogDelivery',
      Effect: 'Allow',
      Action: actions('logs', [
        'CreateLogDelivery',
        'DeleteLogDelivery',
        'GetLogDelivery',
        'ListLogDeliveries',
        'UpdateLogDelivery',
        'PutResourcePolicy',
        'DescribeResourcePolicies',
      ]),
      Resource: '*',
    },
  ];
}
