import type { Construct } from 'constructs';
import { TerraformOutput } from '../cdktf';
import { PrivateBucket } from '../constructs/private-bucket';
import { tlsOnlyPolicy } from '../policies/state';
import type { Project } from '../settings/platform';
import { SlipwayStack } from './stack';

/** The bucket for remote state, its own included once it is there. */
export class StateStack extends SlipwayStack {
  constructor(scope: Construct, id: string, project: Project) {
    super(scope, id, project);
    const name = project.stateBucket ?? this.names.stateBucket(this.place.account, this.place.region);
    // All versions are kept: they are small.
    new PrivateBucket(this, 'state', {
      name,
      policy: tlsOnlyPolicy(this.arns.bucket(name)),
      versioned: true,
      protect: project.protect,
      emptyOnDestroy: project.rehearsal,
    });
    new TerraformOutput(this, 'state_bucket', {
      value: name,
      description: 'Write it as stateBucket into environments/project.ts, or set SLIPWAY_STATE_BUCKET',
      staticId: true,
    });
  }
}
