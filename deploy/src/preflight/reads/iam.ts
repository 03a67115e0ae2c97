import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
  type ContextEntry,
} from '@aws-sdk/client-iam';
import { isException } from '../../aws/ecs';
import type { World } from '../world';

export interface FoundRole {
  arn: string;
  /** JSON */
  trust: string;
}

/** Undefined where there is no such role. */
export function readRole(world: World, name: string): Promise<FoundRole | undefined> {
  return world.read('iam:GetRole', name, async () => {
    try {
      const { Role } = await world.client(IAMClient).send(new GetRoleCommand({ RoleName: name }));
      return Role && { arn: Role.Arn ?? '', trust: decoded(Role.AssumeRolePolicyDocument) };
    } catch (error) {
      if (isException(error, 'NoSuchEntityException', 'NoSuchEntity')) return undefined;
      throw error;
    }
  });
}

/**
 * Asks IAM whether a role or user may do something; `unknown` where that hangs on values that only the real call has.
 * Leaves no warning.
 */
export function simulate(
  world: World,
  principal: string,
  actions: readonly string[],
  resource: string,
  context: readonly ContextEntry[] = [],
): Promise<Map<string, 'allowed' | 'denied' | 'unknown'>> {
  const key = JSON.stringify([principal, actions, resource, context]);
  return world.read(
    'iam:SimulatePrincipalPolicy',
    key,
    async () => {
      const { EvaluationResults = [] } = await world.client(IAMClient).send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: principal,
          ActionNames: [...actions],
          ResourceArns: [resource],
          ContextEntries: [...context],
        }),
      );
      return new Map(
        EvaluationResults.map(({ EvalActionName = '', EvalDecision, MissingContextValues = [] }) => {
          const allowed = EvalDecision === 'allowed';
          const unknown = !allowed && MissingContextValues.length > 0;
          return [EvalActionName, allowed ? 'allowed' : unknown ? 'unknown' : 'denied'];
        }),
      );
    },
    true,
  );
}

/** The texts of all policies of a role, inline and attached. Leaves no warning. */
export async function readPolicies(world: World, role: string): Promise<string[]> {
  const client = world.client(IAMClient);
  const quietly = <T>(permission: string, key: string, load: () => Promise<T>) =>
    world.read(permission, key, load, true);
  const [inline, attached] = await Promise.all([
    quietly('iam:ListRolePolicies', role, () => client.send(new ListRolePoliciesCommand({ RoleName: role }))),
    quietly('iam:ListAttachedRolePolicies', role, () =>
      client.send(new ListAttachedRolePoliciesCommand({ RoleName: role })),
    ),
  ]);
  const inlineTexts = (inline.PolicyNames ?? []).map((name) =>
    quietly('iam:GetRolePolicy', `${role} ${name}`, async () => {
      const { PolicyDocument } = await client.send(
        new GetRolePolicyCommand({ RoleName: role, PolicyName: name }),
      );
      return decoded(PolicyDocument);
    }),
  );
  const attachedTexts = (attached.AttachedPolicies ?? []).map(async ({ PolicyArn: arn = '' }) => {
    const { Policy } = await quietly('iam:GetPolicy', arn, () =>
      client.send(new GetPolicyCommand({ PolicyArn: arn })),
    );
    return quietly('iam:GetPolicyVersion', arn, async () => {
      const { PolicyVersion } = await client.send(
        new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }),
      );
      return decoded(PolicyVersion?.Document);
    });
  });
  return Promise.all([...inlineTexts, ...attachedTexts]);
}

/** IAM percent-encodes documents. */
function decoded(document: string | undefined): string {
  try {
    return decodeURIComponent(document ?? '');
  } catch {
    return document ?? '';
  }
}
