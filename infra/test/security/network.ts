import { at, every, list, type One, type Rule } from './rule';

const WORLD = /"(0\.0\.0\.0\/0|::\/0)"/;
const isOpen = (one: One) =>
  WORLD.test(JSON.stringify([one.values.cidr_blocks, one.values.ipv6_cidr_blocks]));
const admits = (port: number) => (entry: Readonly<Record<string, unknown>>) =>
  entry.action === 'allow' &&
  entry.cidr_block === '0.0.0.0/0' &&
  (entry.protocol === '-1' || (Number(entry.from_port) <= port && port <= Number(entry.to_port)));

export const networkRules: readonly Rule[] = [
  every(
    'aws_vpc',
    {
      id: 'default-security-group',
      checks: 'EC2.2, CKV2_AWS_12, AVD-AWS-0173',
      says: 'The default security group of a VPC lets nothing through',
    },
    (vpc, stack) =>
      stack
        .about(vpc, 'aws_default_security_group')
        .some(({ values }) => JSON.stringify([values.ingress, values.egress]) === '[[],[]]'),
  ),
  every(
    'aws_vpc',
    {
      id: 'flow-logs',
      checks: 'EC2.6, CKV2_AWS_11, AVD-AWS-0178',
      says: 'All traffic of a VPC is logged',
    },
    (vpc, stack) => stack.about(vpc, 'aws_flow_log').some(({ values }) => values.traffic_type === 'ALL'),
  ),
  every(
    ['aws_default_vpc', 'aws_default_subnet'],
    { id: 'own-vpc', checks: 'CKV_AWS_148, AVD-AWS-0101', says: 'Nothing stands in the default VPC' },
    () => false,
  ),
  every(
    'aws_subnet',
    {
      id: 'no-public-address',
      checks: 'EC2.15, CKV_AWS_130, AVD-AWS-0164',
      says: 'A subnet gives no public address by itself',
    },
    ({ values }) => values.map_public_ip_on_launch === false,
  ),
  every(
    ['aws_security_group', 'aws_security_group_rule'],
    {
      id: 'described',
      checks: 'CKV_AWS_23, AVD-AWS-0099, AVD-AWS-0124',
      says: 'Every security group and rule says what it is for',
    },
    ({ values: { description } }) =>
      typeof description === 'string' && /^[0-9A-Za-z_ .:/()#,@[\]+=&;{}!$*-]+$/.test(description),
  ),
  every(
    'aws_security_group_rule',
    {
      id: 'world-reaches-https-alone',
      checks:
        'EC2.13, EC2.14, EC2.18, EC2.19, CKV_AWS_24, CKV_AWS_25, CKV_AWS_260, CKV_AWS_277, AVD-AWS-0107',
      says: 'Of all ports the world reaches 443 alone',
    },
    (rule) =>
      rule.values.type !== 'ingress' ||
      !isOpen(rule) ||
      (rule.values.from_port === 443 && rule.values.to_port === 443),
  ),
  every(
    'aws_security_group_rule',
    {
      id: 'egress-by-port',
      checks: 'CKV_AWS_382, AVD-AWS-0104',
      says: 'Nothing reaches every port of the world',
    },
    (rule) =>
      rule.values.type !== 'egress' ||
      !isOpen(rule) ||
      (rule.values.protocol !== '-1' && rule.values.from_port === rule.values.to_port),
  ),
  every(
    'aws_security_group',
    {
      id: 'rules-apart',
      checks: 'ours',
      says: 'A security group has no rules inline, which would fight those beside it',
    },
    ({ values }) => values.ingress === undefined && values.egress === undefined,
  ),
  every(
    'aws_security_group',
    { id: 'no-orphan-group', checks: 'EC2.22, CKV2_AWS_5', says: 'Every security group is somebody’s' },
    (group, stack) =>
      stack.all.some(
        (other) =>
          other.type !== 'aws_security_group_rule' &&
          JSON.stringify(other.values).includes(`\${${group.address}.id}`),
      ) || stack.published().includes(`\${${group.address}.id}`),
  ),
  every(
    'aws_network_acl',
    {
      id: 'acl-closed-to-administration',
      checks: 'EC2.21, CKV_AWS_231, CKV_AWS_232, AVD-AWS-0102, AVD-AWS-0105',
      says: 'No network ACL lets the world reach SSH or RDP, not among the return ports either',
    },
    (acl) => ![22, 3389].some((port) => list(acl, 'ingress').some(admits(port))),
  ),
  every(
    'aws_network_acl',
    { id: 'acl-attached', checks: 'EC2.16, CKV2_AWS_1', says: 'Every network ACL has subnets' },
    (acl) => list(acl, 'subnet_ids').length > 0,
  ),
  every(
    'aws_default_network_acl',
    { id: 'default-acl', checks: 'CKV2_AWS_1', says: 'The default network ACL lets nothing through' },
    ({ values }) => values.ingress === undefined && values.egress === undefined,
  ),
  every(
    'aws_eip',
    {
      id: 'address-attached',
      checks: 'EC2.12, CKV2_AWS_19',
      says: 'Every elastic address belongs to a NAT gateway',
    },
    (address, stack) => stack.about(address, 'aws_nat_gateway').length > 0,
  ),
  every(
    'aws_vpc',
    {
      id: 'endpoints',
      checks: 'EC2.55, EC2.56, EC2.57',
      says: 'ECR and Systems Manager are reached by endpoints inside the VPC',
    },
    (_, stack) =>
      ['ecr.api', 'ecr.dkr', 'ssm'].every((service) =>
        stack.of('aws_vpc_endpoint').some((one) => String(at(one, 'service_name')).endsWith(`.${service}`)),
      ),
  ),
];
