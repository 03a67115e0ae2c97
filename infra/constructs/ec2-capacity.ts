import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { EcsCapacityProvider } from '@cdktf/provider-aws/lib/ecs-capacity-provider';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { principalTrust } from '../policies/trust';
import type { Ec2 } from '../settings/platform';
import { InstanceScaling } from './instance-scaling';
import type { NetworkFacts } from './network';
import { Role } from './role';

export interface Ec2CapacityProps {
  readonly name: string;
  readonly arns: Arns;
  readonly clusterName: string;
  readonly roleName: string;
  readonly network: NetworkFacts;
  readonly subnetIds: readonly string[];
  /** Whether instances have public addresses: they are in public subnets, and there is no NAT. */
  readonly publicAddresses: boolean;
  readonly plan: Ec2;
  readonly keyArn: string | undefined;
  /** Where what a full group cannot do any more is told. */
  readonly topicArn: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html */
const IMAGES = {
  x86_64: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
  arm64: '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
} as const;

/** Of AWS: register with ECS, pull images, write logs; and Session Manager, which takes the place of SSH and its keys. */
const MANAGED = ['service-role/AmazonEC2ContainerServiceforEC2Role', 'AmazonSSMManagedInstanceCore'] as const;

/** Ports that Docker gives to containers in bridge mode. */
const EPHEMERAL = [32768, 65535] as const;

/** Instances that carry tasks: a group that grows and shrinks with them, reached by nobody, entered by Session Manager. */
export class Ec2Capacity extends Construct {
  readonly providerName: string;
  readonly securityGroupId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: Ec2CapacityProps,
  ) {
    super(scope, id);
    this.providerName = props.name;
    this.securityGroupId = this.firewall();
    const { plan } = props;
    const managed = plan.scaling === 'provider';
    const group = new AutoscalingGroup(this, 'instances', {
      name: props.name,
      minSize: plan.min,
      maxSize: plan.max,
      vpcZoneIdentifier: [...props.subnetIds],
      launchTemplate: { id: this.template().id, version: '$Latest' },
      protectFromScaleIn: managed,
      // Instances come and go with tasks; waiting for them would only make an apply slow.
      waitForCapacityTimeout: '0',
      // The cluster goes first, and only without services: what is left of instances carries nothing.
      forceDelete: true,
      lifecycle: { ignoreChanges: ['desired_capacity'] },
      tag: [
        { key: 'Name', value: props.name, propagateAtLaunch: true },
        // ECS sets it on groups that it scales; without it here every plan would take it away.
        { key: 'AmazonECSManaged', value: '', propagateAtLaunch: true },
      ],
    });
    new EcsCapacityProvider(this, 'provider', {
      name: this.providerName,
      autoScalingGroupProvider: {
        autoScalingGroupArn: group.arn,
        managedDraining: 'ENABLED',
        managedTerminationProtection: managed ? 'ENABLED' : 'DISABLED',
        managedScaling: managed
          ? { status: 'ENABLED', targetCapacity: 100, minimumScalingStepSize: 1, maximumScalingStepSize: 1 }
          : { status: 'DISABLED' },
      },
    });
    if (!managed) {
      new InstanceScaling(this, 'scaling', {
        name: props.name,
        groupName: group.name,
        clusterName: props.clusterName,
        topicArn: props.topicArn,
      });
    }
  }

  /** Lets the balancer reach containers in bridge mode, whose ports Docker chooses. */
  admitBalancer(balancerSecurityGroupId: string): void {
    const [fromPort, toPort] = EPHEMERAL;
    new SecurityGroupRule(this, 'balancer-in', {
      securityGroupId: this.securityGroupId,
      type: 'ingress',
      protocol: 'tcp',
      fromPort,
      toPort,
      sourceSecurityGroupId: balancerSecurityGroupId,
      description: 'From the load balancer to containers in bridge mode',
    });
    new SecurityGroupRule(this, 'balancer-out', {
      securityGroupId: balancerSecurityGroupId,
      type: 'egress',
      protocol: 'tcp',
      fromPort,
      toPort,
      sourceSecurityGroupId: this.securityGroupId,
      description: `To the instances of ${this.props.name}`,
    });
  }

  private firewall(): string {
    const { name, network } = this.props;
    const group = new SecurityGroup(this, 'group', {
      name: `${name}-instances`,
      description: `Instances of ${name}`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-instances` },
    });
    for (const [id, from, to, cidr, description] of [
      ['vpc-out', 0, 65535, network.cidr, 'To databases and other services in the VPC'],
      ['internet-out-443', 443, 443, '0.0.0.0/0', 'To the APIs of AWS and registries'],
    ] as const) {
      new SecurityGroupRule(this, id, {
        securityGroupId: group.id,
        type: 'egress',
        protocol: 'tcp',
        fromPort: from,
        toPort: to,
        cidrBlocks: [cidr],
        description,
      });
    }
    return group.id;
  }

  private template(): LaunchTemplate {
    const { name, plan, publicAddresses, keyArn } = this.props;
    const image = new DataAwsSsmParameter(this, 'image', { name: IMAGES[plan.architecture] });
    return new LaunchTemplate(this, 'template', {
      name,
      imageId: image.insecureValue,
      instanceType: plan.instanceType,
      updateDefaultVersion: true,
      iamInstanceProfile: { name: this.profile() },
      // One hop: no container in bridge mode reaches the instance's own credentials.
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
            ...(keyArn === undefined ? {} : { kmsKeyId: keyArn }),
          },
        },
      ],
      networkInterfaces: [
        {
          associatePublicIpAddress: String(publicAddresses),
          securityGroups: [this.securityGroupId],
          deleteOnTermination: 'true',
        },
      ],
      userData: Buffer.from(this.userData()).toString('base64'),
    });
  }

  private profile(): string {
    const { name, roleName, arns } = this.props;
    const role = new Role(this, 'instance', {
      name: roleName,
      description: `Instances of ${name}`,
      trust: principalTrust('ec2.amazonaws.com'),
      policy: undefined,
      managedPolicyArns: MANAGED.map((policy) => `arn:${arns.partition}:iam::aws:policy/${policy}`),
    });
    return new IamInstanceProfile(this, 'profile', { name: roleName, role: role.name }).name;
  }

  /**
   * The cluster is made last and destroyed first, so that the agent may start before there is one: it then tries again,
   * where its unit would give up.
   */
  private userData(): string {
    return `#!/bin/bash
cat >>/etc/ecs/ecs.config <<'END'
ECS_CLUSTER=${this.props.clusterName}
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_CONTAINER_STOP_TIMEOUT=120s
END
mkdir -p /etc/systemd/system/ecs.service.d
cat >/etc/systemd/system/ecs.service.d/retry.conf <<'END'
[Service]
Restart=always
RestartSec=10
RestartPreventExitStatus=
END
systemctl daemon-reload
`;
  }
}
