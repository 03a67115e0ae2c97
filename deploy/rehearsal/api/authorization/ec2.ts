import type { Message } from '../operation';
import {
  objects,
  passing,
  requestTags,
  tagContext,
  text,
  texts,
  type Act,
  type Asked,
  type ServiceActs,
} from './acts';

/** What each member of a request names, e.g. `VpcId` a `vpc`. */
const byMember: Readonly<Record<string, string>> = {
  VpcId: 'vpc',
  SubnetId: 'subnet',
  GroupId: 'security-group',
  RouteTableId: 'route-table',
  InternetGatewayId: 'internet-gateway',
  NatGatewayId: 'natgateway',
  AllocationId: 'elastic-ip',
  NetworkAclId: 'network-acl',
  VpcEndpointId: 'vpc-endpoint',
  FlowLogId: 'vpc-flow-log',
  LaunchTemplateId: 'launch-template',
  NetworkInterfaceId: 'network-interface',
};

/** By the beginning of its id. */
const byId: Readonly<Record<string, string>> = {
  vpc: 'vpc',
  subnet: 'subnet',
  sg: 'security-group',
  sgr: 'security-group-rule',
  rtb: 'route-table',
  igw: 'internet-gateway',
  nat: 'natgateway',
  eipalloc: 'elastic-ip',
  acl: 'network-acl',
  vpce: 'vpc-endpoint',
  fl: 'vpc-flow-log',
  lt: 'launch-template',
  eni: 'network-interface',
  i: 'instance',
};

/** What is made, and the members that name what it is made from or changed in. `+` marks what is new. */
const operations: Readonly<Record<string, readonly string[]>> = {
  CreateVpc: ['+vpc'],
  DeleteVpc: ['VpcId'],
  ModifyVpcAttribute: ['VpcId'],
  DescribeVpcAttribute: ['VpcId'],
  CreateSubnet: ['+subnet', 'VpcId'],
  DeleteSubnet: ['SubnetId'],
  ModifySubnetAttribute: ['SubnetId'],
  CreateInternetGateway: ['+internet-gateway'],
  DeleteInternetGateway: ['InternetGatewayId'],
  AttachInternetGateway: ['InternetGatewayId', 'VpcId'],
  DetachInternetGateway: ['InternetGatewayId', 'VpcId'],
  AllocateAddress: ['+elastic-ip'],
  ReleaseAddress: ['AllocationId'],
  CreateNatGateway: ['+natgateway', 'SubnetId', 'AllocationId'],
  DeleteNatGateway: ['NatGatewayId'],
  CreateRouteTable: ['+route-table', 'VpcId'],
  DeleteRouteTable: ['RouteTableId'],
  CreateRoute: ['RouteTableId'],
  ReplaceRoute: ['RouteTableId'],
  DeleteRoute: ['RouteTableId'],
  AssociateRouteTable: ['RouteTableId', 'SubnetId'],
  ReplaceRouteTableAssociation: ['RouteTableId'],
  CreateSecurityGroup: ['+security-group', 'VpcId'],
  DeleteSecurityGroup: ['GroupId'],
  AuthorizeSecurityGroupIngress: ['GroupId'],
  AuthorizeSecurityGroupEgress: ['GroupId'],
  RevokeSecurityGroupIngress: ['GroupId'],
  RevokeSecurityGroupEgress: ['GroupId'],
  ModifySecurityGroupRules: ['GroupId'],
  UpdateSecurityGroupRuleDescriptionsIngress: ['GroupId'],
  UpdateSecurityGroupRuleDescriptionsEgress: ['GroupId'],
  CreateNetworkAcl: ['+network-acl', 'VpcId'],
  DeleteNetworkAcl: ['NetworkAclId'],
  CreateNetworkAclEntry: ['NetworkAclId'],
  DeleteNetworkAclEntry: ['NetworkAclId'],
  ReplaceNetworkAclEntry: ['NetworkAclId'],
  ReplaceNetworkAclAssociation: ['NetworkAclId', '+subnet'],
  CreateVpcEndpoint: ['+vpc-endpoint', 'VpcId', 'SubnetId', 'RouteTableId'],
  DeleteVpcEndpoints: ['VpcEndpointId'],
  ModifyVpcEndpoint: ['VpcEndpointId'],
  CreateFlowLogs: ['+vpc-flow-log', 'ResourceId'],
  DeleteFlowLogs: ['FlowLogId'],
  CreateLaunchTemplate: ['+launch-template'],
  CreateLaunchTemplateVersion: ['LaunchTemplateId'],
  ModifyLaunchTemplate: ['LaunchTemplateId'],
  DeleteLaunchTemplate: ['LaunchTemplateId'],
  DeleteLaunchTemplateVersions: ['LaunchTemplateId'],
  CreateTags: ['ResourceId'],
  DeleteTags: ['ResourceId'],
};

/**
 * Descriptions take no resource, apart from that of a VPC's attribute. Neither does what names an association alone: nobody knows here what it is of.
 * Source: Service Authorization Reference, Amazon EC2.
 */
export const ec2: ServiceActs = {
  prefix: 'ec2',
  resources: Object.fromEntries(
    Object.entries(operations).map(([operation, members]) => [
      operation,
      (input: Message, asked: Asked) => members.flatMap((one) => resourcesIn(input, one, asked)),
    ]),
  ),
  more(asked) {
    const [made] = operations[asked.operation]?.filter((one) => one.startsWith('+')) ?? [];
    const specified = objects(asked.input, 'TagSpecification');
    const tagged: Act[] =
      made === undefined || specified.length === 0 || Object.keys(requestTags(asked.input)).length === 0
        ? []
        : [
            {
              action: 'ec2:CreateTags',
              resources: resourcesIn(asked.input, made, asked),
              context: { ...tagContext(asked.input), 'ec2:CreateAction': asked.operation },
            },
          ];
    return asked.operation === 'CreateFlowLogs'
      ? [...tagged, ...passing(asked.input.DeliverLogsPermissionArn, 'vpc-flow-logs.amazonaws.com')]
      : tagged;
  },
};

function resourcesIn(input: Message, member: string, asked: Asked): string[] {
  if (member.startsWith('+')) return [asked.arn('ec2', `${member.slice(1)}/*`)];
  if (member === 'ResourceId')
    return texts(input, member).map((id) => asked.arn('ec2', `${byId[id.split('-')[0] ?? ''] ?? '*'}/${id}`));
  const given = texts(input, member);
  return (given.length === 0 && text(input, member) === '' ? [] : given).map((id) =>
    asked.arn('ec2', `${byMember[member]}/${id}`),
  );
}
