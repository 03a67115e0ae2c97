import type { ECSClient, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { revisionName, type ServiceName } from '../aws/ecs';
import type { Sink } from '../events';
import type { Baseline } from './baseline';
import { primaryOf } from './running';
import type { ServiceDeployments } from './service-deployments';
import { readBaseline, updateTo } from './start';

export interface StopInput {
  ecs: ECSClient;
  name: ServiceName;
  serviceDeploymentArn: string | undefined;
  /** ARN of the revision to go back to. */
  previous: string | undefined;
  serviceDeployments: ServiceDeployments;
  sink: Sink;
}

export type Stopped =
  /** ECS rolls the deployment back because it was asked to. */
  | { how: 'stop-deployment' }
  /** ECS was rolling it back already. */
  | { how: 'already' }
  /** A new deployment of the former revision. */
  | { how: 'update-service'; deploymentId: string; taskDefinitionArn: string; baseline: Baseline }
  | { how: 'nothing'; reason: string };

/** Goes back from a deployment in progress: StopServiceDeployment where ECS has it, else UpdateService. */
export async function stopRelease(input: StopInput): Promise<Stopped> {
  const { ecs, name, previous, serviceDeployments, serviceDeploymentArn, sink } = input;
  if (previous === undefined) {
    const reason =
      `there is nothing to go back to: no deployment of service ${name.service} was completed before, so it stays as it is ` +
      '("slipway delete" removes it, another "slipway deploy" goes on)';
    return { how: 'nothing', reason };
  }
  sink({ type: 'phase', phase: 'rollback', message: `to ${revisionName(previous)}` });
  if (serviceDeploymentArn !== undefined) {
    if (await serviceDeployments.rollBack(serviceDeploymentArn)) return { how: 'stop-deployment' };
    const now = await serviceDeployments.describe(serviceDeploymentArn);
    if (now?.status?.startsWith('ROLLBACK')) return { how: 'already' };
  }
  return goBackTo(ecs, name, previous, serviceDeployments);
}

/** One UpdateService to a revision that exists, with what else goes back to what it was; nothing is registered. */
export async function goBackTo(
  ecs: ECSClient,
  name: ServiceName,
  taskDefinitionArn: string,
  serviceDeployments: ServiceDeployments,
  settings: Partial<UpdateServiceCommandInput> = {},
): Promise<Extract<Stopped, { how: 'update-service' }>> {
  const baseline = await readBaseline(ecs, name, serviceDeployments);
  const service = await updateTo(ecs, { ...settings, ...name, taskDefinition: taskDefinitionArn });
  const deploymentId = (service && primaryOf(service)?.id) ?? '';
  return { how: 'update-service', deploymentId, taskDefinitionArn, baseline };
}
