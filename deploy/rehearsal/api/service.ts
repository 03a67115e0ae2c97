import type { ServiceOperations } from './operation';
import type { Routes } from './protocol/rest-json-codec';

/** How a service talks. */
export type Protocol = 'json' | 'query' | 'ec2' | 's3' | 'rest-json';

/** What is fixed of a service: its protocol, and how its requests and errors are written. */
export interface ServiceDescription {
  /** Name in the credential scope of a signature. */
  signingName: string;
  protocol: Protocol;
  /** JSON: what stands before the operation in `X-Amz-Target`. */
  targetPrefix?: string;
  jsonVersion?: '1.0' | '1.1';
  /** Query and EC2: namespace of the answer. */
  namespace?: string;
  /** What IAM calls it: `ecs` in `ecs:UpdateService`. */
  actionPrefix?: string;
  /** The code of an error that is the service's own fault. */
  internalErrorCode?: string;
  /** REST: method and path of each operation. */
  routes?: Routes;
}

const EFS = '/2015-02-01';

/** From botocore's service models (service-2.json, `metadata`). */
export const services: readonly ServiceDescription[] = [
  {
    signingName: 'ecs',
    protocol: 'json',
    targetPrefix: 'AmazonEC2ContainerServiceV20141113',
    internalErrorCode: 'ServerException',
  },
  {
    signingName: 'ssm',
    protocol: 'json',
    targetPrefix: 'AmazonSSM',
    internalErrorCode: 'InternalServerError',
  },
  {
    signingName: 'secretsmanager',
    protocol: 'json',
    targetPrefix: 'secretsmanager',
    internalErrorCode: 'InternalServiceError',
  },
  {
    signingName: 'ecr',
    protocol: 'json',
    targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
    internalErrorCode: 'ServerException',
  },
  { signingName: 'logs', protocol: 'json', targetPrefix: 'Logs_20140328' },
  {
    signingName: 'monitoring',
    protocol: 'query',
    targetPrefix: 'GraniteServiceVersion20100801',
    jsonVersion: '1.0',
    namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    actionPrefix: 'cloudwatch',
  },
  { signingName: 'sts', protocol: 'query', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  { signingName: 'iam', protocol: 'query', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  {
    signingName: 'elasticloadbalancing',
    protocol: 'query',
    namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  },
  { signingName: 'ec2', protocol: 'ec2', namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
  { signingName: 's3', protocol: 's3' },
  {
    signingName: 'application-autoscaling',
    protocol: 'json',
    targetPrefix: 'AnyScaleFrontendService',
    internalErrorCode: 'InternalServiceException',
  },
  {
    signingName: 'servicediscovery',
    protocol: 'json',
    targetPrefix: 'Route53AutoNaming_v20170314',
  },
  {
    signingName: 'elasticfilesystem',
    protocol: 'rest-json',
    internalErrorCode: 'InternalServerError',
    routes: {
      CreateFileSystem: `POST ${EFS}/file-systems`,
      DescribeFileSystems: `GET ${EFS}/file-systems`,
      DeleteFileSystem: `DELETE ${EFS}/file-systems/{FileSystemId}`,
      DescribeLifecycleConfiguration: `GET ${EFS}/file-systems/{FileSystemId}/lifecycle-configuration`,
      CreateMountTarget: `POST ${EFS}/mount-targets`,
      DescribeMountTargets: `GET ${EFS}/mount-targets`,
      DescribeMountTargetSecurityGroups: `GET ${EFS}/mount-targets/{MountTargetId}/security-groups`,
      DeleteMountTarget: `DELETE ${EFS}/mount-targets/{MountTargetId}`,
      CreateAccessPoint: `POST ${EFS}/access-points`,
      DescribeAccessPoints: `GET ${EFS}/access-points`,
      DeleteAccessPoint: `DELETE ${EFS}/access-points/{AccessPointId}`,
      ListTagsForResource: `GET ${EFS}/resource-tags/{ResourceId}`,
      TagResource: `POST ${EFS}/resource-tags/{ResourceId}`,
      UntagResource: `DELETE ${EFS}/resource-tags/{ResourceId}`,
    },
  },
];

/** Operations by the signing name of their service. */
export type Offered = Readonly<Record<string, ServiceOperations>>;

/** The service that an `X-Amz-Target` header names, for requests that are not signed. */
export function serviceOfTarget(target: string): ServiceDescription | undefined {
  const prefix = target.split('.')[0];
  return services.find((service) => service.targetPrefix === prefix);
}

/** The service that a Query request without signature is for: only STS answers those. */
export function serviceOfUnsignedAction(action: string): ServiceDescription | undefined {
  return action === 'AssumeRoleWithWebIdentity' || action === 'AssumeRoleWithSAML'
    ? services.find((service) => service.signingName === 'sts')
    : undefined;
}
