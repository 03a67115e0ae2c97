import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerError, answerFixed, answerRedirect, redirectLocation } from './answers';
import type { ListenerAddress, ListenerSettings, LoadBalancerSettings } from './balancer-types';
import { factsOf, type RequestFacts } from './conditions';
import { forward, type ProxyPlace } from './proxy';
import { RuleTable } from './rules';
import type { ChosenTarget, TargetGroup } from './target-group';
import { forwardUpgrade } from './upgrade';

/** What a listener asks of the balancer that it belongs to. */
export interface ListenerHost {
  group(arn: string): TargetGroup | undefined;
  /** The local port of the listener of the same load balancer on a port of AWS's. */
  localPort(loadBalancerArn: string, port: number): number | undefined;
}

/** ALB's idle timeout where the load balancer sets none; seconds. */
const defaultIdleTimeout = 60;

interface Passed {
  group: TargetGroup;
  target: ChosenTarget;
}

/** One port of this machine, and the rules that say where its requests go. */
export class Listener {
  readonly rules: RuleTable;
  address: ListenerAddress;
  private readonly server: Server;
  private readonly upgraded = new Set<Duplex>();

  constructor(
    readonly settings: ListenerSettings,
    private readonly loadBalancer: LoadBalancerSettings,
    private readonly host: ListenerHost,
  ) {
    this.rules = new RuleTable(settings.arn, settings.defaultActions);
    const { arn, loadBalancerArn, port } = settings;
    this.address = { arn, loadBalancerArn, port, localPort: 0, url: '' };
    this.server = createServer({
      keepAliveTimeout: this.idleTimeout,
      // Neither limits how long a request may take: a body may stream for as long as bytes come.
      requestTimeout: 0,
      headersTimeout: 60_000,
      noDelay: true,
    });
    this.server.on('request', (request, response) => this.answer(request, response));
    this.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      this.answer(request, response);
    });
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('clientError', (_error: Error, socket: Duplex) => {
      if (socket.writable)
        socket.end(
          'HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
        );
      else socket.destroy();
    });
  }

  async listen(host: string): Promise<ListenerAddress> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.settings.localPort ?? 0, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const { port } = this.server.address() as AddressInfo;
    this.address = { ...this.address, localPort: port, url: `http://${host}:${port}` };
    return this.address;
  }

  async close(): Promise<void> {
    for (const socket of this.upgraded) socket.destroy();
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private get idleTimeout(): number {
    return (this.loadBalancer.idleTimeout ?? defaultIdleTimeout) * 1000;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined);
    const facts = factsOf(request);
    const passed = this.decide(facts, response);
    if (passed !== undefined) forward(request, response, passed.target, this.place(facts, passed.group));
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.upgraded.add(socket);
    socket.on('close', () => this.upgraded.delete(socket));
    socket.on('error', () => undefined);
    const facts = factsOf(request);
    // Stands in for the response that node:http does not make for an upgrade.
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    const passed = this.decide(facts, response);
    if (passed === undefined) {
      response.on('finish', () => socket.end());
      return;
    }
    response.detachSocket(socket as Socket);
    forwardUpgrade(request, socket, head, passed.target, this.place(facts, passed.group));
  }

  /** Answers what the balancer answers by itself; otherwise says which target is to. */
  private decide(facts: RequestFacts, response: ServerResponse): Passed | undefined {
    const actions = this.rules.find(facts);
    const action = actions.last;
    switch (action.type) {
      case 'fixed-response':
        answerFixed(response, action);
        return undefined;
      case 'redirect':
        answerRedirect(
          response,
          action.statusCode,
          redirectLocation(action, facts, this.settings, (port, host) => this.localHost(facts, port, host)),
        );
        return undefined;
      case 'forward': {
        const arn = actions.nextTargetGroup();
        const group = arn === undefined ? undefined : this.host.group(arn);
        const target = group?.choose();
        if (group !== undefined && target !== undefined) return { group, target };
        if (group !== undefined) group.counters.balancer5xx += 1;
        answerError(response, 503);
        return undefined;
      }
    }
  }

  private place(facts: RequestFacts, group: TargetGroup): ProxyPlace {
    return {
      listener: this.settings,
      sourceAddress: facts.sourceAddress,
      idleTimeout: this.idleTimeout,
      counters: group.counters,
    };
  }

  /** A redirect to this load balancer leads to the port of this machine that stands for it, if the client is here. */
  private localHost(facts: RequestFacts, port: number, host: string): string | undefined {
    const isHere = facts.hostPort === String(this.address.localPort) && facts.host === host;
    if (!isHere && host !== this.loadBalancer.dnsName) return undefined;
    const local = this.host.localPort(this.settings.loadBalancerArn, port);
    return local === undefined
      ? undefined
      : `${isHere ? facts.host : new URL(this.address.url).hostname}:${local}`;
  }
}
