import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone';
import { Construct } from 'constructs';

export interface DomainProps {
  /** `staging.example.com` */
  readonly name: string;
  /** Id of the zone that holds it; undefined makes one. */
  readonly zoneId: string | undefined;
  /** Of a certificate that is there already; undefined makes one for the name and all names right below it. */
  readonly certificateArn: string | undefined;
  readonly region: string;
  readonly providerIn: (region: string) => AwsProvider;
}

const CLOUDFRONT_REGION = 'us-east-1';

/** Where an alias record points. */
export interface AliasTarget {
  readonly dnsName: string;
  readonly zoneId: string;
}

/** A name, the zone that answers for it, and the certificate that proves it, renewed by itself. */
export class Domain extends Construct {
  readonly zoneId: string;
  /** For what is in the environment's own region. */
  readonly certificateArn: string;
  /** To be entered at whoever holds the domain above; undefined where the zone was there already. */
  readonly nameServers: readonly string[] | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DomainProps,
  ) {
    super(scope, id);
    const zone = props.zoneId === undefined ? new Route53Zone(this, 'zone', { name: props.name }) : undefined;
    this.zoneId = zone?.zoneId ?? props.zoneId ?? '';
    this.nameServers = zone?.nameServers;
    this.certificateArn = props.certificateArn ?? this.certificate('certificate');
  }

  /** IPv4 and IPv6 records of the name, and of hosts below it. */
  pointTo(target: AliasTarget, hosts: readonly string[]): void {
    for (const host of [this.props.name, ...hosts]) {
      const id =
        host === this.props.name ? 'address' : `address-${host.slice(0, -this.props.name.length - 1)}`;
      for (const type of ['A', 'AAAA']) {
        new Route53Record(this, type === 'A' ? id : `${id}-ipv6`, {
          zoneId: this.zoneId,
          name: host,
          type,
          alias: { name: target.dnsName, zoneId: target.zoneId, evaluateTargetHealth: true },
        });
      }
    }
  }

  /** CloudFront takes certificates of us-east-1 alone. */
  certificateOfCloudFront(): string {
    const { region, providerIn } = this.props;
    if (region === CLOUDFRONT_REGION) return this.certificateArn;
    return this.certificate('cloudfront-certificate', providerIn(CLOUDFRONT_REGION));
  }

  /** For the name and all names right below it, which one record proves together. */
  private certificate(id: string, provider?: AwsProvider): string {
    const { name } = this.props;
    const where = provider === undefined ? {} : { provider };
    const certificate = new AcmCertificate(this, id, {
      domainName: name,
      subjectAlternativeNames: [`*.${name}`],
      validationMethod: 'DNS',
      // A new one is there before the old one goes.
      lifecycle: { createBeforeDestroy: true },
      ...where,
    });
    const option = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, `${id}-proof`, {
      zoneId: this.zoneId,
      name: option.resourceRecordName,
      type: option.resourceRecordType,
      records: [option.resourceRecordValue],
      ttl: 300,
      // Certificates of one name are proved by the same record.
      allowOverwrite: true,
    });
    return new AcmCertificateValidation(this, `${id}-validation`, {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
      ...where,
    }).certificateArn;
  }
}
