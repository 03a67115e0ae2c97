import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget';
import { Cloudtrail } from '@cdktf/provider-aws/lib/cloudtrail';
import { IamServiceLinkedRole } from '@cdktf/provider-aws/lib/iam-service-linked-role';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { trailPolicy } from '../policies/logs';
import type { BudgetSettings } from '../settings/settings';
import { LogBucket } from './log-bucket';

/** Percent of the limit, spent or foreseen. */
const ALERTS = [
  { threshold: 50, notificationType: 'ACTUAL' },
  { threshold: 80, notificationType: 'ACTUAL' },
  { threshold: 100, notificationType: 'ACTUAL' },
  { threshold: 100, notificationType: 'FORECASTED' },
] as const;

/** Mails when the account spends more than was meant. It stops nothing. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, props: BudgetSettings & { readonly name: string }) {
    super(scope, id);
    new BudgetsBudget(this, 'budget', {
      name: props.name,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: String(props.limit),
      limitUnit: 'USD',
      notification: ALERTS.map((alert) => ({
        ...alert,
        comparisonOperator: 'GREATER_THAN',
        thresholdType: 'PERCENTAGE',
        subscriberEmailAddresses: [...props.emails],
      })),
    });
  }
}

export interface TrailProps {
  readonly name: string;
  readonly bucket: string;
  readonly arns: Arns;
  /** Destroys what was written with it. Only a rehearsal may. */
  readonly emptyOnDestroy: boolean;
}

/** Every call of AWS's APIs in all regions, kept a year, each file signed so that a change shows. */
export class Trail extends Construct {
  constructor(scope: Construct, id: string, props: TrailProps) {
    super(scope, id);
    const { arns, name } = props;
    const bucket = new LogBucket(this, 'logs', {
      name: props.bucket,
      policy: trailPolicy(arns, arns.bucket(props.bucket), arns.regional('cloudtrail', `trail/${name}`)),
      keepDays: 365,
      emptyOnDestroy: props.emptyOnDestroy,
    });
    new Cloudtrail(this, 'trail', {
      name,
      s3BucketName: bucket.name,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
    });
  }
}

/** Which AWS makes at the first use in the console, and a role of a deploy may not make. */
const LINKED = {
  ecs: 'ecs.amazonaws.com',
  'load-balancing': 'elasticloadbalancing.amazonaws.com',
  'application-scaling': 'ecs.application-autoscaling.amazonaws.com',
  'instance-scaling': 'autoscaling.amazonaws.com',
} as const;

/** The roles with which services of AWS act in this account: a fresh one has none, and creating a service fails. */
export class ServiceLinkedRoles extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    for (const [name, awsServiceName] of Object.entries(LINKED))
      new IamServiceLinkedRole(this, name, { awsServiceName });
  }
}
