import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import type { Listener, LoadBalancer, Store } from '../../store';
import { readActions, writtenAction } from './actions';
import {
  attributesOf,
  invalid,
  notFound,
  optionalNumber,
  resourceId,
  select,
  writtenAttributes,
  type Elbv2Context,
} from './request';

const missing = () => notFound('ListenerNotFound', 'listeners');

/** Listeners of load balancers; each has a port of this machine as soon as it is made. */
export function listeners({ store, now, settle }: Elbv2Context): ServiceOperations {
  const one = (input: Message) => {
    const found = store.listeners.get(requiredString(input, 'ListenerArn'));
    if (found === undefined) throw missing();
    return found;
  };
  const known = (arn: string) => {
    if (!store.targetGroups.has(arn)) throw notFound('TargetGroupNotFound', 'target groups');
  };
  const free = (loadBalancerArn: string, port: number, own?: string) => {
    const holder = [...store.listeners.values()].find(
      (entry) => entry.loadBalancerArn === loadBalancerArn && entry.port === port && entry.arn !== own,
    );
    if (holder !== undefined) {
      throw new ApiError(
        'DuplicateListener',
        `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
      );
    }
  };
  return {
    CreateListener: async (input) => {
      const balancer = store.loadBalancers.get(requiredString(input, 'LoadBalancerArn'));
      if (balancer === undefined) throw notFound('LoadBalancerNotFound', 'load balancers');
      const port = optionalNumber(input, 'Port');
      const protocol = optionalString(input, 'Protocol');
      if (port === undefined || protocol === undefined)
        throw invalid('A listener must have a port and a protocol');
      free(balancer.arn, port);
      const certificateArn = certificateOf(input);
      if (protocol === 'HTTPS' && certificateArn === undefined) {
        throw new ApiError('CertificateNotFound', 'A certificate must be specified for HTTPS listeners');
      }
      const defaultActions = readActions(input, 'DefaultActions', known);
      if (defaultActions === undefined) throw invalid('You must specify at least one action');
      const entry: Listener = {
        arn: `${balancer.arn.replace(':loadbalancer/', ':listener/')}/${resourceId(balancer.arn, port, now())}`,
        loadBalancerArn: balancer.arn,
        port,
        protocol,
        certificateArn,
        sslPolicy: policyOf(input, protocol),
        defaultActions,
        localPort: promisedPort(store, balancer),
      };
      store.listeners.set(entry.arn, entry);
      store.tags.add(entry.arn, input.Tags);
      await settle();
      return { Listeners: [writtenListener(entry)] };
    },

    DescribeListeners: (input) => {
      const of = input.LoadBalancerArn;
      if (typeof of === 'string' && !store.loadBalancers.has(of)) {
        throw notFound('LoadBalancerNotFound', 'load balancers');
      }
      const found = select(store.listeners, { arns: list(input, 'ListenerArns') }, missing());
      return {
        Listeners: found
          .filter((entry) => of === undefined || entry.loadBalancerArn === of)
          .map(writtenListener),
      };
    },

    ModifyListener: async (input) => {
      const entry = one(input);
      const port = optionalNumber(input, 'Port') ?? entry.port;
      free(entry.loadBalancerArn, port, entry.arn);
      const protocol = optionalString(input, 'Protocol') ?? entry.protocol;
      const changed: Listener = {
        ...entry,
        port,
        protocol,
        certificateArn: certificateOf(input) ?? entry.certificateArn,
        sslPolicy: optionalString(input, 'SslPolicy') ?? entry.sslPolicy ?? policyOf(input, protocol),
        defaultActions: readActions(input, 'DefaultActions', known) ?? entry.defaultActions,
      };
      store.listeners.set(entry.arn, changed);
      await settle();
      return { Listeners: [writtenListener(changed)] };
    },

    DeleteListener: async (input) => {
      store.removeListener(one(input).arn);
      await settle();
      return {};
    },

    DescribeListenerCertificates: (input) => {
      const { certificateArn } = one(input);
      return {
        Certificates:
          certificateArn === undefined ? [] : [{ CertificateArn: certificateArn, IsDefault: true }],
      };
    },

    DescribeListenerAttributes: (input) => {
      one(input);
      return { Attributes: writtenAttributes({ 'routing.http.response.server.enabled': 'true' }) };
    },

    ModifyListenerAttributes: (input) => {
      one(input);
      return { Attributes: writtenAttributes(attributesOf(input)) };
    },
  };
}

/** The port that the load balancer's name holds, unless another listener has it. */
function promisedPort(store: Store, { dnsName }: LoadBalancer): number | undefined {
  const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(dnsName)?.[1] ?? 0);
  const isTaken = [...store.listeners.values()].some(({ localPort }) => localPort === port);
  return port === 0 || isTaken ? undefined : port;
}

function certificateOf(input: Message): string | undefined {
  return list<{ CertificateArn?: string }>(input, 'Certificates')[0]?.CertificateArn;
}

function policyOf(input: Message, protocol: string): string | undefined {
  const given = optionalString(input, 'SslPolicy');
  return given ?? (protocol === 'HTTPS' || protocol === 'TLS' ? 'ELBSecurityPolicy-2016-08' : undefined);
}

function writtenListener(entry: Listener): Message {
  return {
    ListenerArn: entry.arn,
    LoadBalancerArn: entry.loadBalancerArn,
    Port: entry.port,
    Protocol: entry.protocol,
    Certificates: entry.certificateArn === undefined ? undefined : [{ CertificateArn: entry.certificateArn }],
    SslPolicy: entry.sslPolicy,
    DefaultActions: entry.defaultActions.map(writtenAction),
  };
}
