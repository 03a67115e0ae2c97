import { Construct } from 'constructs';
import { arns, type Place } from '../arns';
import { TerraformOutput } from '../cdktf';
import { Cluster, ClusterNeeds, FARGATE_PROVIDERS } from '../constructs/cluster';
import { Encryption } from '../constructs/encryption';
import { FlowLogs } from '../constructs/flow-logs';
import { Dashboard } from '../constructs/dashboard';
import { Ec2Capacity } from '../constructs/ec2-capacity';
import { Edge } from '../constructs/edge';
import { publicPorts, TEST_PORT } from '../constructs/ingress';
import { Network, type NetworkFacts } from '../constructs/network';
import { Notifications } from '../constructs/notifications';
import { PublishedOutputs } from '../constructs/outputs';
import { Role } from '../constructs/role';
import { Runner } from '../constructs/runner';
import { ServicePlatform } from '../constructs/service';
import { Storage } from '../constructs/storage';
import { loadBalancerPolicy } from '../policies/tasks';
import { ecsTrust, githubOf, principalTrust } from '../policies/trust';
import type { Environment, Platform } from '../settings/platform';
import { SlipwayStack } from './stack';

/** One environment: everything around its services that rarely changes, and nothing that a deploy owns. */
export class EnvironmentStack extends SlipwayStack {
  readonly published: PublishedOutputs;

  constructor(scope: Construct, id: string, platform: Platform) {
    const environment = platform.environment(id);
    super(scope, id, environment);
    const { names, place } = this;
    const registry: Place = {
      account: platform.project.account ?? place.account,
      region: platform.project.region,
    };

    const keyArn =
      environment.encryption === 'own'
        ? new Encryption(this, 'encryption', {
            arns: this.arns,
            name: names.key(id),
            protect: environment.protect,
            logGroups: [
              names.logGroups(id),
              names.flowLogGroup(id),
              names.firewallLogGroup(id),
              names.execLogGroup(id),
            ],
          }).keyArn
        : undefined;
    const network = this.network(environment, keyArn);
    // Its own id again is left out of addresses, so that the balancer's stay as they are.
    const edge = new Edge(this, 'ingress', {
      names,
      arns: this.arns,
      environment,
      network,
      keyArn,
      providerIn: this.providerIn,
    });
    const { ingress } = edge;
    const storage = new Storage(this, 'storage', { names, arns: this.arns, environment, network, keyArn });
    const notifications = new Notifications(this, 'notifications', {
      arns: this.arns,
      name: names.topic(id),
      clusterArn: this.arns.cluster(names.cluster(id)),
      emails: environment.observability.emails,
      keyArn,
    });
    const capacity = this.capacity(environment, network, notifications.topicArn, keyArn);
    const parent = new Construct(this, 'service');
    const services = environment.services.map(
      (service) =>
        new ServicePlatform(parent, service.name, {
          names,
          arns: this.arns,
          place,
          registry,
          environment,
          service,
          github: githubOf(platform.project.github, service.name),
          gitlab: platform.project.gitlab,
          roleArns: platform.project.pipelines
            .filter((one) => one.service === service.name && one.environments.includes(id))
            .map((one) => arns(registry).role(names.pipelineStepRole(one.service, id))),
          network,
          edge,
          storage,
          keyArn,
          topicArn: notifications.topicArn,
        }),
    );
    const routings = services.map((service) => service.routing);
    const loadBalancerRole = new Role(this, 'load-balancer', {
      name: names.loadBalancerRole(id),
      description: `With it ECS shifts traffic between target groups in ${id}`,
      trust: ecsTrust(),
      policy: loadBalancerPolicy({
        targetGroupArns: routings.flatMap(({ blue, green }) => [blue.arn, green.arn]),
        listenerArns: ingress.listeners
          ? Object.values(ingress.listeners)
          : routings.flatMap((routing) => [routing.productionRuleArn, routing.testRuleArn]),
        ruleArns: routings.flatMap((routing) => [routing.productionRuleArn, routing.testRuleArn]),
      }),
    });
    if (environment.services.some(({ networkMode }) => networkMode === 'bridge'))
      capacity?.admitBalancer(ingress.securityGroupId);
    if (environment.cluster.external) this.external(environment);
    this.runner(environment, platform, network, keyArn);
    const needs = new ClusterNeeds(this, 'cluster-needs', {
      execLogGroup: environment.cluster.logExec ? names.execLogGroup(id) : undefined,
      namespace: environment.cluster.serviceConnect,
      retentionDays: environment.observability.logRetentionDays,
      keyArn,
    });
    const capacityProviders = capacity === undefined ? FARGATE_PROVIDERS : [capacity.providerName];
    this.published = new PublishedOutputs(this, 'outputs', {
      environment: {
        environment: id,
        region: place.region,
        account_id: place.account,
        vpc_id: network.vpcId,
        public_subnet_ids: network.publicSubnetIds,
        private_subnet_ids: network.privateSubnetIds,
        task_subnet_ids:
          environment.network.tasks === 'public' ? network.publicSubnetIds : network.privateSubnetIds,
        assign_public_ip: environment.network.tasks === 'public' ? 'ENABLED' : 'DISABLED',
        cluster_name: names.cluster(id),
        cluster_arn: this.arns.cluster(names.cluster(id)),
        load_balancer_role_arn: loadBalancerRole.arn,
        load_balancer_dns_name: ingress.dnsName,
        capacity_provider_names: capacityProviders,
        build_role_arn: arns(registry).role(names.buildRole),
        notification_topic_arn: notifications.topicArn,
        ...(network.isolatedSubnetIds.length > 0 ? { isolated_subnet_ids: network.isolatedSubnetIds } : {}),
        ...(needs.namespaceArn === undefined ? {} : { service_connect_namespace_arn: needs.namespaceArn }),
        ...(storage.envFileBucketArn === undefined ? {} : { env_file_bucket_arn: storage.envFileBucketArn }),
        ...(storage.fileSystem === undefined
          ? {}
          : {
              file_system_id: storage.fileSystem.fileSystemId,
              file_system_access_point_id: storage.fileSystem.accessPointId,
            }),
      },
      services: Object.fromEntries(
        services.map((service) => [service.outputs.service_name, service.outputs]),
      ),
      environmentParameter: names.outputsParameter(id),
      serviceParameter: (service) => names.serviceOutputsParameter(id, service),
    });
    if (environment.observability.dashboard && ingress.listeners !== undefined) {
      new Dashboard(this, 'dashboard', {
        name: names.environment(id),
        region: place.region,
        clusterName: names.cluster(id),
        loadBalancer: ingress.arnSuffix,
        services: services.map(({ routing, outputs }) => ({
          name: outputs.service_name,
          blue: routing.blue.arnSuffix,
          green: routing.green.arnSuffix,
          logGroupName: outputs.log_group_name,
        })),
      });
    }
    new Cluster(this, 'cluster', {
      name: names.cluster(id),
      containerInsights: environment.cluster.containerInsights,
      capacityProviders,
      execLogGroup: needs.execLogGroup,
      namespaceArn: needs.namespaceArn,
      keyArn,
      dependsOn: this.resources(),
    });
  }
  private network(environment: Environment, keyArn: string | undefined): NetworkFacts {
    const { arns, names, place } = this;
    const { existing, flowLogs } = environment.network;
    if (existing !== undefined) return Network.fromAttributes(existing);
    const network = new Network(this, 'network', {
      name: names.environment(environment.name),
      region: place.region,
      plan: environment.network,
      instances: environment.cluster.capacity === 'ec2',
      outboundPorts: [
        ...environment.services.flatMap(({ outboundPorts }) => outboundPorts),
        ...(environment.runner === undefined ? [] : [443]),
      ],
      inbound: [
        ...publicPorts(environment.ingress).map((port) => ({
          port,
          sources: environment.ingress.sources,
        })),
        { port: TEST_PORT, sources: environment.ingress.testSources },
      ],
    });
    if (flowLogs) {
      new FlowLogs(this, 'flow-logs', {
        arns,
        vpcId: network.vpcId,
        logGroupName: names.flowLogGroup(environment.name),
        roleName: names.flowLogRole(environment.name),
        retentionDays: environment.observability.logRetentionDays,
        keyArn,
      });
    }
    return network;
  }

  private capacity(
    environment: Environment,
    network: NetworkFacts,
    topicArn: string,
    keyArn: string | undefined,
  ): Ec2Capacity | undefined {
    const { arns, names } = this;
    const { name, cluster } = environment;
    if (cluster.capacity !== 'ec2') return undefined;
    const isPublic = environment.network.tasks === 'public';
    return new Ec2Capacity(this, 'instances', {
      name: names.environment(name),
      arns,
      clusterName: names.cluster(name),
      roleName: names.instanceRole(name),
      network,
      subnetIds: isPublic ? network.publicSubnetIds : network.privateSubnetIds,
      publicAddresses: isPublic,
      plan: cluster.ec2,
      keyArn,
      topicArn,
    });
  }

  private runner(
    environment: Environment,
    platform: Platform,
    network: NetworkFacts,
    keyArn: string | undefined,
  ): void {
    const { arns, names } = this;
    const { runner, name } = environment;
    const { gitlab } = platform.project;
    if (runner === undefined || gitlab === undefined) return;
    new Runner(this, 'runner', {
      name: names.runner(name),
      arns,
      network,
      plan: runner,
      secretName: names.secret(name, runner.tokenSecret),
      gitlabHost: gitlab.host,
      keyArn,
    });
  }

  /**
   * Machines elsewhere join with an activation, whose secret must not be in state and which ends by itself after some days:
   * whoever registers a machine makes one with the command of the output.
   */
  private external(environment: Environment): void {
    const { arns, names } = this;
    const name = names.externalRole(environment.name);
    new Role(this, 'external', {
      name,
      description: `Machines outside of AWS that carry tasks of ${environment.name}`,
      trust: principalTrust('ssm.amazonaws.com'),
      policy: undefined,
      managedPolicyArns: [
        'AmazonSSMManagedInstanceCore',
        'service-role/AmazonEC2ContainerServiceforEC2Role',
      ].map((policy) => `arn:${arns.partition}:iam::aws:policy/${policy}`),
    });
    new TerraformOutput(this, 'external_activation_command', {
      value: `aws ssm create-activation --iam-role ${name} --registration-limit 1 --region ${environment.region}`,
      description: 'Makes the id and code with which one machine joins the cluster (ECS Anywhere)',
      staticId: true,
    });
  }
}
