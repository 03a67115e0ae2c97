import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import {
  isBefore,
  trafficSteps,
  type LifecycleSnapshot,
  type LifecycleStage,
} from '../../scheduler/lifecycle';
import type { ControlPlane } from '../control-plane';
import { beginHooks, hooksAt } from './lifecycle-hooks';
import type { Deployment, Lifecycle, Service } from './service';
import { networkProblem } from './network-problem';

const minute = 60_000;
const networkListener = /:listener\/net\//;

/**
 * Stages of a new deployment: those of its strategy; of a rolling update with hooks, or that replaces one which was
 * shifting traffic. Undefined of any other.
 */
export function newLifecycle(
  { deploymentConfiguration: configuration, traffic }: Service,
  source: string | undefined,
  now: number,
): Lifecycle | undefined {
  const rolling = (configuration.strategy ?? 'ROLLING') === 'ROLLING';
  const shares = [...Object.entries(traffic.test), ...Object.entries(traffic.production)];
  const reconciles =
    rolling && source !== undefined && shares.some(([id, share]) => id !== source && share > 0);
  if (rolling && !reconciles && !configuration.lifecycleHooks?.length) return undefined;
  return {
    kind: rolling ? 'rolling' : 'shift',
    direction: 'forward',
    stage: undefined,
    stageSince: now,
    step: 0,
    startedAt: now,
    source,
    reconciles,
    undo: [],
    trafficProblem: undefined,
  };
}

/** Stages of the old deployment that is primary again because `failed` has failed. */
export function lifecycleBack(failed: Deployment, now: number): Lifecycle | undefined {
  const { lifecycle } = failed;
  if (lifecycle?.kind !== 'shift') return undefined;
  const shifts: LifecycleStage[] = ['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT'];
  return {
    ...lifecycle,
    direction: 'back',
    stage: undefined,
    stageSince: now,
    step: 0,
    source: failed.id,
    undo: shifts.filter((stage) => !isBefore(lifecycle.stage, stage)),
    trafficProblem: undefined,
  };
}

/**
 * The deployment that serves, and that a new one is to take over from: the last completed one, or else the one that
 * has the most traffic. Which it is where another deployment is replaced half-way is unknown at AWS.
 */
export function servingDeployment(service: Service): string | undefined {
  if (service.lastCompleted !== undefined) return service.lastCompleted.id;
  const share = ({ id }: Deployment) => service.traffic.production[id] ?? 0;
  const most = [...service.deployments].sort((a, b) => share(b) - share(a))[0];
  return most !== undefined && share(most) > 0 ? most.id : undefined;
}

/** A stage begins: its hooks are called in the same step. */
export function enterStage(plane: ControlPlane, service: Service, stage: LifecycleStage, step: number): void {
  const deployment = service.deployments[0];
  const lifecycle = deployment?.lifecycle;
  if (deployment === undefined || lifecycle === undefined) return;
  const now = plane.clock.now();
  Object.assign(lifecycle, { stage, step, stageSince: now });
  const { serviceDeployment } = deployment;
  serviceDeployment.lifecycleStage = stage;
  serviceDeployment.updatedAt = now;
  // From here on the new revision is the one that serves, whatever happens to the old one.
  if (stage === 'CLEAN_UP' && lifecycle.direction === 'forward') service.lastCompleted = deployment;
  beginHooks(plane, service, serviceDeployment, stage);
}

/** What the scheduler sees of the stages of a deployment. */
export function snapshotLifecycle(
  plane: ControlPlane,
  service: Service,
  deployment: Deployment,
): LifecycleSnapshot | undefined {
  const { lifecycle, serviceDeployment } = deployment;
  if (lifecycle === undefined) return undefined;
  const { deploymentConfiguration: configuration } = serviceDeployment;
  const { settings } = plane;
  const { production, test } = service.traffic;
  const mine = { production: production[deployment.id] ?? 0, test: test[deployment.id] ?? 0 };
  const own = new Set([deployment.id, lifecycle.source]);
  const elsewhere = [production, test].flatMap((shares) =>
    Object.entries(shares).flatMap(([id, share]) => (own.has(id) ? [] : share)),
  );
  const checksNetwork = lifecycle.stage === undefined || lifecycle.stage === 'RECONCILE_SERVICE';
  return {
    kind: lifecycle.kind,
    direction: lifecycle.direction,
    stage: lifecycle.stage,
    stageSince: lifecycle.stageSince,
    step: lifecycle.step,
    ...shiftShape(configuration, lifecycle),
    bake: lifecycle.source === undefined ? 0 : (configuration.bakeTimeInMinutes ?? 0) * minute,
    networkDelay: usesNetworkBalancer(deployment) ? settings.networkBalancerDelay : 0,
    stageLimit: settings.stageLimit,
    deadline: lifecycle.startedAt + settings.serviceDeploymentLimit,
    source: lifecycle.source,
    traffic: mine,
    reconciles: lifecycle.reconciles,
    trafficElsewhere: Math.max(0, ...elsewhere),
    undo: lifecycle.undo,
    hookStages: (configuration.lifecycleHooks ?? []).flatMap((hook) => hook.lifecycleStages ?? []),
    hooks: hooksAt(plane, serviceDeployment),
    watchesAlarms: service.deploymentConfiguration.alarms?.enable === true && !deployment.alarmsIgnored,
    networkProblem:
      lifecycle.kind === 'shift' && checksNetwork
        ? networkProblem(plane, deployment.revision.configuration.loadBalancers)
        : undefined,
    trafficProblem: lifecycle.trafficProblem,
  };
}

/** Without a revision that serves there is nothing to compare with: traffic comes in one step, and nothing is baked. */
function shiftShape(
  configuration: DeploymentConfiguration,
  lifecycle: Lifecycle,
): Pick<LifecycleSnapshot, 'steps' | 'stepBake'> {
  const { strategy, linearConfiguration: linear, canaryConfiguration: canary } = configuration;
  if (lifecycle.source !== undefined && strategy === 'LINEAR') {
    return {
      steps: trafficSteps({ strategy, percent: linear?.stepPercent ?? 10 }),
      stepBake: (linear?.stepBakeTimeInMinutes ?? 6) * minute,
    };
  }
  if (lifecycle.source !== undefined && strategy === 'CANARY') {
    return {
      steps: trafficSteps({ strategy, percent: canary?.canaryPercent ?? 5 }),
      stepBake: (canary?.canaryBakeTimeInMinutes ?? 10) * minute,
    };
  }
  return { steps: trafficSteps({ strategy: 'BLUE_GREEN' }), stepBake: 0 };
}

function usesNetworkBalancer({ revision }: Deployment): boolean {
  return revision.configuration.loadBalancers.some(({ advancedConfiguration }) =>
    networkListener.test(advancedConfiguration?.productionListenerRule ?? ''),
  );
}
