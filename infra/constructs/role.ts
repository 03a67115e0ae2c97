import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';

export interface RoleProps {
  readonly name: string;
  readonly description: string;
  /** JSON of who may take it. */
  readonly trust: string;
  /** JSON of what it may do; none where it may do nothing. */
  readonly policy: string | undefined;
}

/** A role with its one inline policy: nothing else can be attached to it unseen. */
export class Role extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: props.name,
      description: props.description,
      assumeRolePolicy: props.trust,
      maxSessionDuration: 3600,
    });
    if (props.policy !== undefined) {
      new IamRolePolicy(this, 'policy', { name: 'access', role: role.name, policy: props.policy });
    }
    this.arn = role.arn;
  }
}
