import { ExpressionError } from '../expression';
import type { Compute, ComputeContext } from './identifiers';

/** Zones of a region that take new subnets. Tokyo has no `b` for new accounts. */
const zonesOf = (region: string): string[] =>
  (region === 'ap-northeast-1' ? ['a', 'c', 'd'] : ['a', 'b', 'c']).map((letter) => region + letter);

const sources: Readonly<Record<string, Compute>> = {
  aws_caller_identity: (_, { accountId }) => ({
    id: accountId,
    account_id: accountId,
    arn: `arn:aws:iam::${accountId}:user/rehearsal`,
    user_id: 'AIDAAAAAAAAAAAAAAAAAA',
  }),
  aws_region: (_, { region }) => ({
    id: region,
    name: region,
    endpoint: `ec2.${region}.amazonaws.com`,
    description: region,
  }),
  aws_partition: () => ({
    id: 'aws',
    partition: 'aws',
    dns_suffix: 'amazonaws.com',
    reverse_dns_prefix: 'com.amazonaws',
  }),
  aws_availability_zones: (_, { region }) => ({
    id: region,
    names: zonesOf(region),
    zone_ids: zonesOf(region).map(
      (zone, index) => `${region.replaceAll('-', '')}-az${index + 1}-${zone.slice(-1)}`,
    ),
    group_names: [region],
  }),
  aws_ssm_parameter: (attributes, { hex }) => {
    // What AWS itself publishes; a parameter of an account's own has no value before there is an account.
    const isImage = /\/image_id$|^\/aws\/service\/ami-/.test(String(attributes.name));
    const value = isImage ? `ami-0${hex(16)}` : hex(16);
    return { id: attributes.name, type: 'String', version: 1, value, insecure_value: value };
  },
  aws_ec2_managed_prefix_list: (attributes, { hex }) => ({
    id: `pl-${hex(8)}`,
    name: attributes.name,
    owner_id: 'AWS',
    address_family: 'IPv4',
  }),
  aws_iam_openid_connect_provider: (attributes, context) => {
    const url = typeof attributes.url === 'string' ? attributes.url : '';
    const arn = typeof attributes.arn === 'string' ? attributes.arn : undefined;
    return { arn: arn ?? context.arn('iam', `oidc-provider/${url.replace(/^https:\/\//, '')}`, true), url };
  },
};

/** @throws ExpressionError for a data source that is not known here. */
export function readData(
  type: string,
  attributes: Readonly<Record<string, unknown>>,
  context: ComputeContext,
) {
  const read = Object.hasOwn(sources, type) ? sources[type] : undefined;
  if (read === undefined) {
    throw new ExpressionError(`the data source ${type} is not one of ${Object.keys(sources).join(', ')}`);
  }
  return { ...attributes, ...read(attributes, context) };
}
