import type { Arns } from '../arns';
import { pushImages } from './build';
import { actions, policy, type Statement } from './policy';

export interface PipelineAccess {
  readonly bucketArn: string;
  readonly projectArns: readonly string[];
  readonly connectionArn: string;
  /** `owner/repository`: a connection reaches all that its installation does. */
  readonly repository: string;
  readonly topicArn: string;
}

/**
 * Moves one source through the stages: fetches it, starts the steps, asks for approval. What a step does, its own role may.
 * Source: CodePipeline user guide, service role policy; Service Authorization Reference, CodeConnections.
 */
export function pipelinePolicy(access: PipelineAccess): string {
  return policy([
    ...readArtifacts(access.bucketArn),
    { Sid: 'Store', Effect: 'Allow', Action: 's3:PutObject', Resource: `${access.bucketArn}/*` },
    useConnection(access.connectionArn, access.repository),
    {
      Sid: 'Steps',
      Effect: 'Allow',
      Action: actions('codebuild', ['StartBuild', 'BatchGetBuilds']),
      Resource: access.projectArns,
    },
    { Sid: 'Ask', Effect: 'Allow', Action: 'sns:Publish', Resource: access.topicArn },
  ]);
}

/** Which of the two prefixes an action has follows from the connection's ARN. Some calls are not about a repository. */
function useConnection(connectionArn: string, repository: string): Statement {
  const prefixes = ['codeconnections', 'codestar-connections'];
  return {
    Sid: 'Source',
    Effect: 'Allow',
    Action: prefixes.map((prefix) => `${prefix}:UseConnection`),
    Resource: connectionArn,
    Condition: {
      'ForAllValues:StringEquals': Object.fromEntries(
        prefixes.map((prefix) => [`${prefix}:FullRepositoryId`, repository]),
      ),
    },
  };
}

export interface StepAccess {
  readonly bucketArn: string;
  readonly logGroupArn: string;
}

/** Reads the source and writes its log. */
export function testStepPolicy(access: StepAccess): string {
  return policy(step(access));
}

/** As tests; pushes the image of one repository, and hands on what it is called. */
export function buildStepPolicy(access: StepAccess & { readonly repositoryArn: string }): string {
  return policy([
    ...step(access),
    { Sid: 'Store', Effect: 'Allow', Action: 's3:PutObject', Resource: `${access.bucketArn}/*` },
    ...pushImages([access.repositoryArn]),
  ]);
}

/** As tests; takes the one role that deploys this service to this environment. */
export function deployStepPolicy(access: StepAccess & { readonly deployRoleArn: string }): string {
  return policy([
    ...step(access),
    { Sid: 'Deploy', Effect: 'Allow', Action: 'sts:AssumeRole', Resource: access.deployRoleArn },
  ]);
}

function step({ bucketArn, logGroupArn }: StepAccess): Statement[] {
  return [
    ...readArtifacts(bucketArn),
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: actions('logs', ['CreateLogStream', 'PutLogEvents']),
      Resource: `${logGroupArn}:*`,
    },
  ];
}

function readArtifacts(bucketArn: string): Statement[] {
  return [
    {
      Sid: 'Bucket',
      Effect: 'Allow',
      Action: actions('s3', ['GetBucketAcl', 'GetBucketLocation', 'GetBucketVersioning']),
      Resource: bucketArn,
    },
    {
      Sid: 'Artifacts',
      Effect: 'Allow',
      Action: actions('s3', ['GetObject', 'GetObjectVersion']),
      Resource: `${bucketArn}/*`,
    },
  ];
}

/** CodeBuild takes a role for its one project. Source: CodeBuild user guide, cross-service confused deputy prevention. */
export function stepTrust(arns: Arns, projectArn: string): string {
  return policy([
    {
      Effect: 'Allow',
      Principal: { Service: 'codebuild.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': arns.accountId },
        ArnEquals: { 'aws:SourceArn': projectArn },
      },
    },
  ]);
}
