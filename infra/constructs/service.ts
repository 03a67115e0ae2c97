import { Construct } from 'constructs';
import { arns as arnsOf, registryHost, type Arns, type Place } from '../arns';
import type { ServiceOutputs } from '../contract';
import type { names } from '../names';
import { deployPlanPolicy, deployPolicy } from '../policies/deploy';
import { executionPolicy, taskPolicy } from '../policies/tasks';
import { githubTrust, pipelineTrust, taskTrust } from '../policies/trust';
import type { Environment, Github, Gitlab, Service } from '../settings/platform';
import { Firewall } from './firewall';
import type { Edge } from './edge';
import type { NetworkFacts } from './network';
import { Observability } from './observability';
import { Role } from './role';
import { Routing } from './routing';
import type { Storage } from './storage';

export interface ServicePlatformProps {
  readonly names: ReturnType<typeof names>;
  readonly arns: Arns;
  /** Where this environment is, and where its images are. */
  readonly place: Place;
  readonly registry: Place;
  readonly environment: Environment;
  readonly service: Service;
  readonly github: Github;
  readonly gitlab: Gitlab | undefined;
  /** Of the steps of CodePipeline that deploy it here. */
  readonly roleArns: readonly string[];
  readonly network: NetworkFacts;
  readonly edge: Edge;
  readonly storage: Storage;
  readonly keyArn: string | undefined;
  /** Where alarms are told. */
  readonly topicArn: string;
}

/** All that one service needs around it. The service itself, its task definition and its count belong to the deploy. */
export class ServicePlatform extends Construct {
  readonly routing: Routing;
  /** What the contract promises of a service. */
  readonly outputs: ServiceOutputs;

  constructor(scope: Construct, id: string, props: ServicePlatformProps) {
    super(scope, id);
    const { names, arns, environment, service, edge, network, storage } = props;
    const { ingress } = edge;
    const { name } = service;
    const here = environment.name;
    const logGroup = names.logGroup(here, name);
    const repository = names.repository(name);
    const repositoryArn = arnsOf(props.registry).repository(repository);

    const firewall = new Firewall(this, 'firewall', {
      name: names.family(here, name),
      network,
      balancerSecurityGroupId: ingress.securityGroupId,
      port: service.port,
      outboundPorts: service.outboundPorts,
    });
    this.routing = new Routing(this, 'routing', {
      vpcId: network.vpcId,
      ingress,
      service,
      targetGroupName: (colour) => names.targetGroup(here, name, colour),
    });
    storage.fileSystem?.admit(name, firewall.securityGroupId);
    const observability = new Observability(this, 'observability', {
      service,
      logGroupName: logGroup,
      retentionDays: environment.observability.logRetentionDays,
      keyArn: props.keyArn,
      topicArn: props.topicArn,
      alarmName: (what) => names.alarm(here, name, what),
      clusterName: names.cluster(here),
      http: ingress.listeners !== undefined,
      loadBalancer: ingress.arnSuffix,
      blue: this.routing.blue.arnSuffix,
      green: this.routing.green.arnSuffix,
    });
    const execution = new Role(this, 'execution', {
      name: names.executionRole(here, name),
      description: `Pulls the image, reads secrets and writes logs for ${name} in ${here}`,
      trust: taskTrust(arns, props.place.account),
      policy: executionPolicy({
        arns,
        repositoryArn,
        logGroup,
        path: names.parameters(here),
        envFileBucketArn: storage.envFileBucketArn,
      }),
    });
    const task = new Role(this, 'task', {
      name: names.taskRole(here, name),
      description: `What ${name} itself may do in ${here}`,
      trust: taskTrust(arns, props.place.account),
      policy: taskPolicy({
        exec: service.exec
          ? {
              logGroupArn: environment.cluster.logExec ? arns.logGroup(names.execLogGroup(here)) : undefined,
              keyArn: environment.cluster.logExec ? props.keyArn : undefined,
            }
          : undefined,
        files: storage.fileSystem,
      }),
    });
    const deploy = new Role(this, 'deploy', {
      name: names.deployRole(here, name),
      description: `Deploys ${name}, from the GitHub environment ${here}`,
      trust: pipelineTrust(arns, props, `environment:${here}`),
      policy: deployPolicy({ arns, names, environment: here, service: name, repositoryArn }),
    });

    new Role(this, 'deploy-plan', {
      name: names.deployPlanRole(here, name),
      description: `Shows what a deploy of ${name} would change, from the GitHub environment ${here}-plan; reads only`,
      trust: githubTrust(arns, props.github.identity, `environment:${here}-plan`),
      policy: deployPlanPolicy({ arns, names, environment: here, service: name, repositoryArn }),
    });

    this.outputs = {
      service_name: name,
      task_definition_family: names.family(here, name),
      repository_url: `${registryHost(props.registry)}/${repository}`,
      repository_arn: repositoryArn,
      task_execution_role_arn: execution.arn,
      task_role_arn: task.arn,
      service_security_group_id: firewall.securityGroupId,
      target_group_arn: this.routing.blue.arn,
      alternate_target_group_arn: this.routing.green.arn,
      production_listener_rule_arn: this.routing.productionRuleArn,
      test_listener_rule_arn: this.routing.testRuleArn,
      service_url: edge.urlOf(service.hosts),
      log_group_name: logGroup,
      alarm_names: observability.deploymentAlarms,
      deploy_role_arn: deploy.arn,
      deploy_plan_role_arn: arns.role(names.deployPlanRole(here, name)),
      container_port: service.port,
      health_check_path: service.healthCheck.path,
    };
  }
}
