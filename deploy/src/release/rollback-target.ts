import type { ECSClient, ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { describeTaskDefinition, revisionName, type TaggedTaskDefinition } from '../aws/ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { Sink } from '../events';
import { imageExists } from './images';
import { isRelease, recordOf } from './record';
import { describeRevisions, listRevisions, taskDefinitionsOf } from './revisions';
import { deploymentInProgress, type Running } from './running';
import type { ServiceDeployments } from './service-deployments';

export interface RollbackTarget extends TaggedTaskDefinition {
  /** How it was found: `the last deployment that was completed`. */
  why: string;
}

export interface FindInput {
  ecs: ECSClient;
  running: Running;
  serviceDeployments: ServiceDeployments;
  sink: Sink;
}

/**
 * The revision to go back to.
 * @param to `last-good`, a git sha (7 digits or more), `family:revision`, a revision's number or an ARN
 * @throws SlipwayError ROLLBACK_IMPOSSIBLE where there is none
 */
export async function findRollbackTarget(input: FindInput, to: string): Promise<RollbackTarget> {
  const found = to === 'last-good' ? await lastGood(input) : await named(input, to);
  const described = await describeTaskDefinition(input.ecs, found.name);
  if (described === undefined) {
    throw impossible(`ECS knows no task definition "${revisionName(found.name)}" (${found.why})`);
  }
  return { ...described, why: found.why };
}

/**
 * Whether a revision can still run.
 * @throws SlipwayError ROLLBACK_IMPOSSIBLE naming what is gone
 */
export async function checkCanRun(
  { taskDefinition }: TaggedTaskDefinition,
  env: Context['env'],
): Promise<void> {
  const name = revisionName(taskDefinition.taskDefinitionArn ?? '');
  if (taskDefinition.status !== 'ACTIVE') {
    throw impossible(
      `${name} cannot run: it was deregistered (status ${taskDefinition.status ?? 'unknown'})`,
    );
  }
  const images = (taskDefinition.containerDefinitions ?? []).map(({ image = '' }) => image);
  const { goneSince } = await import('../preflight/can-run.ts');
  const [there, missing] = await Promise.all([
    Promise.all(images.map((image) => imageExists(image, env))),
    goneSince(taskDefinition, env),
  ]);
  const gone = images.filter((_, index) => there[index] === false);
  const reasons = [...(gone.length > 0 ? [`ECR no longer has ${gone.join(', ')}`] : []), ...missing];
  if (reasons.length > 0) throw impossible(`${name} cannot run: ${reasons.join('; ')}`);
}

interface Found {
  /** `family:revision` or ARN */
  name: string;
  why: string;
}

async function named(input: FindInput, to: string): Promise<Found> {
  const { ecs, running } = input;
  const family = running.taskDefinition.family ?? '';
  if (/^arn:|:\d+$/.test(to)) {
    const name = revisionName(to);
    if (!name.startsWith(`${family}:`) && !(await deployed(input)).map(revisionName).includes(name))
      throw impossible(`${name} is no revision of ${family}, and no deployment of this service was of it`);
    return { name: to, why: 'as asked for' };
  }
  if (/^\d{1,6}$/.test(to)) return { name: `${family}:${to}`, why: 'as asked for' };
  if (!/^[0-9a-f]{7,40}$/i.test(to)) {
    throw new SlipwayError(
      'USAGE',
      `--to ${to} is neither last-good, nor a git sha of 7 digits or more, nor a revision`,
      {
        hint: '"slipway history" lists what can be named',
      },
    );
  }
  const bySha = await describeRevisions(ecs, await listRevisions(ecs, family, 'ACTIVE'));
  const shaOf = ({ tags }: TaggedTaskDefinition) => recordOf(tags).gitSha?.toLowerCase() ?? '';
  const isWanted = (each: TaggedTaskDefinition) =>
    shaOf(each).startsWith(to.toLowerCase()) && isRelease(each.tags);
  const matches = bySha.filter(isWanted);
  const commits = [...new Set(matches.map(shaOf))];
  if (commits.length > 1) {
    throw new SlipwayError('USAGE', `--to ${to} fits ${commits.length} commits: ${commits.join(', ')}`, {
      hint: 'give more of its digits',
    });
  }
  const match = await bestOf(input, matches);
  if (match !== undefined) return { name: match, why: `it was released from ${to}` };
  if (/^\d+$/.test(to)) return { name: `${family}:${to}`, why: 'as asked for' };
  const gone = await describeRevisions(ecs, await listRevisions(ecs, family, 'INACTIVE'));
  const [former] = gone.filter(isWanted);
  if (former !== undefined)
    return { name: former.taskDefinition.taskDefinitionArn ?? '', why: `it was released from ${to}` };
  throw impossible(`no revision of ${family} was released from commit ${to} (of the last ${bySha.length})`);
}

/** Of several revisions of one commit: the newest that was live, else the newest. ARN. */
async function bestOf(
  input: FindInput,
  matches: readonly TaggedTaskDefinition[],
): Promise<string | undefined> {
  const arns = matches.map(({ taskDefinition }) => taskDefinition.taskDefinitionArn ?? '');
  if (arns.length < 2) return arns[0];
  const live = await deployed(input, ['SUCCESSFUL']);
  return live.find((arn) => arns.includes(arn)) ?? arns[0];
}

async function lastGood(input: FindInput): Promise<Found> {
  const { running, sink, ecs } = input;
  const current = running.taskDefinition.taskDefinitionArn ?? '';
  const moving = deploymentInProgress(running.service);
  if (/rolling back/i.test(moving?.rolloutStateReason ?? ''))
    return { name: current, why: 'ECS is rolling back to it already' };
  const inList = moving === undefined ? undefined : completedBeside(running, current);
  if (inList !== undefined && isNewer(inList, current))
    return { name: current, why: 'a rollback to it is in progress already' };
  if (inList !== undefined)
    return { name: inList, why: 'its deployment was completed before the one in progress' };
  // What is newer than the revision that runs was gone back from: a second rollback must not bring it back.
  const live = await deployed(input, ['SUCCESSFUL']);
  const completed = live.find((arn) => arn !== current && !isNewer(arn, current));
  if (completed !== undefined)
    return { name: completed, why: 'the last deployment before that was completed' };
  const { replaced } = running.record;
  if (replaced !== undefined) {
    const named = (arns: readonly string[]) => arns.map(revisionName).includes(replaced);
    const unfinished = `${replaced} ran before ${running.release.taskDefinition}, but no deployment of it was ever completed`;
    if (named(await deployed(input)) && !named(live)) {
      // One that the next deployment overtook may have served all the same.
      if (!named(await deployed(input, ['STOPPED'])))
        throw impossible(`${unfinished}: there is no good release to go back to`);
      sink({ type: 'note', level: 'warning', message: `${unfinished}: the next one came before its end` });
    }
    return { name: replaced, why: `${running.release.taskDefinition} replaced it` };
  }
  const active = await listRevisions(ecs, running.taskDefinition.family ?? '', 'ACTIVE');
  const revision = running.taskDefinition.revision ?? 0;
  const previous = await newestRelease(
    ecs,
    active.filter((arn) => split(arn)[1] < revision),
  );
  if (previous === undefined)
    throw impossible(`there is no release before ${running.release.taskDefinition} to go back to`);
  sink({
    type: 'note',
    level: 'warning',
    message: `no record says what ran before ${running.release.taskDefinition}; ${revisionName(previous)} is only the revision before it`,
  });
  return { name: previous, why: 'the revision before' };
}

/** Newest first; what `register` or `run` made was never to be deployed. */
async function newestRelease(ecs: ECSClient, arns: readonly string[]): Promise<string | undefined> {
  for (const arn of arns) {
    const described = await describeTaskDefinition(ecs, arn);
    if (described !== undefined && isRelease(described.tags)) return arn;
  }
  return undefined;
}

function completedBeside({ service }: Running, current: string): string | undefined {
  return service.deployments?.find(
    ({ rolloutState, taskDefinition }) => rolloutState === 'COMPLETED' && taskDefinition !== current,
  )?.taskDefinition;
}

/** Task definitions of the service's deployments, newest first; none where the endpoint cannot say. */
async function deployed(
  { ecs, serviceDeployments }: FindInput,
  statuses?: readonly ServiceDeploymentStatus[],
): Promise<string[]> {
  const listed = (await serviceDeployments.list(100)) ?? [];
  const revisions = listed
    .filter(({ status }) => statuses === undefined || (status !== undefined && statuses.includes(status)))
    .map(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? '');
  const taskDefinitions = await taskDefinitionsOf(ecs, [...new Set(revisions)]);
  return revisions.flatMap((arn) => taskDefinitions.get(arn) ?? []);
}

/** A later revision of the same family. */
function isNewer(arn: string, than: string): boolean {
  const [family, revision] = split(arn);
  const [otherFamily, otherRevision] = split(than);
  return family === otherFamily && revision > otherRevision;
}

function split(arn: string): [family: string, revision: number] {
  const colon = arn.lastIndexOf(':');
  return [arn.slice(0, colon), Number(arn.slice(colon + 1))];
}

function impossible(message: string): SlipwayError {
  return new SlipwayError('ROLLBACK_IMPOSSIBLE', message, {
    hint: '"slipway history" lists the releases; name one with --to, or deploy again',
  });
}
