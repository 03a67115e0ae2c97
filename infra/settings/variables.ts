import { execFileSync } from 'node:child_process';

/** What the process environment says about where this infrastructure goes. The only place where infra reads it. */
export interface Variables {
  /** `AWS_ACCOUNT_ID`: the account, where the settings name none. */
  readonly accountId: string | undefined;
  /** `AWS_REGION`: the region, where the settings name none. */
  readonly region: string | undefined;
  /** `SLIPWAY_STATE_BUCKET`: the bucket for remote state, where the settings name none. */
  readonly stateBucket: string | undefined;
  /** `GITHUB_REPOSITORY`, else the remote `origin` of this checkout: `owner/repository`. */
  readonly repository: string | undefined;
  /** `GITHUB_REPOSITORY_OWNER_ID` and `GITHUB_REPOSITORY_ID`: the numbers in GitHub's immutable subjects. */
  readonly ownerId: string | undefined;
  readonly repositoryId: string | undefined;
  /**
   * `SLIPWAY_REHEARSAL=1`: synthesise for an emulator. The provider then skips its checks of the real AWS and
   * gives up soon, nothing is protected against destruction, and the variables win over the settings: state is local
   * unless SLIPWAY_STATE_BUCKET names a bucket of the emulator.
   */
  readonly rehearsal: boolean;
}

/** @param origin gives the address of the checkout's remote; asked only where the variables do not say. */
export function readVariables(
  env: Readonly<Record<string, string | undefined>>,
  origin: () => string | undefined = originOfCheckout,
): Variables {
  const value = (name: string) => env[name]?.trim() || undefined;
  const rehearsal = value('SLIPWAY_REHEARSAL') === '1';
  return {
    accountId: value('AWS_ACCOUNT_ID'),
    region: value('AWS_REGION'),
    stateBucket: value('SLIPWAY_STATE_BUCKET'),
    repository: value('GITHUB_REPOSITORY') ?? (rehearsal ? undefined : githubRepositoryOf(origin())),
    ownerId: value('GITHUB_REPOSITORY_OWNER_ID'),
    repositoryId: value('GITHUB_REPOSITORY_ID'),
    rehearsal,
  };
}

/** `owner/repository` from the address of a remote on github.com, over HTTPS or SSH. */
export function githubRepositoryOf(remote: string | undefined): string | undefined {
  const match = /github\.com[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/.exec(remote ?? '');
  return match?.[1];
}

function originOfCheckout(): string | undefined {
  try {
    return execFileSync('git', ['config', '--get', 'remote.origin.url'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
