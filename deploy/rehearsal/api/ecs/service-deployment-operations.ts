import type {
  ContinueServiceDeploymentRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  ListServiceDeploymentsRequest,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import { findService } from '../../control-plane/services/find-service';
import { resolvePause } from '../../control-plane/services/lifecycle-hooks';
import { stopServiceDeployment } from '../../control-plane/services/stop-service-deployment';
import type { Service, ServiceDeployment } from '../../control-plane/services/service';
import type { Message } from '../operation';
import type { Pagination } from './pagination';
import { presentBrief, presentServiceDeployment, presentServiceRevision } from './present-service-deployment';

const mostDescribed = 20;

export function serviceDeploymentOperations(plane: ControlPlane, pagination: Pagination) {
  return {
    ListServiceDeployments(request: ListServiceDeploymentsRequest): Message {
      const service = findService(plane, request.cluster, request.service ?? '');
      const kept = keptDeployments(plane, service);
      const { items, nextToken } = pagination.page(request, { default: 20, most: 100 }, () =>
        kept.filter((deployment) => matches(plane, deployment, request)).map(({ arn }) => arn),
      );
      const byArn = new Map(kept.map((deployment) => [deployment.arn, deployment]));
      const serviceDeployments = items.flatMap((arn) => {
        const deployment = byArn.get(arn);
        return deployment === undefined ? [] : [presentBrief(plane, service, deployment)];
      });
      return { serviceDeployments, nextToken };
    },

    DescribeServiceDeployments(request: DescribeServiceDeploymentsRequest): Message {
      const serviceDeployments: Message[] = [];
      const failures: Message[] = [];
      for (const arn of asked(request.serviceDeploymentArns, 'ServiceDeploymentArns')) {
        const found = findServiceDeployment(plane, arn);
        if (found === undefined) failures.push({ arn, reason: 'MISSING' });
        else serviceDeployments.push(presentServiceDeployment(plane, found.service, found.deployment));
      }
      return { serviceDeployments, failures };
    },

    DescribeServiceRevisions(request: DescribeServiceRevisionsRequest): Message {
      const serviceRevisions: Message[] = [];
      const failures: Message[] = [];
      for (const arn of asked(request.serviceRevisionArns, 'ServiceRevisionArns')) {
        const service = serviceOfArn(plane, arn, 'service-revision');
        const revision = service?.revisions.get(arn.split('/').at(-1) ?? '');
        if (service === undefined || revision === undefined) failures.push({ arn, reason: 'MISSING' });
        else serviceRevisions.push(presentServiceRevision(plane, service, revision));
      }
      return { serviceRevisions, failures };
    },

    StopServiceDeployment(request: StopServiceDeploymentRequest): Message {
      const arn = request.serviceDeploymentArn ?? '';
      const found = findServiceDeployment(plane, arn);
      if (found === undefined) throw errors.serviceDeploymentNotFound();
      stopServiceDeployment(plane, found.service, found.deployment, request.stopType ?? 'ROLLBACK');
      return { serviceDeploymentArn: arn };
    },

    ContinueServiceDeployment(request: ContinueServiceDeploymentRequest): Message {
      const { serviceDeploymentArn = '', hookId = '', action = 'CONTINUE' } = request;
      const found = findServiceDeployment(plane, serviceDeploymentArn);
      if (found === undefined) throw errors.serviceDeploymentMissing();
      resolvePause(plane, found.service, found.deployment, hookId, action);
      return { serviceDeploymentArn };
    },
  };
}

function asked(arns: readonly string[] | undefined, name: string): Set<string> {
  const result = new Set(arns ?? []);
  if (result.size === 0) throw errors.invalidParameter(`${name} cannot be empty.`);
  if (result.size > mostDescribed) {
    throw errors.invalidParameter(`${name} cannot have more than ${mostDescribed} elements`);
  }
  return result;
}

function keptDeployments(plane: ControlPlane, service: Service): ServiceDeployment[] {
  const since = plane.clock.now() - plane.settings.serviceDeploymentLifetime;
  return service.serviceDeployments.filter((deployment) => deployment.createdAt >= since);
}

function matches(
  plane: ControlPlane,
  deployment: ServiceDeployment,
  request: ListServiceDeploymentsRequest,
): boolean {
  if (request.status?.length && !request.status.includes(deployment.status)) return false;
  const created = plane.clock.toWire(deployment.createdAt);
  const { after, before } = request.createdAt ?? {};
  if (after !== undefined && created < milliseconds(after)) return false;
  return before === undefined || created <= milliseconds(before);
}

/** On the wire an instant is a number of seconds, or a text. */
function milliseconds(instant: unknown): number {
  return typeof instant === 'number' ? instant * 1000 : new Date(String(instant)).getTime();
}

function findServiceDeployment(
  plane: ControlPlane,
  arn: string,
): { service: Service; deployment: ServiceDeployment } | undefined {
  const service = serviceOfArn(plane, arn, 'service-deployment');
  const deployment = service && keptDeployments(plane, service).find((candidate) => candidate.arn === arn);
  return service && deployment && { service, deployment };
}

/** `arn:...:<kind>/<cluster>/<service>/<id>` */
function serviceOfArn(plane: ControlPlane, arn: string, kind: string): Service | undefined {
  const [resource, cluster, service] = (arn.split(':').at(-1) ?? '').split('/');
  if (resource !== kind || cluster === undefined || service === undefined) return undefined;
  return plane.clusters.get(cluster)?.services.get(service);
}
