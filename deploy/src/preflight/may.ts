import { evaluate } from './policy/evaluate';
import { Unseen, type World } from './world';
import { roleName } from './roles';

export type Answer = 'allowed' | 'denied' | 'unknown';

/** What `may` needs to be allowed. */
export const mayActions = [
  'iam:SimulatePrincipalPolicy',
  'iam:ListRolePolicies',
  'iam:ListAttachedRolePolicies',
  'iam:GetRolePolicy',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
];

/**
 * Whether a role may do each of these things with a resource, as far as its own policies say. IAM is asked; where it
 * may not be asked, the policies are read and their text is judged here.
 * @param role ARN @param context condition keys that the real call would have
 * @throws Unseen where neither is allowed; the warning is left then
 */
export async function may(
  world: World,
  role: string,
  actions: readonly string[],
  resource: string,
  context: Readonly<Record<string, string>> = {},
): Promise<Map<string, Answer>> {
  const { readPolicies, simulate } = await import('./reads/iam.ts');
  const entries = Object.entries(context).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyValues: [value],
    ContextKeyType: 'string' as const,
  }));
  try {
    return await simulate(world, role, actions, resource, entries);
  } catch (refusal) {
    if (!(refusal instanceof Unseen)) throw refusal;
    try {
      if (!role.includes(':role/')) throw refusal;
      const policies = await readPolicies(world, roleName(role));
      return new Map(actions.map((action) => [action, evaluate(policies, action, resource)]));
    } catch (error) {
      if (!(error instanceof Unseen)) throw error;
      // An emulator knows neither; at AWS the one permission is enough.
      world.missed(refusal.failure === 'unsupported' ? error : refusal);
      throw error;
    }
  }
}

/** Those that are surely not allowed. */
export function deniedOf(answers: ReadonlyMap<string, Answer>): string[] {
  return [...answers].filter(([, answer]) => answer === 'denied').map(([action]) => action);
}
