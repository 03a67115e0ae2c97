import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers';
import { Construct } from 'constructs';
import type { TerraformResource } from '../cdktf';

export interface ClusterProps {
  readonly name: string;
  readonly containerInsights: 'disabled' | 'enabled' | 'enhanced';
  /**
   * All that a running task needs. Terraform destroys in the opposite order: it begins with the cluster, and AWS
   * refuses to delete one that carries a service, so nothing is taken from under it.
   */
  readonly dependsOn: readonly TerraformResource[];
}

export const CAPACITY_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'] as const;

/** Where services run. The services themselves belong to the deploy. */
export class Cluster extends Construct {
  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const cluster = new EcsCluster(this, 'cluster', {
      name: props.name,
      setting: [{ name: 'containerInsights', value: props.containerInsights }],
      dependsOn: [...props.dependsOn],
    });
    new EcsClusterCapacityProviders(this, 'capacity', {
      clusterName: cluster.name,
      capacityProviders: [...CAPACITY_PROVIDERS],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
  }
}
