import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { runnerPolicy } from '../policies/runner';
import { principalTrust } from '../policies/trust';
import type { Runner as RunnerPlan } from '../settings/platform';
import type { NetworkFacts } from './network';
import { Role } from './role';

export interface RunnerProps {
  readonly name: string;
  readonly arns: Arns;
  readonly network: NetworkFacts;
  readonly plan: RunnerPlan;
  /** Full name of the secret that holds its token. */
  readonly secretName: string;
  readonly gitlabHost: string;
  readonly keyArn: string | undefined;
}

/** https://docs.aws.amazon.com/linux/al2023/ug/ec2.html */
const IMAGES = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-';
/** An exact version, from GitLab's own registry. */
const RUNNER_IMAGE = 'registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v18.5.0';
/** Seconds after which a host is replaced by one with the newest image: what is patched comes in so. */
const LIFETIME = 30 * 24 * 3600;

/**
 * One host that runs GitLab's jobs in containers: in a private subnet, reached by nobody, entered by Session Manager.
 * It has no role that builds or deploys, since whoever may run a job on it would have that role too: jobs sign in with
 * GitLab's id token, on this host as on any other.
 */
export class Runner extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RunnerProps,
  ) {
    super(scope, id);
    const { name, network } = props;
    new AutoscalingGroup(this, 'host', {
      name,
      minSize: 1,
      maxSize: 1,
      maxInstanceLifetime: LIFETIME,
      vpcZoneIdentifier: [...network.privateSubnetIds],
      launchTemplate: { id: this.template().id, version: '$Latest' },
      waitForCapacityTimeout: '0',
      tag: [{ key: 'Name', value: name, propagateAtLaunch: true }],
    });
  }

  private template(): LaunchTemplate {
    const { name, plan } = this.props;
    const architecture = /^([a-z]+\d+g[a-z]*|a1)\./.test(plan.instanceType) ? 'arm64' : 'x86_64';
    const image = new DataAwsSsmParameter(this, 'image', { name: IMAGES + architecture });
    return new LaunchTemplate(this, 'template', {
      name,
      imageId: image.insecureValue,
      instanceType: plan.instanceType,
      updateDefaultVersion: true,
      iamInstanceProfile: { name: this.profile() },
      // One hop: a job's container does not reach the host's credentials.
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      monitoring: { enabled: true },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            volumeType: 'gp3',
            volumeSize: plan.diskSize,
            encrypted: 'true',
            deleteOnTermination: 'true',
            ...(this.props.keyArn === undefined ? {} : { kmsKeyId: this.props.keyArn }),
          },
        },
      ],
      networkInterfaces: [
        {
          associatePublicIpAddress: 'false',
          securityGroups: [this.firewall()],
          deleteOnTermination: 'true',
        },
      ],
      userData: Buffer.from(this.userData()).toString('base64'),
    });
  }

  private profile(): string {
    const { name, arns, secretName, keyArn } = this.props;
    const role = new Role(this, 'access', {
      name,
      description: `The host ${name}: its sessions and its own token`,
      trust: principalTrust('ec2.amazonaws.com'),
      policy: runnerPolicy(arns, secretName, keyArn),
    });
    return new IamInstanceProfile(this, 'profile', { name, role: role.name }).name;
  }

  private firewall(): string {
    const { name, network } = this.props;
    const group = new SecurityGroup(this, 'group', {
      name,
      description: `Jobs on ${name}`,
      vpcId: network.vpcId,
      tags: { Name: name },
    });
    new SecurityGroupRule(this, 'internet-out-443', {
      securityGroupId: group.id,
      type: 'egress',
      protocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrBlocks: ['0.0.0.0/0'],
      description: 'To GitLab, registries and the APIs of AWS',
    });
    return group.id;
  }

  /** Until somebody has filled the secret it waits. `privileged` is what building images with Docker in Docker takes. */
  private userData(): string {
    const { name, arns, plan, secretName, gitlabHost } = this.props;
    return `#!/bin/bash
set -euo pipefail
umask 077
dnf install -y docker
systemctl enable --now docker
until token=$(aws secretsmanager get-secret-value --region ${arns.region} --secret-id ${secretName} --query SecretString --output text); do
  sleep 60
done
mkdir -p /etc/gitlab-runner
cat >/etc/gitlab-runner/config.toml <<END
concurrent = ${plan.concurrency}
[[runners]]
  name = "${name}"
  url = "https://${gitlabHost}"
  token = "$token"
  executor = "docker"
  [runners.docker]
    image = "public.ecr.aws/docker/library/alpine:3"
    privileged = true
    volumes = ["/certs/client", "/cache"]
END
docker run --detach --name gitlab-runner --restart always \\
  --volume /etc/gitlab-runner:/etc/gitlab-runner --volume /var/run/docker.sock:/var/run/docker.sock \\
  ${RUNNER_IMAGE}
`;
  }
}
