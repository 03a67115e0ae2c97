import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { primaryOf } from './deployments';
import type { Service, ServiceDeployment } from './service';

/**
 * ROLLBACK goes back to what served before, whatever the deployment is configured to do. ABORT is in the API's model
 * only, what it does is unknown at AWS: here it leaves tasks and traffic where they are.
 * @throws ConflictException for one that has ended. What is being stopped or rolled back already just goes on.
 */
export function stopServiceDeployment(
  plane: ControlPlane,
  service: Service,
  deployment: ServiceDeployment,
  stopType: 'ROLLBACK' | 'ABORT',
): void {
  switch (deployment.status) {
    case 'PENDING':
    case 'IN_PROGRESS':
      deployment.status = stopType === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED';
      deployment.updatedAt = plane.clock.now();
      primaryOf(service).stopRequested = stopType === 'ABORT' ? 'abort' : 'rollback';
      plane.serviceLoop.touch(service);
      return;
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
    case 'STOP_REQUESTED':
      return;
    case 'SUCCESSFUL':
    case 'STOPPED':
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
      throw errors.conflict(
        `The service deployment cannot be stopped because its status is ${deployment.status}.`,
        [deployment.arn],
      );
  }
}
