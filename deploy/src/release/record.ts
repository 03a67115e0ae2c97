import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { Tag } from '@aws-sdk/client-ecs';
import type { Context } from '../context';
import type { ReleaseRecord } from './result';

const PREFIX = 'slipway:';

const TAGS = {
  gitSha: 'slipway:git-sha',
  actor: 'slipway:actor',
  runUrl: 'slipway:run-url',
  imageDigest: 'slipway:image-digest',
  contractHash: 'slipway:contract-hash',
  replaced: 'slipway:replaced',
  releaseId: 'slipway:release-id',
} as const satisfies Record<keyof ReleaseRecord, string>;

/** Says what kind of run made the revision. */
const KIND_TAG = 'slipway:release';

/** What kind of run made a revision: only one of a deploy is a release. */
export type ReleaseKind = 'deploy' | 'register' | 'run';

/** The release record as tags of a task definition. */
export function recordTags(record: ReleaseRecord, kind: ReleaseKind = 'deploy'): Tag[] {
  const tags = Object.entries(TAGS).flatMap(([name, key]) => {
    const value = record[name as keyof ReleaseRecord];
    return value ? [{ key, value: tagValue(value) }] : [];
  });
  return [...tags, { key: KIND_TAG, value: kind }];
}

/** Whether a revision was made to be deployed. One that slipway has not made may have been. */
export function isRelease(tags: readonly Tag[]): boolean {
  const kind = tags.find(({ key }) => key === KIND_TAG)?.value;
  return kind === undefined || kind === 'deploy';
}

export function recordOf(tags: readonly Tag[]): ReleaseRecord {
  const value = (key: string) => tags.find((tag) => tag.key === key)?.value;
  return {
    gitSha: value(TAGS.gitSha),
    actor: value(TAGS.actor),
    runUrl: value(TAGS.runUrl),
    imageDigest: value(TAGS.imageDigest),
    contractHash: value(TAGS.contractHash),
    replaced: value(TAGS.replaced),
    releaseId: value(TAGS.releaseId),
  };
}

/** One for each run that deploys: `20261121T074512.084Z-9f3c`. Sorted by name they are sorted by time. */
export function newReleaseId(now = new Date()): string {
  const time = now.toISOString().replace(/[-:]/g, '');
  return `${time}-${randomBytes(2).toString('hex')}`;
}

export function isRecordTag(tag: Tag): boolean {
  return tag.key?.startsWith(PREFIX) === true;
}

/**
 * ECS takes at most 256 letters, digits, spaces and + - = . _ : / @ in a tag's value.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
 */
export function tagValue(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{Zs}+\-=._:/@]/gu, '_')
    .slice(0, 256)
    .trim();
}

/**
 * Who releases what from where: the variables of GitHub, GitLab or CodeBuild in one of their jobs, else git and the
 * system's user. SLIPWAY_GIT_SHA stands above all, for a run that releases another commit than its own.
 * Sources: GitLab's predefined CI/CD variables; CodeBuild user guide, environment variables.
 */
export async function currentRun({
  env,
  cwd,
}: Pick<Context, 'env' | 'cwd'>): Promise<Pick<ReleaseRecord, 'gitSha' | 'actor' | 'runUrl'>> {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = env;
  const ofGithub =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : undefined;
  const { GITHUB_SHA, CI_COMMIT_SHA, CODEBUILD_RESOLVED_SOURCE_VERSION } = env;
  const ofJob = env.SLIPWAY_GIT_SHA || GITHUB_SHA || CI_COMMIT_SHA || CODEBUILD_RESOLVED_SOURCE_VERSION;
  return {
    gitSha: ofJob || (await gitHead(cwd)),
    actor: env.GITHUB_ACTOR || env.GITLAB_USER_LOGIN || env.CODEBUILD_INITIATOR || systemUser(env),
    runUrl: ofGithub ?? (env.CI_JOB_URL || env.CODEBUILD_BUILD_URL || undefined),
  };
}

/** Undefined outside of a repository, and where there is no git. */
async function gitHead(cwd: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', '--verify', 'HEAD'], {
      cwd,
      timeout: 5_000,
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

function systemUser(env: Context['env']): string | undefined {
  if (env.USER || env.USERNAME) return env.USER || env.USERNAME;
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
