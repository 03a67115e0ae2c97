/** What policies say of one action on one resource: nobody may do what nothing allows. */
export type Decision = 'allowed' | 'denied';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: object;
}

/**
 * Identity policies on one action, as far as their text tells: conditions are taken to be met where they allow, and
 * not to be met where they deny, so that nothing is called denied that might be allowed.
 * Source: "Policy evaluation logic", IAM user guide.
 * @param documents JSON texts. One that cannot be read allows nothing.
 */
export function evaluate(documents: readonly string[], action: string, resource: string): Decision {
  const statements = documents
    .flatMap(statementsOf)
    .filter((statement) => covers(statement, action, resource));
  const denied = statements.some(
    ({ Effect, Condition }) => Effect === 'Deny' && (Condition === undefined || isEmpty(Condition)),
  );
  return !denied && statements.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'denied';
}

export function statementsOf(document: string): Statement[] {
  try {
    const { Statement = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    return Array.isArray(Statement) ? Statement : [Statement];
  } catch {
    return [];
  }
}

function covers({ Action, NotAction, Resource, NotResource }: Statement, action: string, resource: string) {
  const ofAction = (pattern: string) => like(pattern, 'i').test(action);
  const ofResource = (pattern: string) => like(pattern).test(resource);
  const acts = Action === undefined ? !list(NotAction).some(ofAction) : list(Action).some(ofAction);
  if (!acts) return false;
  return Resource === undefined ? !list(NotResource).some(ofResource) : list(Resource).some(ofResource);
}

export function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** `*` any text, `?` one character. A policy variable (`${aws:username}`) may be anything. */
function like(pattern: string, flags = ''): RegExp {
  const escaped = pattern
    .replace(/\$\{[^}]*\}/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, `s${flags}`);
}

const isEmpty = (condition: object) => Object.keys(condition).length === 0;
