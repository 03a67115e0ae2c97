import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { stepTrust, type StepAccess } from '../policies/pipeline';
import { Role } from './role';

export interface BuildStepProps {
  readonly arns: Arns;
  readonly name: string;
  readonly roleName: string;
  readonly logGroupName: string;
  readonly description: string;
  /** Path in the repository. */
  readonly buildspec: string;
  readonly architecture: 'x86_64' | 'arm64';
  /** Whether it builds images, for which Docker needs privileges. */
  readonly privileged?: boolean;
  /** Minutes after which it is ended. */
  readonly timeout: number;
  /** By name; none is secret. */
  readonly variables: Readonly<Record<string, string>>;
  readonly bucketArn: string;
  /** JSON of what it may do. */
  readonly policy: (access: StepAccess) => string;
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html */
const MACHINES = {
  x86_64: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0' },
  arm64: { type: 'ARM_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0' },
} as const;

const LOG_DAYS = 90;

/** One step of a pipeline: commands of a buildspec, with a role of its own, and a log that is kept for a time. */
export class BuildStep extends Construct {
  readonly projectName: string;

  constructor(scope: Construct, id: string, props: BuildStepProps) {
    super(scope, id);
    const { arns, name, bucketArn, logGroupName, privileged = false } = props;
    const logs = new CloudwatchLogGroup(this, 'logs', { name: logGroupName, retentionInDays: LOG_DAYS });
    const role = new Role(this, 'access', {
      name: props.roleName,
      description: props.description,
      trust: stepTrust(arns, arns.regional('codebuild', `project/${name}`)),
      policy: props.policy({ bucketArn, logGroupArn: arns.logGroup(logGroupName) }),
    });
    const project = new CodebuildProject(this, 'project', {
      name,
      description: props.description,
      serviceRole: role.arn,
      buildTimeout: props.timeout,
      source: { type: 'CODEPIPELINE', buildspec: props.buildspec },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        ...MACHINES[props.architecture],
        computeType: 'BUILD_GENERAL1_SMALL',
        privilegedMode: privileged,
        environmentVariable: Object.entries(props.variables).map(([variable, value]) => ({
          name: variable,
          value,
          type: 'PLAINTEXT',
        })),
      },
      ...(privileged ? { cache: { type: 'LOCAL', modes: ['LOCAL_DOCKER_LAYER_CACHE'] } } : {}),
      logsConfig: { cloudwatchLogs: { groupName: logs.name } },
    });
    this.projectName = project.name;
  }
}
