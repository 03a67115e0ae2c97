import { TagResourceCommand, type ECSClient, type Tag } from '@aws-sdk/client-ecs';
import { describeService, type ServiceName } from '../aws/ecs';
import type { Context } from '../context';
import { currentRun, tagValue } from './record';

/** Who had a deployment stopped or gone back from, as they wrote it down themselves. */
export interface StoppedBy {
  actor: string | undefined;
  runUrl: string | undefined;
  reason: string | undefined;
}

/** ECS keeps no name beside a stop: it is said in tags of the service, where the run that was overtaken can read it. */
const TAGS = {
  actor: 'slipway:stopped-by',
  runUrl: 'slipway:stopped-run-url',
  reason: 'slipway:stopped-reason',
} as const satisfies Record<keyof StoppedBy, string>;

/** Which deployment the others are about: those of an earlier stop say nothing of a later one. */
const DEPLOYMENT = 'slipway:stopped';

/** Instead of what is not known, so that a former value does not stay. */
const NOTHING = '-';

/** Milliseconds. Whoever goes back waits for nothing that is not needed. */
const PATIENCE = 2_000;

/**
 * Writes down who goes back from a deployment that is in progress, and why. What keeps it from that (no permission, 50
 * tags already, a slow answer) is a warning: going back comes first.
 * @param poller a client that asks once
 */
export async function noteStop(
  context: Context,
  poller: ECSClient,
  serviceArn: string | undefined,
  deploymentId: string,
  reason: string | undefined,
): Promise<void> {
  try {
    const { actor, runUrl } = await currentRun(context);
    const said: StoppedBy = { actor, runUrl, reason };
    const tags = Object.entries(TAGS).map(([name, key]): Tag => {
      const value = tagValue(said[name as keyof StoppedBy] ?? '');
      return { key, value: value === '' ? NOTHING : value };
    });
    await poller.send(
      new TagResourceCommand({
        resourceArn: serviceArn,
        tags: [{ key: DEPLOYMENT, value: deploymentId }, ...tags],
      }),
      { abortSignal: AbortSignal.timeout(PATIENCE) },
    );
  } catch (error) {
    const why = error instanceof Error ? error.message || error.name : String(error);
    context.sink({
      type: 'note',
      level: 'warning',
      message: `who goes back could not be written down for the run that is overtaken: ${why}`,
    });
  }
}

/** Who wrote down that they went back from this deployment; undefined where nobody did, or it cannot be read. */
export async function readStoppedBy(
  ecs: ECSClient,
  name: ServiceName,
  deploymentId: string,
): Promise<StoppedBy | undefined> {
  const service = await describeService(ecs, name).catch(() => undefined);
  const value = (key: string) => service?.tags?.find((tag) => tag.key === key)?.value;
  if (value(DEPLOYMENT) !== deploymentId) return undefined;
  const said = (key: string) => (value(key) === NOTHING ? undefined : value(key));
  return { actor: said(TAGS.actor), runUrl: said(TAGS.runUrl), reason: said(TAGS.reason) };
}
