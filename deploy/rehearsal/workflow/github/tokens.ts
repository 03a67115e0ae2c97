import { randomBytes } from 'node:crypto';
import type { Permissions } from '../model/permissions';

/** What the token of one job stands for. */
export interface TokenHolder {
  runId: number;
  permissions: Permissions;
  /** Claims of the identity token that the job can ask for. */
  claims: Readonly<Record<string, string>>;
}

/** The tokens of all jobs that run. */
export class Tokens {
  private readonly holders = new Map<string, TokenHolder>();

  issue(holder: TokenHolder): string {
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    this.holders.set(token, holder);
    return token;
  }

  /** A token ends with its job. */
  revoke(token: string): void {
    this.holders.delete(token);
  }

  /** @param authorization the header, `Bearer ...` or `token ...`. */
  holderOf(authorization: string | undefined): TokenHolder | undefined {
    return this.holders.get((authorization ?? '').replace(/^(?:bearer|token)\s+/i, ''));
  }
}
