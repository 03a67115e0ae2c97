import { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { Construct } from 'constructs';
import type { AliasTarget } from './domain';

export interface CdnProps {
  readonly comment: string;
  /** Host that CloudFront asks. */
  readonly origin: string;
  /** Whether it asks by HTTPS. */
  readonly encrypted: boolean;
  /** Own names, with their certificate in us-east-1; CloudFront's own name without. */
  readonly alias: { readonly names: readonly string[]; readonly certificateArn: string } | undefined;
}

/**
 * AWS's policies UseOriginCacheControlHeaders and AllViewer: what the app's answers let be kept is kept, and every request
 * reaches the app as it was asked, its host too.
 */
const CACHING_BY_ORIGIN = '83da9c7e-98b4-4e11-a168-04f0df8e2c65';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

/** CloudFront before the load balancer: near its users, and with TLS even where there is no domain. */
export class Cdn extends Construct {
  readonly target: AliasTarget;

  constructor(scope: Construct, id: string, props: CdnProps) {
    super(scope, id);
    const distribution = new CloudfrontDistribution(this, 'distribution', {
      comment: props.comment,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: 'http2and3',
      priceClass: 'PriceClass_100',
      ...(props.alias === undefined ? {} : { aliases: [...props.alias.names] }),
      origin: [
        {
          originId: 'balancer',
          domainName: props.origin,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: props.encrypted ? 'https-only' : 'http-only',
            originSslProtocols: ['TLSv1.2'],
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: 'balancer',
        viewerProtocolPolicy: 'redirect-to-https',
        allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
        cachedMethods: ['GET', 'HEAD'],
        compress: true,
        cachePolicyId: CACHING_BY_ORIGIN,
        originRequestPolicyId: ALL_VIEWER,
      },
      restrictions: { geoRestriction: { restrictionType: 'none' } },
      viewerCertificate:
        props.alias === undefined
          ? { cloudfrontDefaultCertificate: true }
          : {
              acmCertificateArn: props.alias.certificateArn,
              sslSupportMethod: 'sni-only',
              minimumProtocolVersion: 'TLSv1.2_2021',
            },
    });
    this.target = { dnsName: distribution.domainName, zoneId: distribution.hostedZoneId };
  }
}
