import { configured, nameOf, type Compute } from './identifiers';

const loadBalancer: Compute = (attributes, context) => {
  const name = nameOf(attributes, context);
  const suffix = `app/${name}/${context.hex(16)}`;
  return {
    id: context.arn('elasticloadbalancing', `loadbalancer/${suffix}`),
    arn: context.arn('elasticloadbalancing', `loadbalancer/${suffix}`),
    arn_suffix: suffix,
    name,
    // Clients reach it on this machine, so its name is an address with a port.
    dns_name:
      context.dnsName ?? `${name}-${parseInt(context.hex(8), 16)}.${context.region}.elb.amazonaws.com`,
    zone_id: 'Z14GRHDCWA56QT',
    load_balancer_type: 'application',
    ip_address_type: 'ipv4',
    vpc_id: '',
  };
};

const listener: Compute = (attributes, context) => {
  const balancer = configured(attributes, 'load_balancer_arn');
  const arn = `${balancer.replace(':loadbalancer/', ':listener/')}/${context.hex(16)}`;
  return { id: arn, arn, protocol: 'HTTP', ssl_policy: '' };
};

const rule: Compute = (attributes, context) => {
  const arn = `${configured(attributes, 'listener_arn').replace(':listener/', ':listener-rule/')}/${context.hex(16)}`;
  return { id: arn, arn };
};

const targetGroup: Compute = (attributes, context) => {
  const name = nameOf(attributes, context).slice(0, 32);
  const suffix = `targetgroup/${name}/${context.hex(16)}`;
  const arn = context.arn('elasticloadbalancing', suffix);
  return {
    id: arn,
    arn,
    arn_suffix: suffix,
    name,
    deregistration_delay: '300',
    target_type: 'instance',
    load_balancing_algorithm_type: 'round_robin',
  };
};

export const loadBalancing: Readonly<Record<string, Compute>> = {
  aws_lb: loadBalancer,
  aws_alb: loadBalancer,
  aws_lb_listener: listener,
  aws_alb_listener: listener,
  aws_lb_listener_rule: rule,
  aws_alb_listener_rule: rule,
  aws_lb_target_group: targetGroup,
  aws_alb_target_group: targetGroup,
  aws_acm_certificate: (attributes, context) => {
    const id = context.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const arn = context.arn('acm', `certificate/${id}`);
    return {
      id: arn,
      arn,
      status: 'ISSUED',
      domain_validation_options: [
        {
          domain_name: configured(attributes, 'domain_name'),
          resource_record_name: `_${context.hex(32)}.${configured(attributes, 'domain_name')}.`,
          resource_record_type: 'CNAME',
          resource_record_value: `_${context.hex(32, 'value')}.acm-validations.aws.`,
        },
      ],
    };
  },
  aws_acm_certificate_validation: (_, { hex }) => ({ id: hex(16) }),
  aws_route53_zone: (attributes, context) => {
    const id = `Z${context.hex(20).toUpperCase()}`;
    return {
      id,
      zone_id: id,
      arn: `arn:aws:route53:::hostedzone/${id}`,
      name_servers: ['com', 'net', 'org', 'co.uk'].map(
        (end, index) => `ns-${index + 1}.awsdns-0${index}.${end}`,
      ),
    };
  },
  aws_route53_record: (attributes) => {
    const name = configured(attributes, 'name').replace(/\.$/, '');
    return {
      id: `${configured(attributes, 'zone_id')}_${name}_${configured(attributes, 'type')}`,
      fqdn: name,
    };
  },
  aws_wafv2_web_acl_association: (attributes) => ({
    id: `${configured(attributes, 'web_acl_arn')},${configured(attributes, 'resource_arn')}`,
  }),
  aws_wafv2_web_acl_logging_configuration: (attributes) => ({ id: configured(attributes, 'resource_arn') }),
};
