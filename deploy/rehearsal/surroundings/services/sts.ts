import { ApiError, requiredString, type ServiceOperations } from '../../api/operation';
import type { Store } from '../store';

export interface Sessions {
  operations: ServiceOperations;
  /** ARN of whoever signs with this key. Keys that were not handed out here belong to the account's user `rehearsal`. */
  principal: (accessKeyId: string) => string;
  /** ARN of the role that was assumed for this key; undefined where none was. */
  role: (accessKeyId: string) => string | undefined;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * STS: who am I, and roles to assume. Web identity tokens are not checked.
 * @param issued hears of each access key that is handed out.
 */
export function sts(store: Store, now: () => number, issued: (accessKeyId: string) => void): Sessions {
  const principals = new Map<string, string>();
  const roles = new Map<string, string>();
  let count = 0;

  const principal = (key: string) => principals.get(key) ?? `arn:aws:iam::${store.accountId}:user/rehearsal`;

  const assume = (input: Record<string, unknown>, caller: string) => {
    const roleArn = requiredString(input, 'RoleArn');
    const session = requiredString(input, 'RoleSessionName');
    const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    if (store.roles.size > 0 && store.roles.get(name)?.arn !== roleArn) {
      throw new ApiError(
        'AccessDenied',
        `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        403,
      );
    }
    const account = roleArn.split(':')[4] ?? store.accountId;
    const arn = `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
    count += 1;
    const accessKeyId = `ASIA${keyText(count)}`;
    principals.set(accessKeyId, arn);
    roles.set(accessKeyId, roleArn);
    issued(accessKeyId);
    const seconds = Number(input.DurationSeconds ?? 3600);
    return {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: 'rehearsal'.padEnd(40, '0'),
        SessionToken: Buffer.from(arn).toString('base64'),
        Expiration: new Date(now() + seconds * 1000).toISOString(),
      },
      AssumedRoleUser: { AssumedRoleId: `AROA${keyText(0)}:${session}`, Arn: arn },
    };
  };

  return {
    principal,
    role: (accessKeyId) => roles.get(accessKeyId),
    operations: {
      GetCallerIdentity: (_input, caller) => ({
        UserId: 'AIDA' + keyText(0),
        Account: store.accountId,
        Arn: principal(caller.accessKeyId),
      }),
      AssumeRole: (input, caller) => assume(input, principal(caller.accessKeyId)),
      AssumeRoleWithWebIdentity: (input) => assume(input, 'web identity'),
    },
  };
}

/** Sixteen characters in the alphabet of AWS's ids, unique by number. */
function keyText(value: number): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 32)) text = (letters[rest % 32] ?? '') + text;
  return text.padStart(16, 'A');
}
