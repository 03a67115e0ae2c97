import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBalancer } from '../../rehearsal/balancer/balancer';
import type {
  Balancer,
  ForwardAction,
  HealthCheckSettings,
  ListenerSettings,
} from '../../rehearsal/balancer/balancer-types';
import { until } from './runtime-tools';
import { RealClock } from '../../rehearsal/real-clock';
import type { Target } from '../../rehearsal/surroundings/surroundings';

const prefix = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
export const loadBalancerArn = `${prefix}:loadbalancer/app/main/0123456789abcdef`;
export const listenerArn = `${prefix}:listener/app/main/0123456789abcdef/80`;
export const ruleArn = (name: string): string =>
  `${prefix}:listener-rule/app/main/0123456789abcdef/80/${name}`;
export const groupArn = (name: string): string => `${prefix}:targetgroup/${name}/0123456789abcdef`;

export const forwardTo = (
  ...weights: readonly (readonly [name: string, weight: number])[]
): ForwardAction => ({
  type: 'forward',
  targetGroups: weights.map(([name, weight]) => ({ arn: groupArn(name), weight })),
});

export interface Stage {
  balancer: Balancer;
  clock: RealClock;
  /** A target group with checks once a second of the clock. */
  group(name: string, change?: Partial<HealthCheckSettings> & { deregistrationDelay?: number }): string;
  listener(change?: Partial<ListenerSettings>): Promise<string>;
  /** A target that answers as it is told; 200 by default. */
  target(handler?: RequestListener): Promise<Target & { server: Server }>;
  close(): Promise<void>;
}

/** A balancer with one load balancer, on a clock that is 20 times as fast as time. */
export function createStage(idleTimeout?: number): Stage {
  const clock = new RealClock(20);
  const balancer = createBalancer({ clock });
  balancer.addLoadBalancer({
    arn: loadBalancerArn,
    name: 'main',
    dnsName: 'main-1.eu-west-1.elb.amazonaws.com',
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
  });
  const servers: Server[] = [];
  return {
    balancer,
    clock,
    group(name, { deregistrationDelay = 20, ...check } = {}) {
      const healthCheck = {
        enabled: true,
        path: '/health',
        port: 'traffic-port',
        matcher: '200',
        interval: 1,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
        ...check,
      };
      const arn = groupArn(name);
      balancer.addTargetGroup({
        arn,
        name,
        port: 80,
        protocol: 'HTTP',
        targetType: 'ip',
        healthCheck,
        deregistrationDelay,
      });
      return arn;
    },
    async listener(change = {}) {
      const { url } = await balancer.addListener({
        arn: listenerArn,
        loadBalancerArn,
        port: 80,
        protocol: 'HTTP',
        defaultActions: [forwardTo(['web', 1])],
        ...change,
      });
      return url;
    },
    async target(handler = (_request, response) => void response.end('ok')) {
      const server = createServer(handler);
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { id: '127.0.0.1', port: (server.address() as AddressInfo).port, server };
    },
    async close() {
      await balancer.close();
      clock.close();
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

/** Resolves once every target of a group is in one of the states. */
export async function untilAll(balancer: Balancer, arn: string, ...states: string[]): Promise<void> {
  await until(() => balancer.targetHealth(arn).every(({ state }) => states.includes(state)));
}
