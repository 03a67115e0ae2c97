import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { flowLogsPolicy } from '../policies/network';
import { serviceTrust } from '../policies/trust';
import { Role } from './role';

export interface FlowLogsProps {
  readonly arns: Arns;
  readonly vpcId: string;
  readonly logGroupName: string;
  readonly roleName: string;
  readonly retentionDays: number;
  /** Of the environment's own key; AWS's without. */
  readonly keyArn: string | undefined;
}

/** A record of every connection of the VPC, allowed or refused. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, 'logs', {
      name: props.logGroupName,
      retentionInDays: props.retentionDays,
      ...(props.keyArn === undefined ? {} : { kmsKeyId: props.keyArn }),
    });
    const role = new Role(this, 'writer', {
      name: props.roleName,
      description: `Writes ${props.logGroupName}`,
      trust: serviceTrust('vpc-flow-logs.amazonaws.com', props.arns),
      policy: flowLogsPolicy(props.arns.logGroup(props.logGroupName)),
    });
    new FlowLog(this, 'flow-log', {
      vpcId: props.vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
    });
  }
}
