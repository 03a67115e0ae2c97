import type { Check } from './check';
import { account } from './checks/account';
import { alarms } from './checks/alarms';
import { circuitBreaker } from './checks/circuit-breaker';
import { capacityProviders, cluster } from './checks/cluster';
import { containerMemory } from './checks/container-memory';
import { containerOrder } from './checks/container-order';
import { containers } from './checks/containers';
import { deploymentLimits } from './checks/deployment-limits';
import { environmentFiles } from './checks/environment-files';
import { exec } from './checks/exec';
import { executionPermissions } from './checks/execution-permissions';
import { fargate } from './checks/fargate';
import { fileSystems } from './checks/file-systems';
import { imageLifecycle } from './checks/image-lifecycle';
import { images } from './checks/images';
import { loadBalancerAccess } from './checks/load-balancer-access';
import { logGroups } from './checks/log-groups';
import { network } from './checks/network';
import { passRole } from './checks/pass-role';
import { portMappings } from './checks/port-mappings';
import { portNames } from './checks/port-names';
import { executionRole, taskRole } from './checks/roles';
import { routes } from './checks/routes';
import { secrets } from './checks/secrets';
import { targetGroups } from './checks/target-groups';
import { taskSize } from './checks/task-size';
import { trafficShifting } from './checks/traffic-shifting';

/** Every check, in the order in which findings are told. */
export const checks: readonly Check[] = [
  taskSize,
  containers,
  containerMemory,
  portMappings,
  containerOrder,
  fargate,
  deploymentLimits,
  circuitBreaker,
  portNames,
  account,
  cluster,
  capacityProviders,
  executionRole,
  taskRole,
  passRole,
  executionPermissions,
  exec,
  images,
  imageLifecycle,
  secrets,
  environmentFiles,
  logGroups,
  targetGroups,
  network,
  loadBalancerAccess,
  routes,
  fileSystems,
  trafficShifting,
  alarms,
];

/** What a role needs to be allowed for all checks to look: IAM actions, sorted. */
export function preflightActions(): string[] {
  return [...new Set(checks.flatMap(({ actions }) => actions))].sort();
}

/** `deploy/schema/preflight-actions.json`: for whoever writes the policy of a role that deploys. */
export function preflightActionsDocument(): string {
  const own = Object.fromEntries(
    checks
      .filter(({ actions }) => actions.length > 0)
      .map(({ name, actions }) => [name, [...actions].sort()]),
  );
  return `${JSON.stringify({ actions: preflightActions(), checks: own }, null, 2)}\n`;
}
