import { join } from 'node:path';
import type { AppliedState } from '../apply/applied';
import { applyEmbedded } from '../apply/embedded';
import { synthesise } from './synth';

export interface ApplyRepositoryOptions {
  /** Root of the repository: the folder of cdktf.json. */
  repository: string;
  /** Scratch, for what is synthesised. */
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

const account = { accountId: '123456789012', region: 'ap-northeast-1' };

/**
 * Synthesises the repository's stacks and applies them embedded, for the account and region that a rehearsal has.
 * @throws Error with the output of the synthesis where that fails, and ApplyError.
 */
export async function applyRepository(options: ApplyRepositoryOptions): Promise<AppliedState[]> {
  const stacks = await synthesise({
    repository: options.repository,
    output: join(options.directory, 'cdktf.out'),
    env: {
      ...withoutAws(options.env),
      AWS_ACCOUNT_ID: account.accountId,
      AWS_REGION: account.region,
      SLIPWAY_REHEARSAL: '1',
    },
    signal: options.signal,
  });
  const applied: AppliedState[] = [];
  for (const { directory } of stacks)
    applied.push(await applyEmbedded({ stackDirectory: directory, ...account }));
  return applied;
}

/** Nothing of the caller's own AWS, GitHub or Terraform settings may reach what the rehearsal starts. */
export function withoutAws(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(AWS_|GITHUB_|TF_VAR_|SLIPWAY_STATE)/.test(name)),
  );
}
