import { isMap, textAt, type Template } from '../language/template';

export type Level = 'none' | 'read' | 'write';
export type Permissions = Readonly<Record<string, Level>>;

/** Where neither workflow nor job says anything: what GitHub gives in a repository of today. */
const usual: Permissions = { contents: 'read', packages: 'read' };

const scopes = [
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
];

/** What the token of a job may do: the job's own `permissions:`, else the workflow's. */
export function permissionsOf(job: Template | undefined, workflow: Template | undefined): Permissions {
  const written = job === undefined ? workflow : job;
  if (written === undefined) return usual;
  if (written === 'write-all') return Object.fromEntries(scopes.map((scope) => [scope, 'write']));
  if (written === 'read-all')
    return Object.fromEntries(scopes.map((scope) => [scope, scope === 'id-token' ? 'none' : 'read']));
  if (!isMap(written)) return {};
  return Object.fromEntries(Object.keys(written).map((scope) => [scope, levelOf(textAt(written, scope))]));
}

export function allows(permissions: Permissions, scope: string, level: 'read' | 'write'): boolean {
  const given = permissions[scope] ?? 'none';
  return given === 'write' || (level === 'read' && given === 'read');
}

function levelOf(text: string | undefined): Level {
  return text === 'write' || text === 'read' ? text : 'none';
}

/** What both give. */
export function least(one: Permissions, other: Permissions): Permissions {
  return Object.fromEntries(
    Object.keys(one).map((scope) => {
      const level = (['write', 'read'] as const).find(
        (wanted) => allows(one, scope, wanted) && allows(other, scope, wanted),
      );
      return [scope, level ?? 'none'];
    }),
  );
}
