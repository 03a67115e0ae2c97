import { ApiError, list, requiredString, type Message, type ServiceOperations } from '../../../api/operation';
import type { Store } from '../../store';
import { managedPolicy } from './managed-policies';
import { noSuchEntity } from './request';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

type Context = ReadonlyMap<string, readonly string[]>;

/**
 * SimulatePrincipalPolicy: what a role's policies, inline and attached, say of actions on resources. The account's own
 * users may do everything here. Of conditions it knows the comparisons of texts and of ARNs.
 */
export function simulation(store: Store): ServiceOperations {
  const policiesOf = (arn: string): string[] => {
    const role = [...store.roles.values()].find((one) => one.arn === arn);
    if (role === undefined) throw noSuchEntity(`The principal ${arn} cannot be found.`);
    const attached = [...role.attached].map(
      (policy) => store.policies.get(policy)?.document ?? managedPolicy(policy)?.document ?? '{}',
    );
    return [...role.inline.values(), ...attached];
  };
  return {
    SimulatePrincipalPolicy: (input) => {
      const principal = requiredString(input, 'PolicySourceArn');
      const actions = list(input, 'ActionNames');
      if (actions.length === 0) throw new ApiError('InvalidInput', 'ActionNames must not be empty.');
      const resources = list(input, 'ResourceArns');
      const statements = principal.includes(':user/')
        ? [{ Effect: 'Allow', Action: '*', Resource: '*' }]
        : policiesOf(principal).flatMap(statementsOf);
      const context: Context = new Map(
        list<Message>(input, 'ContextEntries').map((entry) => [
          String(entry.ContextKeyName).toLowerCase(),
          list(entry, 'ContextKeyValues').map(String),
        ]),
      );
      const EvaluationResults = actions.flatMap((EvalActionName) =>
        (resources.length === 0 ? ['*'] : resources).map((EvalResourceName) => ({
          EvalActionName,
          EvalResourceName,
          ...decide(statements, EvalActionName, EvalResourceName, context),
          MatchedStatements: [],
        })),
      );
      return { EvaluationResults, IsTruncated: false };
    },
  };
}

function decide(
  statements: readonly Statement[],
  action: string,
  resource: string,
  context: Context,
): Message {
  const covering = statements.filter((statement) => covers(statement, action, resource));
  const missing = new Set(covering.flatMap((statement) => missingKeys(statement, context)));
  const holding = covering.filter((statement) => holds(statement, context));
  const has = (effect: string) => holding.some(({ Effect }) => Effect === effect);
  const decision = has('Deny') ? 'explicitDeny' : has('Allow') ? 'allowed' : 'implicitDeny';
  return { EvalDecision: decision, MissingContextValues: [...missing] };
}

function statementsOf(document: string): Statement[] {
  const { Statement = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
  return Array.isArray(Statement) ? Statement : [Statement];
}

function covers({ Action, NotAction, Resource, NotResource }: Statement, action: string, resource: string) {
  const acts = (pattern: string) => like(pattern, 'i').test(action);
  const isOn = (pattern: string) => like(pattern).test(resource);
  return (
    (Action === undefined ? !texts(NotAction).some(acts) : texts(Action).some(acts)) &&
    (Resource === undefined ? !texts(NotResource).some(isOn) : texts(Resource).some(isOn))
  );
}

function missingKeys({ Condition = {} }: Statement, context: Context): string[] {
  return Object.values(Condition).flatMap((keys) =>
    Object.keys(keys).filter((key) => !context.has(key.toLowerCase())),
  );
}

function holds({ Condition = {} }: Statement, context: Context): boolean {
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const given = context.get(key.toLowerCase());
      if (given === undefined) return operator.endsWith('IfExists');
      const pattern = /Like|^Arn/.test(operator);
      const matches = texts(wanted).some((one) =>
        given.some((value) => (pattern ? like(one).test(value) : one === value)),
      );
      return operator.includes('Not') ? !matches : matches;
    }),
  );
}

const texts = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** IAM's wildcards: `*` any text, `?` one character. */
function like(pattern: string, flags = ''): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, `s${flags}`);
}
