import type {
  CreateServiceRequest,
  DeleteServiceRequest,
  DescribeServicesRequest,
  ListServicesByNamespaceRequest,
  ListServicesRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../../control-plane/arns';
import { findCluster } from '../../control-plane/clusters';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import { createService } from '../../control-plane/services/create-service';
import { deleteService } from '../../control-plane/services/delete-service';
import { updateService } from '../../control-plane/services/update-service';
import { effectiveLaunchType } from '../../control-plane/services/validate-service';
import type { Service } from '../../control-plane/services/service';
import type { Message } from '../operation';
import { checkInclude } from './include';
import type { Pagination } from './pagination';
import { presentService, withoutNewMembers } from './present-service';

const mostDescribed = 10;

export function serviceOperations(plane: ControlPlane, pagination: Pagination) {
  return {
    CreateService(request: CreateServiceRequest): Message {
      const service = createService(plane, request);
      return { service: presentService(plane, service, { tags: true, currentServiceDeployment: false }) };
    },

    UpdateService(request: UpdateServiceRequest): Message {
      const service = updateService(plane, request);
      return { service: presentService(plane, service, { tags: false, currentServiceDeployment: false }) };
    },

    DeleteService(request: DeleteServiceRequest): Message {
      const service = deleteService(plane, request);
      const view = presentService(plane, service, { tags: false, currentServiceDeployment: false });
      return {
        service: { ...view, deploymentConfiguration: withoutNewMembers(service.deploymentConfiguration) },
      };
    },

    DescribeServices(request: DescribeServicesRequest): Message {
      checkInclude(request.include, ['TAGS']);
      const cluster = findCluster(plane, request.cluster);
      const asked = [...new Set(request.services ?? [])];
      if (asked.length === 0) throw errors.invalidParameter('Services cannot be empty.');
      if (asked.length > mostDescribed) {
        throw errors.invalidParameter(`Services cannot have more than ${mostDescribed} elements`);
      }
      const services: Message[] = [];
      const failures: Message[] = [];
      for (const reference of asked) {
        const service = cluster.services.get(nameOf(reference));
        if (service === undefined || isForgotten(plane, service)) {
          failures.push({ arn: plane.arns.service(cluster.name, nameOf(reference)), reason: 'MISSING' });
          continue;
        }
        const tags = request.include?.includes('TAGS') === true;
        services.push(presentService(plane, service, { tags, currentServiceDeployment: true }));
      }
      return { services, failures };
    },

    ListServicesByNamespace(request: ListServicesByNamespaceRequest): Message {
      const arnOf = (namespace = '') => plane.surroundings.namespaceArn?.(namespace) ?? namespace;
      const asked = arnOf(request.namespace);
      const { items, nextToken } = pagination.page(request, { default: 10, most: 100 }, () =>
        [...plane.clusters.values()].flatMap(({ services }) =>
          [...services.values()].flatMap(({ status, arn, configuration }) => {
            const { serviceConnectConfiguration: connect } = configuration;
            const within = status === 'ACTIVE' && connect?.enabled && arnOf(connect.namespace) === asked;
            return within ? [arn] : [];
          }),
        ),
      );
      return { serviceArns: items, nextToken };
    },

    ListServices(request: ListServicesRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const { items, nextToken } = pagination.page(request, { default: 10, most: 100 }, () =>
        [...cluster.services.values()]
          .filter((service) => service.status === 'ACTIVE' && matches(service, request))
          .map((service) => service.arn),
      );
      return { serviceArns: items, nextToken };
    },
  };
}

function matches(service: Service, request: ListServicesRequest): boolean {
  const { launchType, capacityProviderStrategy } = service.configuration;
  if (
    request.launchType !== undefined &&
    effectiveLaunchType(launchType, capacityProviderStrategy) !== request.launchType
  ) {
    return false;
  }
  return (
    request.schedulingStrategy === undefined || service.schedulingStrategy === request.schedulingStrategy
  );
}

function isForgotten(plane: ControlPlane, service: Service): boolean {
  return (
    service.status === 'INACTIVE' &&
    plane.clock.now() - service.lastStep > plane.settings.inactiveServiceLifetime
  );
}
