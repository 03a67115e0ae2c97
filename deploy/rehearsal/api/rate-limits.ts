import type { Clock } from '../clock';

interface Bucket {
  operations: readonly string[];
  /** Calls that may come at once. */
  burst: number;
  /** Calls that come back each second. */
  perSecond: number;
}

/**
 * ECS's token buckets, one for each row, counted per account and region.
 * Source: Amazon ECS API Reference, "Request throttling for the Amazon ECS API".
 */
const buckets: readonly Bucket[] = [
  {
    operations: [
      'CreateCluster',
      'DeleteCluster',
      'UpdateCluster',
      'UpdateClusterSettings',
      'PutClusterCapacityProviders',
    ],
    burst: 20,
    perSecond: 1,
  },
  { operations: ['DescribeClusters', 'ListClusters'], burst: 50, perSecond: 20 },
  { operations: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'], burst: 20, perSecond: 1 },
  {
    operations: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
    burst: 50,
    perSecond: 20,
  },
  { operations: ['DeleteTaskDefinitions'], burst: 5, perSecond: 1 },
  {
    operations: ['CreateCapacityProvider', 'DeleteCapacityProvider', 'UpdateCapacityProvider'],
    burst: 10,
    perSecond: 1,
  },
  { operations: ['DescribeCapacityProviders'], burst: 50, perSecond: 20 },
  { operations: ['TagResource', 'UntagResource'], burst: 20, perSecond: 10 },
  { operations: ['ListTagsForResource'], burst: 50, perSecond: 20 },
  {
    operations: ['PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting'],
    burst: 10,
    perSecond: 1,
  },
  { operations: ['ListAccountSettings'], burst: 50, perSecond: 20 },
  {
    operations: [
      'RunTask',
      'StartTask',
      'StopTask',
      'ExecuteCommand',
      'UpdateContainerInstancesState',
      'UpdateContainerAgent',
      'DeregisterContainerInstance',
      'PutAttributes',
      'DeleteAttributes',
    ],
    burst: 100,
    perSecond: 40,
  },
  {
    operations: [
      'DescribeTasks',
      'ListTasks',
      'DescribeContainerInstances',
      'ListContainerInstances',
      'ListAttributes',
    ],
    burst: 100,
    perSecond: 20,
  },
  {
    operations: [
      'SubmitTaskStateChange',
      'SubmitContainerStateChange',
      'SubmitAttachmentStateChanges',
      'RegisterContainerInstance',
    ],
    burst: 200,
    perSecond: 120,
  },
  { operations: ['CreateService', 'DeleteService', 'UpdateService'], burst: 50, perSecond: 5 },
  { operations: ['DescribeServices', 'ListServices'], burst: 100, perSecond: 20 },
  { operations: ['DescribeServiceDeployments', 'ListServiceDeployments'], burst: 50, perSecond: 20 },
  { operations: ['DescribeServiceRevisions'], burst: 50, perSecond: 20 },
  { operations: ['UpdateTaskProtection', 'GetTaskProtection'], burst: 200, perSecond: 80 },
  { operations: ['ListServicesByNamespace'], burst: 10, perSecond: 1 },
];

/** Counts the calls of one account in one region. */
export class RateLimits {
  private readonly tokens = new Map<Bucket, { left: number; at: number }>();
  private readonly byOperation = new Map(
    buckets.flatMap((bucket) => bucket.operations.map((name) => [name, bucket])),
  );

  /** @param clock the rehearsal's: a sped-up ECS refills its buckets faster. */
  constructor(private readonly clock: Clock) {}

  /** Takes a token for one ECS call; false where there is none. Operations in no published row are not limited. */
  admits(operation: string): boolean {
    const bucket = this.byOperation.get(operation);
    if (bucket === undefined) return true;
    const now = this.clock.now();
    const last = this.tokens.get(bucket) ?? { left: bucket.burst, at: now };
    const left = Math.min(bucket.burst, last.left + ((now - last.at) / 1000) * bucket.perSecond);
    this.tokens.set(bucket, { left: left >= 1 ? left - 1 : left, at: now });
    return left >= 1;
  }
}
