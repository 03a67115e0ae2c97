import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers';
import { ServiceDiscoveryHttpNamespace } from '@cdktf/provider-aws/lib/service-discovery-http-namespace';
import { Construct } from 'constructs';
import type { TerraformResource } from '../cdktf';

export interface ClusterProps {
  readonly name: string;
  readonly containerInsights: 'disabled' | 'enabled' | 'enhanced';
  /** Names; a task takes the first one unless it says otherwise. */
  readonly capacityProviders: readonly string[];
  /** Log group of exec sessions; they are written nowhere without. */
  readonly execLogGroup: string | undefined;
  readonly namespaceArn: string | undefined;
  readonly keyArn: string | undefined;
  /**
   * All that a running task needs. Terraform destroys in the opposite order: it begins with the cluster, and AWS
   * refuses to delete one that carries a service, so nothing is taken from under it.
   */
  readonly dependsOn: readonly TerraformResource[];
}

export const FARGATE_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'] as const;

/** Where services run. The services themselves belong to the deploy. */
export class Cluster extends Construct {
  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { execLogGroup, keyArn, namespaceArn } = props;
    const cluster = new EcsCluster(this, 'cluster', {
      name: props.name,
      setting: [{ name: 'containerInsights', value: props.containerInsights }],
      ...(execLogGroup === undefined
        ? {}
        : {
            configuration: {
              executeCommandConfiguration: {
                logging: 'OVERRIDE',
                ...(keyArn === undefined ? {} : { kmsKeyId: keyArn }),
                logConfiguration: {
                  cloudWatchLogGroupName: execLogGroup,
                  cloudWatchEncryptionEnabled: keyArn !== undefined,
                },
              },
            },
          }),
      ...(namespaceArn === undefined ? {} : { serviceConnectDefaults: { namespace: namespaceArn } }),
      dependsOn: [...props.dependsOn],
    });
    new EcsClusterCapacityProviders(this, 'capacity', {
      clusterName: cluster.name,
      capacityProviders: [...props.capacityProviders],
      defaultCapacityProviderStrategy: props.capacityProviders
        .slice(0, 1)
        .map((capacityProvider) => ({ capacityProvider, weight: 1 })),
    });
  }
}

/** What a cluster refers to, made before it. */
export class ClusterNeeds extends Construct {
  readonly execLogGroup: string | undefined;
  readonly namespaceArn: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly execLogGroup: string | undefined;
      readonly namespace: string | undefined;
      readonly retentionDays: number;
      readonly keyArn: string | undefined;
    },
  ) {
    super(scope, id);
    if (props.execLogGroup !== undefined) {
      this.execLogGroup = new CloudwatchLogGroup(this, 'exec', {
        name: props.execLogGroup,
        retentionInDays: props.retentionDays,
        ...(props.keyArn === undefined ? {} : { kmsKeyId: props.keyArn }),
      }).name;
    }
    if (props.namespace !== undefined) {
      this.namespaceArn = new ServiceDiscoveryHttpNamespace(this, 'namespace', {
        name: props.namespace,
        description: 'Where services find each other (Service Connect)',
      }).arn;
    }
  }
}
