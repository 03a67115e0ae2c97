import { configured, nameOf, type Compute } from './identifiers';

/** An EC2 resource: an id with a prefix, and an ARN that holds it. */
const ec2 =
  (prefix: string, resource: string, more: Compute = () => ({})): Compute =>
  (attributes, context) => {
    const id = `${prefix}-0${context.hex(16)}`;
    return {
      id,
      arn: context.arn('ec2', `${resource}/${id}`),
      owner_id: context.accountId,
      ...more({ ...attributes, id }, context),
    };
  };

const privateAddress = (hex: string) =>
  `10.0.${parseInt(hex.slice(0, 2), 16)}.${parseInt(hex.slice(2, 4), 16)}`;
const publicAddress = (hex: string) => `203.0.113.${parseInt(hex.slice(0, 2), 16)}`;

export const network: Readonly<Record<string, Compute>> = {
  aws_vpc: ec2('vpc', 'vpc', (_, { hex }) => ({
    default_security_group_id: `sg-0${hex(16, 'default')}`,
    default_network_acl_id: `acl-0${hex(16, 'default')}`,
    default_route_table_id: `rtb-0${hex(16, 'main')}`,
    main_route_table_id: `rtb-0${hex(16, 'main')}`,
    dhcp_options_id: `dopt-0${hex(16)}`,
    instance_tenancy: 'default',
    ipv6_cidr_block: '',
  })),
  aws_subnet: ec2('subnet', 'subnet', (_, { hex }) => ({
    availability_zone_id: `az-${hex(2)}`,
    map_public_ip_on_launch: false,
    ipv6_cidr_block: '',
  })),
  aws_internet_gateway: ec2('igw', 'internet-gateway'),
  aws_egress_only_internet_gateway: ec2('eigw', 'egress-only-internet-gateway'),
  aws_eip: ec2('eipalloc', 'elastic-ip', (attributes, { hex }) => ({
    allocation_id: attributes.id,
    public_ip: publicAddress(hex(4)),
    domain: 'vpc',
  })),
  aws_nat_gateway: ec2('nat', 'natgateway', (_, { hex }) => ({
    public_ip: publicAddress(hex(4)),
    private_ip: privateAddress(hex(4)),
    network_interface_id: `eni-0${hex(16)}`,
    connectivity_type: 'public',
  })),
  aws_route_table: ec2('rtb', 'route-table'),
  aws_route: (attributes, { hex }) => ({
    id: `r-${configured(attributes, 'route_table_id')}${hex(9)}`,
    origin: 'CreateRoute',
    state: 'active',
  }),
  aws_route_table_association: (_, { hex }) => ({ id: `rtbassoc-0${hex(16)}` }),
  aws_network_acl: ec2('acl', 'network-acl'),
  aws_default_network_acl: ec2('acl', 'network-acl'),
  aws_default_route_table: ec2('rtb', 'route-table'),
  aws_security_group: (attributes, context) => {
    const id = `sg-0${context.hex(16)}`;
    return {
      id,
      arn: context.arn('ec2', `security-group/${id}`),
      owner_id: context.accountId,
      name: nameOf(attributes, context),
      description: 'Managed by Terraform',
    };
  },
  aws_default_security_group: ec2('sg', 'security-group', () => ({ name: 'default' })),
  aws_security_group_rule: (_, { hex }) => ({
    id: `sgrule-${hex(10)}`,
    security_group_rule_id: `sgr-0${hex(16)}`,
  }),
  aws_vpc_security_group_ingress_rule: ec2('sgr', 'security-group-rule', (attributes) => ({
    security_group_rule_id: attributes.id,
  })),
  aws_vpc_security_group_egress_rule: ec2('sgr', 'security-group-rule', (attributes) => ({
    security_group_rule_id: attributes.id,
  })),
  aws_vpc_endpoint: ec2('vpce', 'vpc-endpoint', (_, { hex }) => ({
    state: 'available',
    prefix_list_id: `pl-${hex(8)}`,
    vpc_endpoint_type: 'Gateway',
  })),
  aws_flow_log: ec2('fl', 'vpc-flow-log'),
  aws_launch_template: ec2('lt', 'launch-template', () => ({ latest_version: 1, default_version: 1 })),
};
