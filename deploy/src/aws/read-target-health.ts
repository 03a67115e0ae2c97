import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createClient, type ClientOptions } from './clients';

/** The targets of these target groups with their health. @throws where one is not there or may not be read. */
export async function readTargets(
  options: ClientOptions,
  targetGroupArns: readonly string[],
): Promise<TargetHealthDescription[]> {
  const client = createClient(ElasticLoadBalancingV2Client, options);
  try {
    const answers = await Promise.all(
      targetGroupArns.map((TargetGroupArn) =>
        client.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
      ),
    );
    return answers.flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions);
  } finally {
    client.destroy();
  }
}
