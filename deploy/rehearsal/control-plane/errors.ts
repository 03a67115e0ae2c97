import { ApiError } from '../api/operation';

/** The errors of ECS, with the texts that it uses. Source: recorded answers of AWS, and the ECS API reference. */
export const errors = {
  client: (message: string) => new ApiError('ClientException', message),
  invalidParameter: (message: string) => new ApiError('InvalidParameterException', message),
  clusterNotFound: () => new ApiError('ClusterNotFoundException', 'Cluster not found.'),
  clusterInactive: () => new ApiError('ClusterNotFoundException', 'The referenced cluster was inactive.'),
  serviceNotFound: () => new ApiError('ServiceNotFoundException', 'Service not found.'),
  serviceNotActive: () => new ApiError('ServiceNotActiveException', 'Service was not ACTIVE.'),
  containsServices: () =>
    new ApiError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    ),
  containsTasks: () =>
    new ApiError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.'),
  containsInstances: () =>
    new ApiError(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    ),
  capacityProviderInUse: () =>
    new ApiError(
      'ResourceInUseException',
      'The specified capacity provider is in use and cannot be removed.',
    ),
  taskDefinitionNotFound: () => new ApiError('ClientException', 'TaskDefinition not found.'),
  taskDefinitionInactive: () => new ApiError('ClientException', 'TaskDefinition is inactive'),
  taskNotFound: () => new ApiError('InvalidParameterException', 'The referenced task was not found.'),
  targetNotConnected: (message: string) => new ApiError('TargetNotConnectedException', message),
  serviceDeploymentNotFound: () =>
    new ApiError('ServiceDeploymentNotFoundException', 'The service deployment was not found.'),
  serviceDeploymentMissing: () =>
    new ApiError('ServiceDeploymentNotFoundException', 'The service deployment does not exist.'),
  conflict: (message: string, resourceIds: readonly string[]) =>
    new ApiError('ConflictException', message, 400, { resourceIds: [...resourceIds] }),
} as const;
