import { Construct } from 'constructs';
import { Annotations } from '../cdktf';
import { GithubAccess } from '../constructs/github';
import { Registry } from '../constructs/registry';
import type { Platform } from '../settings/platform';
import { SlipwayStack } from './stack';

/** Once an account: where images are, and which workflows may build them, plan and apply. */
export class FoundationStack extends SlipwayStack {
  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id, platform.project);
    const { github, rehearsal, stateBucket } = platform.project;
    const repositories = platform.serviceNames.map((service) => this.names.repository(service));
    const registry = new Construct(this, 'registry');
    platform.serviceNames.forEach((service, index) => {
      new Registry(registry, service, { name: repositories[index] ?? '' });
    });
    const buckets = new Set([
      stateBucket ?? this.names.stateBucket(this.place.account, this.place.region),
      ...platform.environments.flatMap((one) => one.stateBucket ?? []),
    ]);
    new GithubAccess(this, 'github', {
      arns: this.arns,
      names: this.names,
      github,
      repositoryArns: repositories.map((name) => this.arns.repository(name)),
      platform: {
        arns: this.arns,
        project: this.home.project,
        state: { project: this.home.project, bucketArns: [...buckets].map((name) => this.arns.bucket(name)) },
      },
    });
    if (!github.identity && !rehearsal) {
      Annotations.of(this).addWarning(
        'no GitHub repository is known, so no workflow may take a role: set github.owner and github.repository in ' +
          'environments/project.ts, or GITHUB_REPOSITORY',
      );
    }
  }
}
