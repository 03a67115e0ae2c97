import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetGroup,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createClient, type ClientOptions } from './clients';

export interface TargetGroups {
  /** Of all of them. */
  targets: TargetHealthDescription[];
  groups: TargetGroup[];
}

/** The targets of these target groups with their health. @throws where one is not there or may not be read. */
export async function readTargets(
  options: ClientOptions,
  targetGroupArns: readonly string[],
): Promise<TargetHealthDescription[]> {
  const client = createClient(ElasticLoadBalancingV2Client, options);
  try {
    return await targetsOf(client, targetGroupArns);
  } finally {
    client.destroy();
  }
}

/** These target groups, and their targets with their health. @throws where one is not there or may not be read. */
export async function readTargetGroups(
  options: ClientOptions,
  targetGroupArns: readonly string[],
): Promise<TargetGroups> {
  const client = createClient(ElasticLoadBalancingV2Client, options);
  try {
    const [targets, { TargetGroups = [] }] = await Promise.all([
      targetsOf(client, targetGroupArns),
      // What the targets say is worth having without it.
      client
        .send(new DescribeTargetGroupsCommand({ TargetGroupArns: [...targetGroupArns] }))
        .catch(() => ({ TargetGroups: [] as TargetGroup[] })),
    ]);
    return { targets, groups: TargetGroups };
  } finally {
    client.destroy();
  }
}

async function targetsOf(
  client: ElasticLoadBalancingV2Client,
  targetGroupArns: readonly string[],
): Promise<TargetHealthDescription[]> {
  const answers = await Promise.all(
    targetGroupArns.map((TargetGroupArn) => client.send(new DescribeTargetHealthCommand({ TargetGroupArn }))),
  );
  return answers.flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions);
}
