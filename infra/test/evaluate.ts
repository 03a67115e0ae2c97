import { runSimulation, runUnsafeSimulation, type RequestAnalysis } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, resources, type StackDocument } from './synth';

type Context = Readonly<Record<string, string | readonly string[]>>;

/** What somebody does, as IAM sees it. */
export interface Act {
  readonly action: string;
  /** ARN; `*` where the action takes none. */
  readonly resource: string;
  readonly context?: Context;
}

/** The evaluator itself types policies as any. */
type Policy = Readonly<Record<string, unknown>>;

/** A role, with everything that says who may take it and what it may do. */
export interface EvaluatedRole {
  /** Its name in the stack, without `_role`. */
  readonly id: string;
  readonly arn: string;
  readonly trust: Policy;
  readonly policies: readonly { readonly name: string; readonly policy: Policy }[];
  readonly boundary: Policy | undefined;
}

function parse(text: string): Policy {
  const parsed: unknown = JSON.parse(text);
  return parsed as Policy;
}

const known = new WeakMap<StackDocument, EvaluatedRole[]>();

/** All roles of some stacks by their ARN: inline policies, those that IAM keeps, and the boundary. */
export function rolesIn(...documents: readonly StackDocument[]): Map<string, EvaluatedRole> {
  return new Map(documents.flatMap(rolesOf).map((role) => [role.arn, role]));
}

function rolesOf(document: StackDocument): EvaluatedRole[] {
  const found =
    known.get(document) ??
    Object.entries(resources(document, 'aws_iam_role')).map(([id, role]) => readRole(document, id, role));
  known.set(document, found);
  return found;
}

function readRole(document: StackDocument, id: string, role: Record<string, unknown>): EvaluatedRole {
  const kept = (reference: unknown) => {
    const [, name = ''] = /^\$\{aws_iam_policy\.(\w+)\.arn\}$/.exec(String(reference)) ?? [];
    const text = resources(document, 'aws_iam_policy')[name]?.policy;
    return text === undefined ? [] : [{ name, policy: parse(text as string) }];
  };
  const own = (type: string) =>
    Object.entries(resources(document, type)).filter(([, one]) => one.role === `\${aws_iam_role.${id}.name}`);
  const boundary = role.permissions_boundary;
  const [bounding] = boundary === undefined ? [] : kept(boundary);
  if (boundary !== undefined && bounding === undefined)
    throw new Error(`${id} is bounded by ${boundary as string}, which is not in its stack`);
  return {
    id: id.replace(/_role$/, ''),
    arn: `arn:aws:iam::${ACCOUNT}:role/${String(role.name)}`,
    trust: parse(String(role.assume_role_policy)),
    policies: [
      ...own('aws_iam_role_policy').map(([name, one]) => ({ name, policy: parse(String(one.policy)) })),
      ...own('aws_iam_role_policy_attachment').flatMap(([, one]) => kept(one.policy_arn)),
    ],
    boundary: bounding?.policy,
  };
}

function roleNamed(document: StackDocument, id: string): EvaluatedRole {
  const role = rolesOf(document).find((one) => one.id === id);
  if (role === undefined) throw new Error(`no role ${id} in the stack`);
  return role;
}

/** Whether a role may do it: resources and conditions count, as IAM has them. */
export async function may(document: StackDocument, role: string, act: Act): Promise<boolean> {
  return (await judge(roleNamed(document, role), act)).refused === undefined;
}

/** Whether a job with these claims may take a role: its trust policy, evaluated. */
export async function mayTake(
  document: StackDocument,
  role: string,
  host: string,
  { sub, aud = 'sts.amazonaws.com' }: { readonly sub: string; readonly aud?: string },
): Promise<boolean> {
  const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`;
  return trusts(roleNamed(document, role), provider, { [`${host}:sub`]: sub, [`${host}:aud`]: aud });
}

/** Why an act is refused, in AWS's words; or what of which statement allows it, as `Sid action`. */
export interface Judgement {
  readonly refused: string | undefined;
  readonly grants: readonly string[];
}

const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
  ],
};

/** Actions on resources that the evaluator's data does not list, although AWS's reference does. */
const NOT_IN_ITS_DATA = [
  /^elasticloadbalancing:(AddTags|RemoveTags) /,
  // AWS's own parameters belong to no account.
  /^ssm:GetParameter arn:aws:ssm:[\w-]+::parameter\/aws\/service\//,
];

/**
 * What IAM says of one act of a role.
 * @throws Error where AWS has no such action, or not on such a resource: then whoever asks is wrong.
 */
export async function judge(role: EvaluatedRole, act: Act): Promise<Judgement> {
  const { action } = act;
  const simulation = {
    request: {
      action,
      principal: role.arn,
      resource: { accountId: ACCOUNT, resource: act.resource },
      contextVariables: writable(act.context),
    },
    identityPolicies: [...role.policies],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    // A key's own policy hands it to its account's policies.
    ...(action.startsWith('kms:') && { resourcePolicy: KEY_POLICY }),
    ...(role.boundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: role.boundary }] }),
  };
  const because = `because no identity-based policy allows the ${action} action`;
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') {
    if (
      result.errors.message !== 'no.resource.types' ||
      !NOT_IN_ITS_DATA.some((one) => one.test(`${action} ${act.resource}`))
    )
      throw new Error(`${action} on ${act.resource}: ${JSON.stringify(result.errors)}`);
    if (runUnsafeSimulation(simulation, {}) !== 'Allowed') return { refused: because, grants: [] };
    return { refused: undefined, grants: grantsOf(role, action) };
  }
  const analyses: readonly RequestAnalysis[] =
    result.resultType === 'single'
      ? [result.result.analysis]
      : result.results.map(({ analysis }) => analysis);
  if (result.overallResult === 'Allowed')
    return { refused: undefined, grants: analyses.flatMap((one) => grantsIn(one, action)) };
  if (result.overallResult === 'ExplicitlyDenied')
    return { refused: 'with an explicit deny in an identity-based policy', grants: [] };
  const bounded = analyses.some(
    (one) =>
      one.identityAnalysis?.result === 'Allowed' && one.permissionBoundaryAnalysis?.result !== 'Allowed',
  );
  if (bounded && role.boundary)
    return { refused: `because no permissions boundary allows the ${action} action`, grants: [] };
  return { refused: because, grants: [] };
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
}

/** `ec2:Describe*` names `ec2:DescribeVpcs`; case does not count. */
const names = (pattern: string, action: string) =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(action);

const grantsOfStatement = ({ Sid = '-', Action }: Statement, action: string | undefined) =>
  [Action]
    .flat()
    .filter((pattern) => action === undefined || names(pattern, action))
    .map((pattern) => `${Sid} ${pattern}`);

const grantsIn = ({ identityAnalysis }: RequestAnalysis, action: string) =>
  (identityAnalysis?.allowStatements ?? []).flatMap(({ statement }) =>
    grantsOfStatement(statement.toJSON() as Statement, action),
  );

/** Everything that a role's policies grant, as `Sid action`; with an action that alone. */
export function grantsOf(role: EvaluatedRole, action?: string): string[] {
  return role.policies
    .flatMap(({ policy }) => policy.Statement as readonly Statement[])
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((one) => grantsOfStatement(one, action));
}

/** Claims that the evaluator's data of AssumeRoleWithWebIdentity knows; those of other providers it would leave out. */
const KNOWN_PROVIDER = 'accounts.google.com';

/**
 * Whether a role trusts the bearer of a token.
 * @param provider ARN of whoever signed it.
 * @param claims by condition key: `HOST:sub`, `HOST:aud`.
 */
export async function trusts(role: EvaluatedRole, provider: string, claims: Context): Promise<boolean> {
  const host = provider.slice(provider.indexOf('/') + 1);
  const under = (claim: string) => [`${host}:${claim}`, `${KNOWN_PROVIDER}:${claim}`] as const;
  const renamed = new Map<string, string>(['sub', 'aud'].map(under));
  const context = Object.entries(claims).map(([key, value]) => [renamed.get(key) ?? key, value] as const);
  const trust = [...renamed].reduce(
    (text, [own, other]) => text.replaceAll(`"${own}"`, `"${other}"`),
    JSON.stringify(role.trust),
  );
  const result = await runSimulation(
    {
      request: {
        action: 'sts:AssumeRoleWithWebIdentity',
        principal: provider,
        resource: { accountId: ACCOUNT, resource: role.arn },
        contextVariables: writable(Object.fromEntries(context)),
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: parse(trust),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed';
}

const writable = (context: Context = {}): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
  );
