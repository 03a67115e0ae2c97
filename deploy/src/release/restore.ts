import { isDeepStrictEqual } from 'node:util';
import type { ServiceRevision, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { failureOf } from '../aws/failures';
import type { Sink } from '../events';
import type { Json } from '../outputs/outputs';
import type { Change } from './change';
import type { OpenService } from './open-service';
import { describeServiceRevisions } from './revisions';
import { primaryOf, type Running } from './running';

/** Settings that a release had beside its task definition, and that going back to it brings back. */
export interface Restored {
  settings: Partial<UpdateServiceCommandInput>;
  changes: readonly Change[];
}

const nothing: Restored = { settings: {}, changes: [] };

/**
 * What ECS fixes in a service revision and UpdateService takes, with what stands for "none". Where UpdateService has
 * no way to say none, the setting stays. ECS brings the same back when it rolls a deployment back itself.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html
 */
const MEMBERS = {
  networkConfiguration: undefined,
  platformVersion: undefined,
  capacityProviderStrategy: undefined,
  loadBalancers: [],
  serviceRegistries: [],
  serviceConnectConfiguration: { enabled: false },
  volumeConfigurations: [],
  vpcLatticeConfigurations: [],
} as const satisfies Partial<Record<keyof ServiceRevision, unknown>>;

/**
 * Compares the service revision that runs with the one that ran when a task definition was deployed last. Desired count,
 * deployment configuration and autoscaling are in no revision: they are how the service is run, and stay.
 */
export async function readRestored(
  { ecs, serviceDeployments }: Pick<OpenService, 'ecs' | 'serviceDeployments'>,
  running: Running,
  taskDefinitionArn: string,
  sink: Sink,
): Promise<Restored> {
  const listed = (await serviceDeployments.list(100)) ?? [];
  const now = currentRevisionArn(running);
  if (listed.length === 0 || now === undefined) return nothing;
  const arns = listed.map(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? '');
  try {
    const revisions = await describeServiceRevisions(ecs, [...new Set([now, ...arns])]);
    const ofTarget = listed.filter(
      ({ targetServiceRevisionArn = '' }) =>
        revisions.get(targetServiceRevisionArn)?.taskDefinition === taskDefinitionArn,
    );
    const best = ofTarget.find(({ status }) => status === 'SUCCESSFUL') ?? ofTarget[0];
    const before = revisions.get(best?.targetServiceRevisionArn ?? '');
    const current = revisions.get(now);
    return before === undefined || current === undefined ? nothing : compare(current, before);
  } catch (error) {
    if (!['denied', 'unsupported'].includes(failureOf(error))) throw error;
    const message =
      'what the service was like then cannot be read (ecs:DescribeServiceRevisions): only the task definition goes back';
    sink({ type: 'note', level: 'warning', message });
    return nothing;
  }
}

function currentRevisionArn({ service }: Running): string | undefined {
  const number = primaryOf(service)?.id?.replace('ecs-svc/', '');
  return service.currentServiceRevisions?.find(({ arn }) => arn?.endsWith(`/${number}`))?.arn;
}

function compare(current: ServiceRevision, before: ServiceRevision): Restored {
  const settings: Record<string, unknown> = {};
  const changes: Change[] = [];
  for (const [name, none] of Object.entries(MEMBERS)) {
    const [from, to] = [memberOf(current, name), memberOf(before, name)];
    const value = to ?? none;
    if (isDeepStrictEqual(from, to) || value === undefined) continue;
    settings[name] = value;
    changes.push({ part: 'service', path: name, before: from, after: to, position: undefined });
  }
  return { settings, changes };
}

/** An empty list is none. */
function memberOf(revision: ServiceRevision, name: string): Json | undefined {
  const value = revision[name as keyof ServiceRevision];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  return JSON.parse(JSON.stringify(value)) as Json;
}
