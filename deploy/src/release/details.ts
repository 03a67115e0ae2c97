import {
  DescribeServiceRevisionsCommand,
  paginateListServicesByNamespace,
  type ECSClient,
  type ServiceRevision,
} from '@aws-sdk/client-ecs';
import { failureOf } from '../aws/failures';
import { SlipwayError } from '../errors';
import type { Sink } from '../events';
import type { JsonObject } from '../definition/definitions';
import type { RenderedTarget } from '../target';
import { textOf } from './differences';
import type { ResolvedImages } from './images';
import { primaryOf, type Running } from './running';
import { asJson, noDetails, type Details } from './running-settings';

/**
 * Reads what the definitions name and the description of a service leaves out. Most definitions name none of it, and
 * then nothing is read.
 */
export async function readDetails(
  ecs: ECSClient,
  target: RenderedTarget,
  running: Running | undefined,
  resolved: ResolvedImages,
  sink: Sink,
): Promise<Details> {
  if (running === undefined) return noDetails;
  const value = target.definitions.service?.value ?? {};
  const named = value['monitoring'] !== undefined || value['gatewayConnectors'] !== undefined;
  const [revision, namespace] = await Promise.all([
    named || hasMovableTag(running, resolved) ? readRevision(ecs, running) : undefined,
    readNamespace(ecs, value, running, sink),
  ]);
  return { ...detailsOf(revision), namespace };
}

/** All that can be read of a service that runs, whoever may want it. */
export async function readAllDetails(ecs: ECSClient, running: Running): Promise<Details> {
  return detailsOf(await readRevision(ecs, running));
}

function detailsOf(revision: ServiceRevision | undefined): Details {
  const { containerImages = [] } = revision ?? {};
  return {
    ...noDetails,
    monitoring: revision?.monitoring && asJson(revision.monitoring),
    gatewayConnectors: revision?.gatewayConnectors && asJson({ all: revision.gatewayConnectors })['all'],
    digests: new Map(
      containerImages.flatMap(({ containerName, imageDigest }) =>
        containerName && imageDigest ? [[containerName, imageDigest] as const] : [],
      ),
    ),
  };
}

/** Whether a container runs the very tag that the definition names, and only its digest can tell whether it moved. */
function hasMovableTag({ taskDefinition }: Running, { images }: ResolvedImages): boolean {
  return images.some(
    ({ container, written, resolved }) =>
      resolved !== written &&
      taskDefinition.containerDefinitions?.some(({ name, image }) => name === container && image === written),
  );
}

/** Undefined where the endpoint has no service revisions, or this run may not read them. */
async function readRevision(ecs: ECSClient, { service }: Running) {
  const revisions = service.currentServiceRevisions ?? [];
  const number = primaryOf(service)?.id?.split('/').at(-1) ?? '';
  const arn = (revisions.find((one) => one.arn?.endsWith(`/${number}`)) ?? revisions[0])?.arn;
  if (arn === undefined) return undefined;
  try {
    const answer = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn] }));
    return answer.serviceRevisions?.[0];
  } catch (error) {
    if (mayNotBeRead(error)) return undefined;
    throw error;
  }
}

/**
 * ECS takes a namespace by name or by ARN, and answers the ARN. Which services are in the namespace of that name, it
 * tells as well: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServicesByNamespace.html
 */
async function readNamespace(
  ecs: ECSClient,
  definition: JsonObject,
  { service }: Running,
  sink: Sink,
): Promise<string | undefined> {
  const connect = definition['serviceConnectConfiguration'] as JsonObject | undefined;
  const written = textOf(connect?.['namespace']);
  const now = primaryOf(service)?.serviceConnectConfiguration?.namespace ?? '';
  const isArn = (text: string) => text.startsWith('arn:');
  if (written === '' || now === '' || written === now || isArn(written) === isArn(now)) return undefined;
  try {
    for await (const page of paginateListServicesByNamespace(
      { client: ecs },
      { namespace: written, maxResults: 100 },
    )) {
      if (page.serviceArns?.includes(service.serviceArn ?? '')) return written;
    }
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'NamespaceNotFoundException') return undefined;
    if (!mayNotBeRead(error)) throw error;
    const message = `whether the namespace ${written} is ${now} cannot be told (ecs:ListServicesByNamespace): taken as the same`;
    sink({ type: 'note', level: 'warning', message });
    return written;
  }
}

function mayNotBeRead(error: unknown): boolean {
  if (error instanceof SlipwayError) return error.code === 'NOT_ALLOWED';
  return ['unsupported', 'server'].includes(failureOf(error));
}
