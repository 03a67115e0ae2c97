import type { ServiceDeployment } from './service';

/** Whether a service deployment may still change. */
export function isOngoing(deployment: ServiceDeployment): boolean {
  switch (deployment.status) {
    case 'PENDING':
    case 'IN_PROGRESS':
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return true;
    case 'SUCCESSFUL':
    case 'STOPPED':
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
      return false;
  }
}
