import type { Service } from '@aws-sdk/client-ecs';
import { SlipwayError } from '../errors';
import type { Json } from '../outputs/outputs';

/**
 * The AppSpec with which CodeDeploy deploys a revision of a service.
 * @param hooks as the config's `appspec:` says them: `[{"BeforeInstall": "function"}, ...]`
 * @throws SlipwayError SERVICE_UNSUPPORTED where no load balancer says which container and port take the traffic
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
export function appspecOf(service: Service, taskDefinitionArn: string, hooks: Json | undefined): Json {
  const [balancer] = service.loadBalancers ?? service.taskSets?.[0]?.loadBalancers ?? [];
  const { containerName, containerPort } = balancer ?? {};
  if (containerName === undefined || containerPort === undefined) {
    throw new SlipwayError(
      'SERVICE_UNSUPPORTED',
      `service ${service.serviceName ?? ''} has no load balancer: CodeDeploy deploys only what one sends traffic to`,
      { hint: 'slipway deploys it without CodeDeploy' },
    );
  }
  const vpc = service.networkConfiguration?.awsvpcConfiguration;
  const properties = {
    TaskDefinition: taskDefinitionArn,
    LoadBalancerInfo: { ContainerName: containerName, ContainerPort: containerPort },
    PlatformVersion: service.platformVersion,
    NetworkConfiguration: vpc && {
      AwsvpcConfiguration: {
        Subnets: vpc.subnets,
        SecurityGroups: vpc.securityGroups,
        AssignPublicIp: vpc.assignPublicIp,
      },
    },
    CapacityProviderStrategy: service.capacityProviderStrategy?.map(({ capacityProvider, base, weight }) => ({
      CapacityProvider: capacityProvider,
      Base: base,
      Weight: weight,
    })),
  };
  const resource = { TargetService: { Type: 'AWS::ECS::Service', Properties: properties } };
  // Without what is undefined.
  return JSON.parse(JSON.stringify({ version: 0, Resources: [resource], Hooks: hooks })) as Json;
}
