import { EcrReplicationConfiguration } from '@cdktf/provider-aws/lib/ecr-replication-configuration';
import { Construct } from 'constructs';
import { arns as arnsOf } from '../arns';
import { Annotations } from '../cdktf';
import { Budget, ServiceLinkedRoles, Trail } from '../constructs/guardrails';
import { GithubAccess } from '../constructs/github';
import { Pipeline } from '../constructs/pipeline';
import { Registry } from '../constructs/registry';
import type { Platform, Project } from '../settings/platform';
import { SlipwayStack } from './stack';

/** Once an account: where images are, and which workflows may build them, plan and apply. */
export class FoundationStack extends SlipwayStack {
  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id, platform.project);
    const { github, gitlab, rehearsal, stateBucket } = platform.project;
    const repositories = platform.serviceNames.map((service) => this.names.repository(service));
    const registry = new Construct(this, 'registry');
    platform.serviceNames.forEach((service, index) => {
      new Registry(registry, service, {
        name: repositories[index] ?? '',
        plan: platform.project.registry,
        partition: this.arns.partition,
      });
    });
    this.accountWide(platform.project);
    const buckets = new Set([
      stateBucket ?? this.names.stateBucket(this.place.account, this.place.region),
      ...platform.environments.flatMap((one) => one.stateBucket ?? []),
    ]);
    const regions = [...new Set([this.place.region, ...platform.environments.map(({ region }) => region)])];
    new GithubAccess(this, 'github', {
      arns: this.arns,
      names: this.names,
      github,
      gitlab,
      repositoryArns: repositories.map((name) => this.arns.repository(name)),
      platform: {
        arns:
          regions.length === 1
            ? this.arns
            : arnsOf({ ...this.place, region: '*', partition: this.arns.partition }),
        regions,
        project: this.home.project,
        gitlab,
        state: { project: this.home.project, bucketArns: [...buckets].map((name) => this.arns.bucket(name)) },
      },
    });
    this.pipelines(platform);
    if (!github.identity && !rehearsal) {
      Annotations.of(this).addWarning(
        'no GitHub repository is known, so no workflow may take a role: set github.owner and github.repository in ' +
          'environments/project.ts, or GITHUB_REPOSITORY',
      );
    }
  }

  private pipelines(platform: Platform): void {
    const { project } = platform;
    if (project.pipelines.length === 0) return;
    const { arns, names, place } = this;
    const parent = new Construct(this, 'pipeline');
    for (const plan of project.pipelines) {
      new Pipeline(parent, plan.service, {
        arns,
        names,
        place,
        plan,
        targets: plan.environments.map((name) => {
          const { account = place.account, region } = platform.environment(name);
          const deployRole = names.deployRole(name, plan.service);
          return { environment: name, region, deployRoleArn: arnsOf({ account, region }).role(deployRole) };
        }),
        emptyOnDestroy: project.rehearsal,
      });
    }
  }

  private accountWide({ registry, budget, cloudTrail, serviceLinkedRoles, rehearsal }: Project): void {
    const { arns, names, place } = this;
    if (registry.replicateTo.length > 0) {
      new EcrReplicationConfiguration(this, 'replication', {
        replicationConfiguration: {
          rule: [
            {
              destination: registry.replicateTo.map((region) => ({ region, registryId: place.account })),
              repositoryFilter: [{ filter: `${this.home.project}/`, filterType: 'PREFIX_MATCH' }],
            },
          ],
        },
      });
    }
    if (budget !== undefined) new Budget(this, 'budget', { name: names.budget, ...budget });
    if (cloudTrail) {
      new Trail(this, 'calls', {
        name: names.trail,
        bucket: names.trailBucket(arns),
        arns,
        emptyOnDestroy: rehearsal,
      });
    }
    if (serviceLinkedRoles === 'own') new ServiceLinkedRoles(this, 'service-linked-role');
  }
}
