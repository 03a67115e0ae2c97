import type { Action, Rule } from '../store';
import { block, blocks, number, optionalText, text, texts, type Attributes } from './attributes';
import type { Mapping, Mappings } from './mapping';

const loadBalancer: Mapping = {
  put(attributes, store) {
    const arn = text(attributes, 'arn');
    store.loadBalancers.set(arn, {
      ...store.loadBalancers.get(arn),
      arn,
      name: text(attributes, 'name'),
      dnsName: text(attributes, 'dns_name'),
      scheme: attributes.internal === true ? 'internal' : 'internet-facing',
      type: optionalText(attributes, 'load_balancer_type') ?? 'application',
      vpcId: text(attributes, 'vpc_id'),
      subnetIds: texts(attributes, 'subnets'),
      securityGroupIds: texts(attributes, 'security_groups'),
    });
  },
  remove: (attributes, store) => void store.loadBalancers.delete(text(attributes, 'arn')),
};

const listener: Mapping = {
  put(attributes, store, { localPort }) {
    const arn = text(attributes, 'arn');
    store.listeners.set(arn, {
      arn,
      loadBalancerArn: text(attributes, 'load_balancer_arn'),
      port: number(attributes, 'port', 80),
      protocol: optionalText(attributes, 'protocol') ?? 'HTTP',
      certificateArn: optionalText(attributes, 'certificate_arn'),
      sslPolicy: optionalText(attributes, 'ssl_policy'),
      defaultActions: blocks(attributes, 'default_action').map(action),
      localPort,
    });
  },
  remove: (attributes, store) => void store.listeners.delete(text(attributes, 'arn')),
};

const rule: Mapping = {
  put(attributes, store) {
    const arn = text(attributes, 'arn');
    store.rules.set(arn, {
      arn,
      listenerArn: text(attributes, 'listener_arn'),
      priority: text(attributes, 'priority'),
      conditions: blocks(attributes, 'condition').flatMap(condition),
      actions: blocks(attributes, 'action').map(action),
    });
  },
  remove: (attributes, store) => void store.rules.delete(text(attributes, 'arn')),
};

const targetGroup: Mapping = {
  put(attributes, store) {
    const arn = text(attributes, 'arn');
    const check = block(attributes, 'health_check');
    store.targetGroups.set(arn, {
      arn,
      name: text(attributes, 'name'),
      protocol: optionalText(attributes, 'protocol') ?? 'HTTP',
      port: number(attributes, 'port', 80),
      vpcId: text(attributes, 'vpc_id'),
      targetType: attributes.target_type === 'ip' ? 'ip' : 'instance',
      healthCheck: {
        enabled: check.enabled !== false,
        path: optionalText(check, 'path') ?? '/',
        port: optionalText(check, 'port') ?? 'traffic-port',
        protocol: optionalText(check, 'protocol') ?? 'HTTP',
        interval: number(check, 'interval', 30),
        timeout: number(check, 'timeout', 5),
        healthyThreshold: number(check, 'healthy_threshold', 5),
        unhealthyThreshold: number(check, 'unhealthy_threshold', 2),
        matcher: optionalText(check, 'matcher') ?? '200',
      },
      attributes: targetGroupAttributes(attributes),
    });
  },
  remove: (attributes, store) => void store.targetGroups.delete(text(attributes, 'arn')),
};

function targetGroupAttributes(attributes: Attributes): Record<string, string> {
  const stickiness = block(attributes, 'stickiness');
  return {
    'deregistration_delay.timeout_seconds': String(number(attributes, 'deregistration_delay', 300)),
    'load_balancing.algorithm.type':
      optionalText(attributes, 'load_balancing_algorithm_type') ?? 'round_robin',
    'slow_start.duration_seconds': String(number(attributes, 'slow_start', 0)),
    'stickiness.enabled': String(stickiness.enabled === true),
    'stickiness.type': optionalText(stickiness, 'type') ?? 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': String(number(stickiness, 'cookie_duration', 86_400)),
  };
}

function action(attributes: Attributes, index: number): Action {
  const single = optionalText(attributes, 'target_group_arn');
  const groups = blocks(block(attributes, 'forward'), 'target_group').map((group) => ({
    arn: text(group, 'arn'),
    weight: number(group, 'weight', 1),
  }));
  const redirect = blocks(attributes, 'redirect')[0];
  const fixed = blocks(attributes, 'fixed_response')[0];
  return {
    type: text(attributes, 'type'),
    order: number(attributes, 'order', index + 1),
    targetGroups: groups.length > 0 ? groups : single === undefined ? [] : [{ arn: single, weight: 1 }],
    redirect: redirect && {
      Protocol: optionalText(redirect, 'protocol') ?? '#{protocol}',
      Port: optionalText(redirect, 'port') ?? '#{port}',
      Host: optionalText(redirect, 'host') ?? '#{host}',
      Path: optionalText(redirect, 'path') ?? '/#{path}',
      Query: optionalText(redirect, 'query') ?? '#{query}',
      StatusCode: text(redirect, 'status_code'),
    },
    fixedResponse: fixed && {
      ContentType: text(fixed, 'content_type'),
      MessageBody: optionalText(fixed, 'message_body'),
      StatusCode: optionalText(fixed, 'status_code') ?? '200',
    },
  };
}

/** Terraform's blocks `path_pattern`, `host_header`, ... as ELBv2's fields. */
function condition(attributes: Attributes): Rule['conditions'] {
  const fields = ['path_pattern', 'host_header', 'http_request_method', 'source_ip', 'http_header'] as const;
  const plain = fields.flatMap((name) =>
    blocks(attributes, name).map((entry) => ({
      field: name.replaceAll('_', '-'),
      values: texts(entry, 'values'),
      header: optionalText(entry, 'http_header_name'),
    })),
  );
  const queries = blocks(attributes, 'query_string').map((entry) =>
    [optionalText(entry, 'key'), text(entry, 'value')].filter((part) => part !== undefined).join('='),
  );
  return queries.length === 0
    ? plain
    : [...plain, { field: 'query-string', values: queries, header: undefined }];
}

export const loadBalancing: Mappings = {
  aws_lb: loadBalancer,
  aws_alb: loadBalancer,
  aws_lb_listener: listener,
  aws_alb_listener: listener,
  aws_lb_listener_rule: rule,
  aws_alb_listener_rule: rule,
  aws_lb_target_group: targetGroup,
  aws_alb_target_group: targetGroup,
};
