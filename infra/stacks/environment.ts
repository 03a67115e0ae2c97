import { Construct } from 'constructs';
import { arns, type Place } from '../arns';
import { Cluster, CAPACITY_PROVIDERS } from '../constructs/cluster';
import { Encryption } from '../constructs/encryption';
import { FlowLogs } from '../constructs/flow-logs';
import { Edge } from '../constructs/edge';
import { publicPorts, TEST_PORT } from '../constructs/ingress';
import { Network, type NetworkFacts } from '../constructs/network';
import { PublishedOutputs } from '../constructs/outputs';
import { Role } from '../constructs/role';
import { ServicePlatform } from '../constructs/service';
import { loadBalancerPolicy } from '../policies/tasks';
import { ecsTrust } from '../policies/trust';
import type { Environment, Platform } from '../settings/platform';
import { SlipwayStack } from './stack';

/** One environment: everything around its services that rarely changes, and nothing that a deploy owns. */
export class EnvironmentStack extends SlipwayStack {
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
            logGroups: [names.logGroups(id), names.flowLogGroup(id), names.firewallLogGroup(id)],
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
          github: platform.project.github,
          network,
          edge,
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
    new PublishedOutputs(this, 'outputs', {
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
        capacity_provider_names: CAPACITY_PROVIDERS,
        build_role_arn: arns(registry).role(names.buildRole),
      },
      services: Object.fromEntries(
        services.map((service) => [service.outputs.service_name, service.outputs]),
      ),
      environmentParameter: names.outputsParameter(id),
      serviceParameter: (service) => names.serviceOutputsParameter(id, service),
    });
    new Cluster(this, 'cluster', {
      name: names.cluster(id),
      containerInsights: environment.cluster.containerInsights,
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
      outboundPorts: environment.services.flatMap(({ outboundPorts }) => outboundPorts),
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
}
