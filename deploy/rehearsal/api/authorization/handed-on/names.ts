import type { Routes } from '../../protocol/rest-json-codec';
import { each, text, type ServiceActs } from '../acts';

const ROUTE53 = '/2013-04-01';
const CLOUDFRONT = '/2020-05-31';

/** Paths of Route 53. */
export const zones: Routes = {
  CreateHostedZone: `POST ${ROUTE53}/hostedzone`,
  ListHostedZones: `GET ${ROUTE53}/hostedzone`,
  ListHostedZonesByName: `GET ${ROUTE53}/hostedzonesbyname`,
  GetHostedZone: `GET ${ROUTE53}/hostedzone/{Id}`,
  UpdateHostedZoneComment: `POST ${ROUTE53}/hostedzone/{Id}`,
  DeleteHostedZone: `DELETE ${ROUTE53}/hostedzone/{Id}`,
  ListResourceRecordSets: `GET ${ROUTE53}/hostedzone/{Id}/rrset`,
  ChangeResourceRecordSets: `POST ${ROUTE53}/hostedzone/{Id}/rrset`,
  GetDNSSEC: `GET ${ROUTE53}/hostedzone/{Id}/dnssec`,
  GetChange: `GET ${ROUTE53}/change/{Id}`,
  ListTagsForResource: `GET ${ROUTE53}/tags/hostedzone/{Id}`,
  ChangeTagsForResource: `POST ${ROUTE53}/tags/hostedzone/{Id}`,
};

/** Paths of CloudFront. */
export const distributions: Routes = {
  CreateDistribution: `POST ${CLOUDFRONT}/distribution`,
  ListDistributions: `GET ${CLOUDFRONT}/distribution`,
  GetDistribution: `GET ${CLOUDFRONT}/distribution/{Id}`,
  GetDistributionConfig: `GET ${CLOUDFRONT}/distribution/{Id}/config`,
  UpdateDistribution: `PUT ${CLOUDFRONT}/distribution/{Id}/config`,
  DeleteDistribution: `DELETE ${CLOUDFRONT}/distribution/{Id}`,
  ListTagsForResource: `GET ${CLOUDFRONT}/tagging`,
  TagResource: `POST ${CLOUDFRONT}/tagging`,
};

/** Source: Service Authorization Reference, Amazon Route 53. */
export const route53: ServiceActs = {
  prefix: 'route53',
  resources: {
    ...each(
      Object.keys(zones).filter((name) => !/^(CreateHostedZone|ListHostedZones.*|GetChange)$/.test(name)),
      (input) => [`arn:aws:route53:::hostedzone/${text(input, 'Id')}`],
    ),
    GetChange: (input) => [`arn:aws:route53:::change/${text(input, 'Id')}`],
  },
};

/** Source: Service Authorization Reference, Amazon CloudFront. */
export const cloudFront: ServiceActs = {
  prefix: 'cloudfront',
  resources: {
    ...each(
      ['GetDistribution', 'GetDistributionConfig', 'UpdateDistribution', 'DeleteDistribution'],
      (input, asked) => [asked.global('cloudfront', `distribution/${text(input, 'Id')}`)],
    ),
    // By its id: the ARN that moto makes up lacks a colon.
    ...each(['ListTagsForResource', 'TagResource'], (input, asked) => [
      asked.global('cloudfront', `distribution/${text(input, 'Resource').split('/').at(-1)}`),
    ]),
  },
  // The tags stand in XML, which is not read here.
  more: (asked) =>
    asked.operation === 'CreateDistribution' && asked.input.WithTags !== undefined
      ? [{ action: 'cloudfront:TagResource', resources: [asked.global('cloudfront', 'distribution/*')] }]
      : [],
};
