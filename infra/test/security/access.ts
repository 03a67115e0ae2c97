import { every, type One, type Rule, type Stack, type Statement } from './rule';

const POLICIES = ['aws_iam_role_policy', 'aws_iam_policy'] as const;
const allowed = (stack: Stack): Statement[] =>
  stack.statements('policy', ...POLICIES).filter(({ effect }) => effect === 'Allow');
const places = (statements: readonly Statement[]) => statements.map(({ place }) => place);

/** Whom a signed-in workflow may be; the end of an OIDC provider's condition names. */
function subjects({ condition }: Statement): string[] {
  const { StringEquals = {}, StringLike = {} } = condition;
  return Object.entries({ ...StringLike, ...StringEquals }).flatMap(([name, value]) =>
    name.endsWith(':sub') ? ([value].flat() as string[]) : [],
  );
}

const isWorkflows = ({ principal }: Statement) => Object.hasOwn(Object(principal) as object, 'Federated');

export const accessRules: readonly Rule[] = [
  {
    id: 'exact-subjects',
    checks: 'CKV_AWS_358, CKV_AWS_393',
    says: 'A workflow is told by its audience and its whole subject, the repository first and without a wildcard in it',
    broken: (stack) =>
      places(
        stack.statements('assume_role_policy', 'aws_iam_role').filter((statement) => {
          if (!isWorkflows(statement)) return false;
          const exact = subjects(statement);
          const audience = Object.keys(statement.condition.StringEquals ?? {}).some((name) =>
            name.endsWith(':aud'),
          );
          return (
            !audience || exact.length === 0 || !exact.every((one) => /^(repo|project_path):[^*?]+$/.test(one))
          );
        }),
      ),
  },
  {
    id: 'roles-for-somebody',
    checks: 'CKV_AWS_60, CKV_AWS_61',
    says: 'A role is for a service, a workflow, or a role that is named: never for everybody or a whole account',
    broken: (stack) =>
      places(
        stack.statements('assume_role_policy', 'aws_iam_role').filter(({ effect, principal, condition }) => {
          if (effect !== 'Allow') return false;
          const named = condition.ArnEquals?.['aws:PrincipalArn'] !== undefined;
          return (
            /"\*"/.test(JSON.stringify(principal)) || (/:root"/.test(JSON.stringify(principal)) && !named)
          );
        }),
      ),
  },
  {
    id: 'no-whole-service',
    checks:
      'IAM.1, IAM.21, CKV_AWS_62, CKV_AWS_63, CKV_AWS_107, CKV_AWS_108, CKV_AWS_109, CKV_AWS_110, CKV_AWS_286, CKV_AWS_287, CKV_AWS_288, CKV_AWS_289, AVD-AWS-0345, AVD-AWS-0346',
    says: 'No statement allows all of a service',
    broken: (stack) =>
      places(allowed(stack).filter(({ actions }) => actions.some((one) => /^\*|:\*$/.test(one)))),
  },
  {
    id: 'resources-named',
    checks: 'CKV_AWS_111, CKV_AWS_290, CKV_AWS_355, CKV_AWS_356',
    says: 'A statement names the resources that it is about',
    broken: (stack) => places(allowed(stack).filter(({ resources }) => resources.includes('*'))),
  },
  {
    id: 'pass-role',
    checks: 'CKV_AWS_110, AVD-AWS-0342',
    says: 'Only named roles may be passed, and only to the service they are for',
    broken: (stack) =>
      places(
        allowed(stack).filter(
          ({ actions, resources, condition }) =>
            actions.includes('iam:PassRole') &&
            (resources.includes('*') || !JSON.stringify(condition).includes('iam:PassedToService')),
        ),
      ),
  },
  every(
    'aws_iam_role_policy_attachment',
    {
      id: 'no-administrator',
      checks: 'CKV_AWS_274, CKV2_AWS_56',
      says: 'No role has a policy of AWS’s own that changes an account',
    },
    ({ values }) => !/(FullAccess|Administrator\w*|PowerUser\w*)$/.test(String(values.policy_arn)),
  ),
  every(
    ['aws_iam_user', 'aws_iam_access_key', 'aws_iam_group', 'aws_iam_user_policy'],
    {
      id: 'no-users',
      checks: 'IAM.2, IAM.3, CKV_AWS_40, CKV_AWS_273, CKV2_AWS_40, AVD-AWS-0143',
      says: 'There are no users and no keys that stay',
    },
    () => false,
  ),
  every(
    'aws_iam_role',
    {
      id: 'short-sessions',
      checks: 'ours',
      says: 'A session of a role ends within an hour',
    },
    ({ values }: One) => Number(values.max_session_duration ?? 3600) <= 3600,
  ),
];
