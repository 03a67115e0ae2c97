import { actions, policy } from './policy';

/** Writes the connections of a VPC into their log group. Source: VPC user guide, publish flow logs to CloudWatch Logs. */
export function flowLogsPolicy(logGroupArn: string): string {
  return policy([
    {
      Sid: 'Write',
      Effect: 'Allow',
      Action: actions('logs', ['CreateLogStream', 'PutLogEvents', 'DescribeLogStreams']),
      Resource: [logGroupArn, `${logGroupArn}:*`],
    },
  ]);
}
