import type { ControlPlane } from '../../control-plane/control-plane';
import type {
  HookRun,
  Service,
  ServiceDeployment,
  ServiceRevision,
} from '../../control-plane/services/service';
import { revisionCounts } from '../../control-plane/services/task-counts';
import { effectiveLaunchType } from '../../control-plane/services/validate-service';
import { fargatePlatform } from '../../control-plane/tasks/launcher';
import type { LifecycleStage } from '../../scheduler/lifecycle';
import type { Message } from '../operation';
import { present, wireTime } from './wire-values';

/** One entry of ListServiceDeployments. */
export function presentBrief(plane: ControlPlane, service: Service, deployment: ServiceDeployment): Message {
  return present({
    serviceDeploymentArn: deployment.arn,
    serviceArn: service.arn,
    clusterArn: plane.arns.cluster(service.clusterName),
    createdAt: wireTime(plane.clock, deployment.createdAt),
    startedAt: wireTime(plane.clock, deployment.startedAt),
    finishedAt: wireTime(plane.clock, deployment.finishedAt),
    targetServiceRevisionArn: deployment.target.arn,
    status: deployment.status,
    statusReason: deployment.statusReason,
  });
}

/** One entry of DescribeServiceDeployments. */
export function presentServiceDeployment(
  plane: ControlPlane,
  service: Service,
  deployment: ServiceDeployment,
): Message {
  const shifts = (deployment.deploymentConfiguration.strategy ?? 'ROLLING') !== 'ROLLING';
  const traffic = deployment.finalTraffic ?? service.traffic;
  const summary = (revision: ServiceRevision): Message => {
    const counts = deployment.finalCounts?.get(revision.number) ?? revisionCounts(service, revision);
    const id = `ecs-svc/${revision.number}`;
    return {
      arn: revision.arn,
      requestedTaskCount: counts.requested,
      runningTaskCount: counts.running,
      pendingTaskCount: counts.pending,
      ...(shifts && {
        requestedTestTrafficWeight: traffic.test[id] ?? 0,
        requestedProductionTrafficWeight: traffic.production[id] ?? 0,
      }),
    };
  };
  const { breaker, alarms, rollback } = deployment;
  return present({
    ...presentBrief(plane, service, deployment),
    targetServiceRevisionArn: undefined,
    stoppedAt: wireTime(plane.clock, deployment.stoppedAt),
    updatedAt: wireTime(plane.clock, deployment.updatedAt),
    sourceServiceRevisions: deployment.sources.map(summary),
    targetServiceRevision: summary(deployment.target),
    lifecycleStage: presentStage(deployment.lifecycleStage),
    lifecycleHookDetails: deployment.lifecycleStage && deployment.hooks.map((run) => presentHook(plane, run)),
    deploymentConfiguration: deployment.deploymentConfiguration,
    rollback: rollback && {
      reason: rollback.reason,
      startedAt: wireTime(plane.clock, rollback.startedAt),
      serviceRevisionArn: rollback.revision.arn,
    },
    deploymentCircuitBreaker: {
      status: breaker.status,
      failureCount: breaker.failureCount,
      threshold: breaker.threshold,
    },
    alarms: { status: alarms.status, alarmNames: alarms.names, triggeredAlarmNames: alarms.triggered },
  });
}

/** The API has no name for what comes before a step of the shift. */
function presentStage(stage: LifecycleStage | undefined): LifecycleStage | undefined {
  return stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 'PRODUCTION_TRAFFIC_SHIFT' : stage;
}

function presentHook(plane: ControlPlane, run: HookRun): Message {
  return present({
    hookId: run.id,
    targetType: run.targetType,
    targetArn: run.targetArn,
    status: run.status,
    expiresAt: wireTime(plane.clock, run.expiresAt),
    timeoutAction: run.timeoutAction,
  });
}

/** One entry of DescribeServiceRevisions. */
export function presentServiceRevision(
  plane: ControlPlane,
  service: Service,
  revision: ServiceRevision,
): Message {
  const { configuration } = revision;
  const fargate =
    effectiveLaunchType(configuration.launchType, configuration.capacityProviderStrategy) === 'FARGATE';
  return present({
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: plane.arns.cluster(service.clusterName),
    taskDefinition: configuration.taskDefinition.arn,
    launchType: configuration.launchType,
    capacityProviderStrategy: configuration.capacityProviderStrategy,
    platformVersion: fargate ? fargatePlatform(configuration.platformVersion) : undefined,
    platformFamily: fargate ? 'Linux' : undefined,
    loadBalancers: configuration.loadBalancers,
    serviceRegistries: configuration.serviceRegistries,
    networkConfiguration: configuration.networkConfiguration,
    containerImages: (configuration.taskDefinition.body.containerDefinitions ?? []).map(
      ({ name, image = '' }) =>
        present({ containerName: name, image, imageDigest: revision.imageDigests[image] }),
    ),
    guardDutyEnabled: false,
    serviceConnectConfiguration: configuration.serviceConnectConfiguration,
    volumeConfigurations: configuration.volumeConfigurations,
    vpcLatticeConfigurations: configuration.vpcLatticeConfigurations,
    monitoring: configuration.monitoring,
    gatewayConnectors: configuration.gatewayConnectors,
    createdAt: wireTime(plane.clock, revision.createdAt),
    resolvedConfiguration: resolvedConfiguration(revision),
  });
}

/** Which target group and rule the revision got; only revisions that can shift traffic have a choice. */
function resolvedConfiguration({ configuration, targetGroups }: ServiceRevision): Message | undefined {
  const loadBalancers = configuration.loadBalancers.flatMap(({ advancedConfiguration }, index) =>
    advancedConfiguration === undefined
      ? []
      : present({
          targetGroupArn: targetGroups[index],
          productionListenerRule: advancedConfiguration.productionListenerRule,
        }),
  );
  return loadBalancers.length === 0 ? undefined : { loadBalancers };
}
