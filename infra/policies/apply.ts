import { readPlatform, type PlatformAccess } from './plan';
import { writeAccount } from './platform/account';
import { writeCluster } from './platform/cluster';
import { writeData } from './platform/data';
import { writeEdge } from './platform/edge';
import { writeNetwork } from './platform/network';
import { writePipeline } from './platform/pipeline';
import { policy } from './policy';
import { writeState } from './state';

/**
 * Applies these stacks, by area. Roles and everything else that has a name must be the project's own. Each is a policy
 * that IAM keeps for itself: together they are longer than what a role takes inline.
 */
export function applyPolicies(access: PlatformAccess): Record<string, string> {
  return {
    state: policy(writeState(access.state)),
    read: policy(readPlatform(access)),
    network: policy(writeNetwork(access)),
    edge: policy(writeEdge(access)),
    cluster: policy(writeCluster(access)),
    account: policy(writeAccount(access)),
    data: policy(writeData(access)),
    pipeline: policy(writePipeline(access)),
  };
}
