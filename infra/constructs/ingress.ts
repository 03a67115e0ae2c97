import { Lb } from '@cdktf/provider-aws/lib/lb';
import {
  LbListener,
  type LbListenerConfig,
  type LbListenerDefaultAction,
} from '@cdktf/provider-aws/lib/lb-listener';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { Construct } from 'constructs';
import type { IngressPlan } from '../settings/platform';
import type { NetworkFacts } from './network';

export interface IngressProps {
  readonly kind: 'application' | 'network';
  /** Of the load balancer, at most 32 characters. */
  readonly name: string;
  readonly network: NetworkFacts;
  /** Who may reach it. */
  readonly sources: Sources;
  /** CIDRs that may reach the test listener. */
  readonly testSources: readonly string[];
  /** With one, both listeners speak HTTPS, and port 80 sends everybody there. */
  readonly certificateArn: string | undefined;
  /** Name of the bucket that each request is written to. */
  readonly accessLogBucket: string | undefined;
  readonly protect: boolean;
}

/** CIDRs, or the prefix list of CloudFront. */
export type Sources = { readonly cidrs: readonly string[] } | { readonly prefixListId: string };

export const HTTP_PORT = 80;
export const HTTPS_PORT = 443;
export const TEST_PORT = 8080;

/** TLS 1.2 and 1.3, with forward secrecy alone. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

/** Ports that the balancer listens on for everybody. */
export function publicPorts({ domain, certificateArn }: IngressPlan): number[] {
  return domain !== undefined || certificateArn !== undefined ? [HTTP_PORT, HTTPS_PORT] : [HTTP_PORT];
}

/**
 * The load balancer: one listener for everybody, one for a look at what is not released yet, which the world does
 * not reach. Both answer 404 to what no service's rule claims. What it may reach, each service opens for itself.
 */
export class Ingress extends Construct {
  readonly securityGroupId: string;
  readonly arn: string;
  readonly dnsName: string;
  /** Of the balancer's own name, for alias records. */
  readonly zoneId: string;
  readonly arnSuffix: string;
  /** Where services put their rules; a network balancer has none, and a service's own listeners forward. */
  readonly listeners: { readonly production: string; readonly test: string } | undefined;
  /** Whether the listeners speak TLS. */
  readonly encrypted: boolean;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: IngressProps,
  ) {
    super(scope, id);
    const group = new SecurityGroup(this, 'balancer', {
      name: `${props.name}-balancer`,
      description: `Load balancer of ${props.name}`,
      vpcId: props.network.vpcId,
      tags: { Name: `${props.name}-balancer` },
    });
    this.securityGroupId = group.id;
    this.encrypted = props.certificateArn !== undefined;
    const redirects = this.encrypted && props.kind === 'application' && 'cidrs' in props.sources;
    this.open('production', this.port('production'), props.sources, 'For everybody');
    // CloudFront redirects by itself, and its prefix list fills a group with one port.
    if (redirects) this.open('redirect', HTTP_PORT, props.sources, 'Redirected to HTTPS');
    this.open('test', TEST_PORT, { cidrs: props.testSources }, 'Test listener, from known networks');

    const balancer = new Lb(this, 'load-balancer', {
      name: props.name,
      loadBalancerType: props.kind,
      internal: false,
      securityGroups: [group.id],
      subnets: [...props.network.publicSubnetIds],
      enableDeletionProtection: props.protect,
      ...(props.kind === 'application'
        ? { dropInvalidHeaderFields: true, desyncMitigationMode: 'defensive', idleTimeout: 60 }
        : {}),
      ...(props.accessLogBucket === undefined
        ? {}
        : { accessLogs: { bucket: props.accessLogBucket, enabled: true } }),
    });
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.arnSuffix = balancer.arnSuffix;
    if (props.kind === 'application') {
      this.listeners = { production: this.claimed('production'), test: this.claimed('test') };
    }
    if (redirects) this.redirect(balancer);
  }

  port(listener: 'production' | 'test'): number {
    if (listener === 'test') return TEST_PORT;
    return this.encrypted ? HTTPS_PORT : HTTP_PORT;
  }

  private open(id: string, port: number, sources: Sources, description: string): void {
    new SecurityGroupRule(this, `${id}-in`, {
      securityGroupId: this.securityGroupId,
      type: 'ingress',
      protocol: 'tcp',
      fromPort: port,
      toPort: port,
      ...('cidrs' in sources
        ? { cidrBlocks: [...sources.cidrs] }
        : { prefixListIds: [sources.prefixListId] }),
      description,
    });
  }

  /** What a listener on this balancer speaks. */
  protocol(): Pick<LbListenerConfig, 'protocol' | 'certificateArn' | 'sslPolicy'> {
    const { certificateArn, kind } = this.props;
    const [plain, encrypted] = kind === 'application' ? ['HTTP', 'HTTPS'] : ['TCP', 'TLS'];
    if (certificateArn === undefined) return { protocol: plain };
    return { protocol: encrypted, certificateArn, sslPolicy: TLS_POLICY };
  }

  private claimed(id: 'production' | 'test'): string {
    return new LbListener(this, id, {
      loadBalancerArn: this.arn,
      port: this.port(id),
      ...this.protocol(),
      defaultAction: [nothing],
    }).arn;
  }

  private redirect(balancer: Lb): void {
    new LbListener(this, 'redirect', {
      loadBalancerArn: balancer.arn,
      port: HTTP_PORT,
      protocol: 'HTTP',
      defaultAction: [
        {
          type: 'redirect',
          redirect: { protocol: 'HTTPS', port: String(HTTPS_PORT), statusCode: 'HTTP_301' },
        },
      ],
    });
  }
}

const nothing: LbListenerDefaultAction = {
  type: 'fixed-response',
  fixedResponse: {
    contentType: 'text/plain',
    messageBody: 'no service answers here',
    statusCode: '404',
  },
};
