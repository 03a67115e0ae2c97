import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';

export interface RoleProps {
  readonly name: string;
  readonly description: string;
  /** JSON of who may take it. */
  readonly trust: string;
  /** JSON of what it may do; none where it may do nothing. */
  readonly policy: string | undefined;
  /** JSON by name, where it is too much for one: each is kept by IAM, and attached. */
  readonly policies?: Readonly<Record<string, string>>;
  /** Policies that AWS keeps, beside its own. */
  readonly managedPolicyArns?: readonly string[];
}

/** Context of a stack: the ARN of the policy that bounds all of its roles. */
export const PERMISSIONS_BOUNDARY = 'permissionsBoundary';

/** A role with what it may do: as a rule one inline policy, so that nothing else is attached to it unseen. */
export class Role extends Construct {
  readonly arn: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    const boundary = this.node.tryGetContext(PERMISSIONS_BOUNDARY) as string | undefined;
    const role = new IamRole(this, 'role', {
      name: props.name,
      description: props.description,
      assumeRolePolicy: props.trust,
      maxSessionDuration: 3600,
      ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
    });
    if (props.policy !== undefined) {
      new IamRolePolicy(this, 'policy', { name: 'access', role: role.name, policy: props.policy });
    }
    for (const [part, policy] of Object.entries(props.policies ?? {})) {
      const own = new IamPolicy(this, `${part}-policy`, { name: `${props.name}-${part}`, policy });
      new IamRolePolicyAttachment(this, part, { role: role.name, policyArn: own.arn });
    }
    for (const arn of props.managedPolicyArns ?? []) {
      const name = arn.slice(arn.lastIndexOf('/') + 1);
      new IamRolePolicyAttachment(this, name, { role: role.name, policyArn: arn });
    }
    this.arn = role.arn;
    this.name = role.name;
  }
}
