import { CodeconnectionsConnection } from '@cdktf/provider-aws/lib/codeconnections-connection';
import {
  Codepipeline,
  type CodepipelineStage,
  type CodepipelineStageAction,
} from '@cdktf/provider-aws/lib/codepipeline';
import { Construct } from 'constructs';
import { registryHost, type Arns, type Place } from '../arns';
import { TerraformOutput } from '../cdktf';
import type { names } from '../names';
import { buildStepPolicy, deployStepPolicy, pipelinePolicy, testStepPolicy } from '../policies/pipeline';
import { serviceTrust } from '../policies/trust';
import type { Pipeline as PipelinePlan } from '../settings/platform';
import { ArtifactBucket } from './artifact-bucket';
import { BuildStep, type BuildStepProps } from './build-step';
import { PipelineNotices } from './pipeline-notices';
import { Role } from './role';

export interface PipelineProps {
  readonly arns: Arns;
  readonly names: ReturnType<typeof names>;
  readonly place: Place;
  readonly plan: PipelinePlan;
  /** Where it deploys to, in order, and with which role. */
  readonly targets: readonly {
    readonly environment: string;
    readonly region: string;
    readonly deployRoleArn: string;
  }[];
  /** Destroys the artifacts with it. Only a rehearsal may. */
  readonly emptyOnDestroy: boolean;
}

/** Minutes: the last is longer than slipway's own timeout and the rollback after it, so that slipway reports. */
const TIMEOUTS = { test: 15, build: 30, deploy: 40 };

/**
 * Source, tests, an image built once, and that very digest to each environment, with an approval before each after the
 * first. Runs pass a stage one after the other, and one that waits gives way to a newer one (`SUPERSEDED`): an old commit
 * is never deployed over a newer one.
 */
export class Pipeline extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineProps,
  ) {
    super(scope, id);
    const { arns, names, place, plan, targets } = props;
    const { service } = plan;
    const name = names.pipeline(service);
    const bucketName = names.artifactBucket(service, { accountId: place.account, region: place.region });
    const bucketArn = arns.bucket(bucketName);
    const bucket = new ArtifactBucket(this, 'artifacts', {
      name: bucketName,
      arn: bucketArn,
      emptyOnDestroy: props.emptyOnDestroy,
    });
    const { topicArn } = new PipelineNotices(this, 'notices', {
      arns,
      name: names.pipelineTopic(service),
      pipelineName: name,
      emails: plan.emails,
    });
    const repository = names.repository(service);
    const test = this.step('test', bucketArn, {
      description: `Tests ${service}`,
      buildspec: 'buildspec-test.yml',
      timeout: TIMEOUTS.test,
      variables: {},
      policy: testStepPolicy,
    });
    const build = this.step('build', bucketArn, {
      description: `Builds the image of ${service} and pushes it`,
      buildspec: 'buildspec.yml',
      privileged: true,
      timeout: TIMEOUTS.build,
      variables: { REPOSITORY_URL: `${registryHost(place)}/${repository}` },
      policy: (access) => buildStepPolicy({ ...access, repositoryArn: arns.repository(repository) }),
    });
    const deploys = targets.map(({ environment, region, deployRoleArn }) => ({
      environment,
      step: this.step(environment, bucketArn, {
        description: `Deploys ${service} to ${environment}`,
        buildspec: 'buildspec-deploy.yml',
        timeout: TIMEOUTS.deploy,
        variables: { ENVIRONMENT: environment, DEPLOY_REGION: region, DEPLOY_ROLE_ARN: deployRoleArn },
        policy: (access) => deployStepPolicy({ ...access, deployRoleArn }),
      }),
    }));
    const connectionArn = plan.connectionArn ?? this.connection(name);
    const role = new Role(this, 'access', {
      name: names.pipelineRole(service),
      description: `Moves ${service} from its repository to its environments`,
      trust: serviceTrust('codepipeline.amazonaws.com', arns),
      policy: pipelinePolicy({
        bucketArn,
        projectArns: ['test', 'build', ...targets.map(({ environment }) => environment)].map((step) =>
          arns.regional('codebuild', `project/${names.pipelineProject(service, step)}`),
        ),
        connectionArn,
        repository: plan.repository,
        topicArn,
      }),
    });
    new Codepipeline(this, 'pipeline', {
      name,
      roleArn: role.arn,
      pipelineType: 'V2',
      executionMode: 'SUPERSEDED',
      // Without a key of its own CodePipeline encrypts with S3's in KMS.
      artifactStore: [{ type: 'S3', location: bucket.name }],
      stage: [
        source(plan, connectionArn),
        stage('test', run(test, {})),
        stage('build', {
          ...run(build, { GIT_SHA: '#{source.CommitId}' }),
          namespace: 'build',
          outputArtifacts: ['image'],
        }),
        ...deploys.flatMap(({ environment, step }, index) => [
          ...(index === 0 ? [] : [approval(environment, service, topicArn)]),
          stage(
            environment,
            run(step, {
              IMAGE: '#{build.IMAGE}',
              GIT_SHA: '#{source.CommitId}',
              RELEASE: '#{codepipeline.PipelineExecutionId}',
            }),
          ),
        ]),
      ],
    });
  }

  private step(
    step: string,
    bucketArn: string,
    own: Pick<
      BuildStepProps,
      'description' | 'buildspec' | 'privileged' | 'timeout' | 'variables' | 'policy'
    >,
  ): BuildStep {
    const { arns, names, plan } = this.props;
    return new BuildStep(this, step, {
      ...own,
      arns,
      bucketArn,
      name: names.pipelineProject(plan.service, step),
      roleName: names.pipelineStepRole(plan.service, step),
      logGroupName: names.pipelineLogGroup(plan.service, step),
      architecture: plan.architecture,
      buildspec: `${plan.buildspecs}/${own.buildspec}`,
    });
  }

  /** It waits, as PENDING, until somebody authorises it once in the console: no token is stored here or in state. */
  private connection(name: string): string {
    const { provider } = this.props.plan;
    const connection = new CodeconnectionsConnection(this, 'connection', { name, providerType: provider });
    new TerraformOutput(this, 'connection_to_authorise', {
      value: connection.arn,
      description: `Authorise it once at ${provider}: console, Developer Tools, Settings, Connections`,
    });
    return connection.arn;
  }
}

type Action = Omit<CodepipelineStageAction, 'name'>;

function stage(name: string, action: Action): CodepipelineStage {
  return { name, action: [{ ...action, name }] };
}

function source({ repository, branch }: PipelinePlan, connectionArn: string): CodepipelineStage {
  return stage('source', {
    category: 'Source',
    owner: 'AWS',
    provider: 'CodeStarSourceConnection',
    version: '1',
    namespace: 'source',
    configuration: {
      ConnectionArn: connectionArn,
      FullRepositoryId: repository,
      BranchName: branch,
      DetectChanges: 'true',
      OutputArtifactFormat: 'CODE_ZIP',
    },
    outputArtifacts: ['source'],
  });
}

/** What another action found out comes as `#{namespace.NAME}`, so that each step has it as a variable. */
function run(step: BuildStep, variables: Readonly<Record<string, string>>): Action {
  const list = Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' }));
  return {
    category: 'Build',
    owner: 'AWS',
    provider: 'CodeBuild',
    version: '1',
    inputArtifacts: ['source'],
    configuration: {
      ProjectName: step.projectName,
      ...(list.length === 0 ? {} : { EnvironmentVariables: JSON.stringify(list) }),
    },
  };
}

function approval(environment: string, service: string, topicArn: string): CodepipelineStage {
  return stage(`approve-${environment}`, {
    category: 'Approval',
    owner: 'AWS',
    provider: 'Manual',
    version: '1',
    configuration: {
      NotificationArn: topicArn,
      CustomData: `Deploy ${service} to ${environment}? Commit #{source.CommitId}, image #{build.IMAGE}`,
    },
  });
}
