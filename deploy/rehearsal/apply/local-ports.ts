import type { AppliedState } from './applied';
import { references } from './evaluate';
import { freePorts } from './free-ports';
import { addressIn, type StackJson } from './stack';

export interface ListenerPorts {
  /** Local port by the address of a listener. */
  byListener: ReadonlyMap<string, number>;
  /** `127.0.0.1:PORT` of the production listener, by the address of a load balancer. */
  byLoadBalancer: ReadonlyMap<string, string>;
}

/**
 * Finds a port of this machine for every listener of a stack: the one it had at the last apply, else a free one.
 * The production listener of a load balancer is the one with the lowest port that does not merely redirect.
 */
export async function choosePorts(
  json: StackJson,
  previous: AppliedState | undefined,
): Promise<ListenerPorts> {
  const listeners = ['aws_lb_listener', 'aws_alb_listener'].flatMap((type) =>
    Object.entries(json.resource?.[type] ?? {}).map(([name, body]) => ({ address: `${type}.${name}`, body })),
  );
  const before = new Map(previous?.resources.map((resource) => [resource.address, resource.localPort]));
  const missing = listeners.filter(({ address }) => before.get(address) === undefined);
  const free = await freePorts(missing.length);
  const byListener = new Map(
    listeners.map(({ address }) => [
      address,
      before.get(address) ?? free[missing.findIndex((one) => one.address === address)] ?? 0,
    ]),
  );

  const byLoadBalancer = new Map<string, string>();
  const rank = (body: Record<string, unknown>) => Number(body.port ?? 80) + (redirects(body) ? 100_000 : 0);
  for (const { address, body } of [...listeners].sort((a, b) => rank(b.body) - rank(a.body))) {
    const [balancer] = references(body.load_balancer_arn);
    if (balancer !== undefined)
      byLoadBalancer.set(addressIn(balancer), `127.0.0.1:${byListener.get(address)}`);
  }
  return { byListener, byLoadBalancer };
}

function redirects(body: Record<string, unknown>): boolean {
  return JSON.stringify(body.default_action ?? '').includes('"type":"redirect"');
}
