/** A policy document of AWS's own, by the part of its ARN after `policy/`; only those that ECS's own roles attach. */
const documents: Readonly<Record<string, object>> = {
  'service-role/AmazonECSTaskExecutionRolePolicy': {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'ecr:GetAuthorizationToken',
          'ecr:BatchCheckLayerAvailability',
          'ecr:GetDownloadUrlForLayer',
          'ecr:BatchGetImage',
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ],
        Resource: '*',
      },
    ],
  },
  AmazonECSInfrastructureRolePolicyForLoadBalancers: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'elasticloadbalancing:DescribeListeners',
          'elasticloadbalancing:DescribeRules',
          'elasticloadbalancing:DescribeTargetGroups',
          'elasticloadbalancing:DescribeTargetHealth',
          'elasticloadbalancing:ModifyListener',
          'elasticloadbalancing:ModifyRule',
          'elasticloadbalancing:RegisterTargets',
          'elasticloadbalancing:DeregisterTargets',
        ],
        Resource: '*',
      },
    ],
  },
  AdministratorAccess: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  },
};

export interface ManagedPolicy {
  arn: string;
  name: string;
  path: string;
  document: string;
}

/** A policy of AWS's own. One whose text is not known here is there all the same, and allows nothing. */
export function managedPolicy(arn: string): ManagedPolicy | undefined {
  const [, full] = /^arn:[^:]*:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  if (full === undefined) return undefined;
  const slash = full.lastIndexOf('/') + 1;
  const known = Object.hasOwn(documents, full) ? documents[full] : { Version: '2012-10-17', Statement: [] };
  return { arn, name: full.slice(slash), path: `/${full.slice(0, slash)}`, document: JSON.stringify(known) };
}
