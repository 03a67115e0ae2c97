import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, rolesIn, trusts, type EvaluatedRole } from '../../../infra/test/evaluate';
import type { StackDocument } from '../../../infra/test/synth';
import type { AuthorizationRequest, Authorize } from '../../rehearsal/api/authorization/authorization';

/** Holds every request to the policies of some stacks, and writes down what of them was used. */
export interface Enforcement {
  readonly authorize: Authorize;
  readonly roles: ReadonlyMap<string, EvaluatedRole>;
  /** What was refused: `slipway-staging-web-deploy ecs:DeleteService`. */
  readonly refused: string[];
  /** Requests that AWS could not have been asked: the rehearsal's translation of them is wrong. */
  readonly mistaken: string[];
  /** `Sid action` of what a role used, by its ARN. */
  used(role: string): ReadonlySet<string>;
  /** What roles of these stacks did, each act once. */
  done(): readonly AuthorizationRequest[];
}

interface Verdict {
  refused: string | undefined;
  grants: readonly string[];
}

/** As `enforce`, with the stacks of a folder that cdktf writes before the first request comes. */
export function enforceSynthesised(outdir: string): Enforcement {
  let made: Enforcement | undefined;
  const enforcement = () => (made ??= enforce(...stacksIn(outdir)));
  return {
    authorize: (request) => enforcement().authorize(request),
    get roles() {
      return enforcement().roles;
    },
    get refused() {
      return enforcement().refused;
    },
    get mistaken() {
      return enforcement().mistaken;
    },
    used: (role) => enforcement().used(role),
    done: () => enforcement().done(),
  };
}

/** The synthesised stacks of a folder, `cdktf.out`. */
export function stacksIn(outdir: string): StackDocument[] {
  const stacks = join(outdir, 'stacks');
  return readdirSync(stacks).map(
    (name) => JSON.parse(readFileSync(join(stacks, name, 'cdk.tf.json'), 'utf8')) as StackDocument,
  );
}

/** Somebody who is no role of these stacks is the account's administrator, who may do everything. */
export function enforce(...documents: readonly StackDocument[]): Enforcement {
  const roles = rolesIn(...documents);
  const used = new Map<string, Set<string>>();
  const verdicts = new Map<string, Promise<Verdict>>();
  const done = new Map<string, AuthorizationRequest>();
  const refused: string[] = [];
  const mistaken: string[] = [];

  const verdictOf = async (role: EvaluatedRole, request: AuthorizationRequest): Promise<Verdict> => {
    const grants: string[] = [];
    for (const resource of request.resources) {
      const act = { action: request.action, resource, context: request.conditionContext };
      const one = await judge(role, act);
      if (one.refused !== undefined) return { refused: one.refused, grants: [] };
      grants.push(...one.grants);
    }
    return { refused: undefined, grants };
  };

  const mayTakeRole = async ({ principal, action, resources, conditionContext }: AuthorizationRequest) => {
    const role = roles.get(resources[0] ?? '');
    const trusted = role !== undefined && (await trusts(role, principal, conditionContext));
    return trusted ? undefined : `because the role does not trust it with ${action}`;
  };

  const authorize: Authorize = async (request) => {
    if (request.action === 'sts:AssumeRoleWithWebIdentity') return mayTakeRole(request);
    const role = roles.get(request.principal);
    if (role === undefined) return undefined;
    const key = JSON.stringify(request);
    const verdict = verdicts.get(key) ?? verdictOf(role, request);
    verdicts.set(key, verdict);
    done.set(key, request);
    try {
      const { refused: reason, grants } = await verdict;
      const own = used.get(role.arn) ?? new Set<string>();
      used.set(role.arn, own);
      for (const grant of grants) own.add(grant);
      if (reason !== undefined)
        refused.push(`${role.arn.slice(role.arn.lastIndexOf('/') + 1)} ${request.action}`);
      return reason;
    } catch (error) {
      mistaken.push(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };

  return {
    authorize,
    roles,
    refused,
    mistaken,
    used: (role) => used.get(role) ?? new Set(),
    done: () => [...done.values()],
  };
}
