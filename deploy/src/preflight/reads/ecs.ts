import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServicesCommand,
  type Cluster,
  type Service,
} from '@aws-sdk/client-ecs';
import { isException } from '../../aws/ecs';
import type { World } from '../world';

/** Undefined where ECS knows no such cluster. */
export function readCluster(world: World, name: string): Promise<Cluster | undefined> {
  return world.read('ecs:DescribeClusters', name, async () => {
    const { clusters } = await world
      .client(ECSClient)
      .send(new DescribeClustersCommand({ clusters: [name] }));
    return clusters?.[0];
  });
}

/** Undefined where there is no such service, or no longer. Leaves no warning. */
export function readService(world: World, cluster: string, service: string): Promise<Service | undefined> {
  return world.read(
    'ecs:DescribeServices',
    `${cluster} ${service}`,
    async () => {
      try {
        const { services } = await world
          .client(ECSClient)
          .send(new DescribeServicesCommand({ cluster, services: [service] }));
        return services?.find(({ status }) => status === 'ACTIVE');
      } catch (error) {
        if (isException(error, 'ClusterNotFoundException')) return undefined;
        throw error;
      }
    },
    true,
  );
}

/** So many services of a cluster are looked at; in larger ones the first. */
const most = 200;

/** Services of a cluster with what they say of load balancers. */
export async function readServices(world: World, cluster: string): Promise<Service[]> {
  const arns = await world.read('ecs:ListServices', cluster, async () => {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await world
        .client(ECSClient)
        .send(new ListServicesCommand({ cluster, maxResults: 100, nextToken }));
      found.push(...(page.serviceArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && found.length < most);
    return found.sort().slice(0, most);
  });
  const chunks = Array.from({ length: Math.ceil(arns.length / 10) }, (_, index) =>
    arns.slice(index * 10, index * 10 + 10),
  );
  const answers = await Promise.all(
    chunks.map((services) =>
      world.read('ecs:DescribeServices', `${cluster} ${services.join()}`, () =>
        world.client(ECSClient).send(new DescribeServicesCommand({ cluster, services })),
      ),
    ),
  );
  return answers.flatMap(({ services = [] }) => services);
}
