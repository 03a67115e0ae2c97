import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, attributes, resources, type StackDocument } from './synth';

/** What somebody does, as IAM sees it. */
export interface Act {
  readonly action: string;
  /** ARN; `*` where the action takes none. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** The evaluator itself types policies as any. */
type Policy = Readonly<Record<string, unknown>>;

function parse(text: string): Policy {
  const parsed: unknown = JSON.parse(text);
  return parsed as Policy;
}

/** All policies of a role: its inline one, and those that IAM keeps. */
export function policiesOf(document: StackDocument, role: string): Policy[] {
  const own = Object.entries(resources(document, 'aws_iam_role_policy')).filter(
    ([name]) => name === `${role}_policy`,
  );
  const kept = Object.entries(resources(document, 'aws_iam_policy')).filter(([name]) =>
    name.startsWith(`${role}_`),
  );
  return [...own, ...kept].map(([, { policy }]) => parse(String(policy)));
}

/** Whether a role may do it: resources and conditions count, as IAM has them. */
export async function may(document: StackDocument, role: string, act: Act): Promise<boolean> {
  const result = await runSimulation(
    {
      request: {
        action: act.action,
        principal: `arn:aws:iam::${ACCOUNT}:role/${role}`,
        resource: { accountId: ACCOUNT, resource: act.resource },
        contextVariables: { ...act.context },
      },
      identityPolicies: policiesOf(document, role).map((policy, index) => ({ name: String(index), policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed';
}

/** Claims that the evaluator's data of AssumeRoleWithWebIdentity knows; those of other providers it would leave out. */
const KNOWN_PROVIDER = 'accounts.google.com';

/** Whether a job with these claims may take a role: its trust policy, evaluated. */
export async function mayTake(
  document: StackDocument,
  role: string,
  provider: string,
  claims: { readonly sub: string; readonly aud?: string },
): Promise<boolean> {
  const trust = String(attributes(document, `aws_iam_role.${role}_role`).assume_role_policy);
  const result = await runSimulation(
    {
      request: {
        action: 'sts:AssumeRoleWithWebIdentity',
        principal: `arn:aws:iam::${ACCOUNT}:oidc-provider/${provider}`,
        resource: { accountId: ACCOUNT, resource: `arn:aws:iam::${ACCOUNT}:role/${role}` },
        contextVariables: {
          [`${KNOWN_PROVIDER}:aud`]: claims.aud ?? 'sts.amazonaws.com',
          [`${KNOWN_PROVIDER}:sub`]: claims.sub,
        },
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: parse(trust.replaceAll(`"${provider}:`, `"${KNOWN_PROVIDER}:`)),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed';
}
