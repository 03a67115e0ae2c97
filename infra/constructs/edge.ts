import { DataAwsEc2ManagedPrefixList } from '@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { TerraformOutput } from '../cdktf';
import type { names } from '../names';
import { accessLogsPolicy } from '../policies/logs';
import type { Environment } from '../settings/platform';
import { Cdn } from './cdn';
import { Domain } from './domain';
import { Ingress, type Sources } from './ingress';
import { LogBucket } from './log-bucket';
import type { NetworkFacts } from './network';
import { WebFirewall } from './web-firewall';

export interface EdgeProps {
  readonly names: ReturnType<typeof names>;
  readonly arns: Arns;
  readonly environment: Environment;
  readonly network: NetworkFacts;
  readonly keyArn: string | undefined;
  readonly providerIn: (region: string) => AwsProvider;
}

const ACCESS_LOG_DAYS = 90;

/** All between the world and the target groups: name, certificate, CloudFront, firewall, load balancer, and its logs. */
export class Edge extends Construct {
  readonly ingress: Ingress;
  /** Where services answer that have no host of their own. */
  readonly url: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EdgeProps,
  ) {
    super(scope, id);
    const { environment, names, network, keyArn } = props;
    const plan = environment.ingress;
    const name = names.loadBalancer(environment.name);
    const domain = this.domain();
    this.ingress = new Ingress(this, 'ingress', {
      kind: plan.kind,
      name,
      network,
      sources: this.sources(),
      testSources: plan.testSources,
      certificateArn: domain?.certificateArn ?? plan.certificateArn,
      accessLogBucket: plan.accessLogs ? this.accessLogs() : undefined,
      protect: environment.protect,
    });
    if (plan.firewall) {
      new WebFirewall(this, 'firewall', {
        name,
        loadBalancerArn: this.ingress.arn,
        logGroupName: names.firewallLogGroup(environment.name),
        rateLimit: plan.rateLimit,
        behindCloudFront: plan.cloudFront,
        retentionDays: environment.observability.logRetentionDays,
        keyArn,
      });
    }
    const cdn = plan.cloudFront ? this.cdn(domain) : undefined;
    domain?.pointTo(cdn?.target ?? this.ingress, hostsBelow(environment));
    const scheme = cdn !== undefined || this.ingress.encrypted ? 'https' : 'http';
    this.url = `${scheme}://${plan.domain ?? cdn?.target.dnsName ?? this.ingress.dnsName}`;
  }

  /** Where a service answers. */
  urlOf(hosts: readonly string[]): string {
    return hosts[0] === undefined ? this.url : `${this.url.slice(0, this.url.indexOf('://'))}://${hosts[0]}`;
  }

  private domain(): Domain | undefined {
    const { environment, providerIn } = this.props;
    const { domain, zone, certificateArn } = environment.ingress;
    if (domain === undefined) return undefined;
    const made = new Domain(this, 'domain', {
      name: domain,
      zoneId: zone === 'own' ? undefined : zone,
      certificateArn,
      region: environment.region,
      providerIn,
    });
    if (made.nameServers !== undefined) {
      new TerraformOutput(this, 'name_servers', {
        value: made.nameServers,
        description: `NS records of ${domain}, to be entered at whoever holds the domain above it`,
        staticId: true,
      });
    }
    return made;
  }

  private sources(): Sources {
    const { cloudFront, sources } = this.props.environment.ingress;
    if (!cloudFront) return { cidrs: sources };
    const list = new DataAwsEc2ManagedPrefixList(this, 'cloudfront', {
      name: 'com.amazonaws.global.cloudfront.origin-facing',
    });
    return { prefixListId: list.id };
  }

  private accessLogs(): string {
    const { arns, environment, names } = this.props;
    const name = names.accessLogBucket(environment.name, arns);
    return new LogBucket(this, 'access-logs', {
      name,
      policy: accessLogsPolicy(arns, arns.bucket(name)),
      keepDays: ACCESS_LOG_DAYS,
      emptyOnDestroy: environment.rehearsal,
    }).name;
  }

  private cdn(domain: Domain | undefined): Cdn {
    const { environment } = this.props;
    const name = environment.ingress.domain;
    return new Cdn(this, 'cdn', {
      comment: `${environment.project} ${environment.name}`,
      origin: this.ingress.dnsName,
      encrypted: this.ingress.encrypted,
      alias:
        domain === undefined || name === undefined
          ? undefined
          : {
              names: [name, ...hostsBelow(environment)],
              certificateArn: domain.certificateOfCloudFront(),
            },
    });
  }
}

/** Hosts of services right below the domain: the certificate covers them, and records point here. */
export function hostsBelow({ ingress, services }: Pick<Environment, 'ingress' | 'services'>): string[] {
  const { domain } = ingress;
  if (domain === undefined) return [];
  const hosts = new Set(services.flatMap((service) => service.hosts));
  return [...hosts].filter((host) => host.endsWith(`.${domain}`));
}
