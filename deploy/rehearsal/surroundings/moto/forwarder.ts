import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Forwarder } from '../../api/dispatch';
import type { Message } from '../../api/operation';
import type { WireRequest, WireResponse } from '../../api/wire';
import type { Store } from '../store';
import { Gaps } from './gaps';
import type { Mirror } from './mirror';

/** Services that moto does not see: what scales are services of an ECS that moto knows nothing of. */
const own: ReadonlySet<string> = new Set(['ecs', 'application-autoscaling']);

/** Operations that the rehearsal answers itself although moto has the service: it knows better. */
const kept: Readonly<Record<string, ReadonlySet<string>>> = {
  // Targets are processes here, and their health is what the balancer sees.
  elasticloadbalancing: new Set(['DescribeTargetHealth', 'RegisterTargets', 'DeregisterTargets']),
  // Images lie in the image store; moto keeps the repositories and would digest another manifest.
  ecr: new Set([
    'DescribeImages',
    'ListImages',
    'BatchGetImage',
    'PutImage',
    'BatchDeleteImage',
    'BatchCheckLayerAvailability',
    'GetDownloadUrlForLayer',
    'GetAuthorizationToken',
  ]),
  // Events come from containers of this machine; moto keeps the groups.
  logs: new Set([
    'CreateLogStream',
    'DeleteLogStream',
    'DescribeLogStreams',
    'PutLogEvents',
    'GetLogEvents',
    'FilterLogEvents',
  ]),
  // The interfaces of tasks are the control plane's. Terraform asks for those of endpoints, which are moto's.
  ec2: new Set(['DescribeNetworkInterfaces']),
  // Keys are handed out here, so that it is known whose they are; moto has the roles.
  sts: new Set(['GetCallerIdentity', 'AssumeRole', 'AssumeRoleWithWebIdentity']),
};

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'expect',
  'upgrade',
  'content-length',
]);

/** Hands to moto what is not the rehearsal's own, as it came. */
export class MotoForwarder implements Forwarder {
  private readonly base: URL;
  private readonly gaps: Gaps;

  constructor(
    endpoint: string,
    private readonly mirror: Mirror,
    private readonly store: Store,
  ) {
    this.base = new URL(endpoint);
    this.gaps = new Gaps((service, resource) => store.arn(service, resource));
  }

  takes(service: string, operation: string | undefined, request: WireRequest): boolean {
    if (own.has(service)) return false;
    if (operation === 'DescribeNetworkInterfaces' && isTerraform(request)) return true;
    return !(operation !== undefined && kept[service]?.has(operation));
  }

  async forward(request: WireRequest, service: string, operation: string | undefined): Promise<WireResponse> {
    const target = request.headers['x-amz-target'];
    const name = operation ?? target?.slice(target.lastIndexOf('.') + 1) ?? '';
    const missing = this.gaps.answer(service, name, request);
    if (missing !== undefined) return missing;
    const answer = await this.send(this.gaps.rewrite(service, name, request));
    if (answer.status < 400) {
      const input = () => JSON.parse(request.body.toString('utf8')) as Message;
      await this.mirror.follow(service, name, input);
    }
    const tells =
      (service === 'ssm' && /^GetParameter/.test(name)) ||
      (service === 'elasticloadbalancing' && name === 'DescribeLoadBalancers');
    if (tells && !isTerraform(request)) return this.withLocalNames(answer);
    return answer;
  }

  /**
   * Passes a request on without reading it: for S3, whose bodies can be large. What it writes is copied before the
   * answer goes out, since containers may be given it as their environment.
   */
  stream(request: IncomingMessage, response: ServerResponse): void {
    const answered = (status: number) =>
      status < 400 && (request.method === 'PUT' || request.method === 'DELETE')
        ? this.mirror.copyObject(request.url ?? '/', request.headers.host).catch(() => undefined)
        : undefined;
    const forwarded = httpRequest(
      {
        host: this.base.hostname,
        port: this.base.port,
        method: request.method,
        path: request.url,
        headers: request.headers,
      },
      (answer) => {
        const pass = () => {
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
          answer.pipe(response);
        };
        const copied = answered(answer.statusCode ?? 502);
        if (copied === undefined) pass();
        else void copied.then(pass);
      },
    );
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  }

  private send(request: WireRequest): Promise<WireResponse> {
    const query = request.query.size === 0 ? '' : `?${request.query.toString()}`;
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name, value]) => value !== undefined && !hopByHop.has(name)),
    );
    const body = request.raw ?? request.body;
    return new Promise((resolve, reject) => {
      const forwarded = httpRequest(
        {
          host: this.base.hostname,
          port: this.base.port,
          method: request.method,
          path: request.url ?? request.path + query,
          headers: { ...headers, 'content-length': body.length },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const kept = Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name));
            resolve({
              status: answer.statusCode ?? 502,
              headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
              body: Buffer.concat(parts),
            });
          });
        },
      );
      forwarded.on('error', reject);
      forwarded.end(body);
    });
  }

  /**
   * Load balancers have names of AWS's in the outputs that Terraform published. Whoever reads them in order to
   * connect gets this machine's port instead; Terraform gets what it wrote, or its next plan would not be empty.
   */
  private withLocalNames(answer: WireResponse): WireResponse {
    let text = answer.body.toString();
    for (const { arn, dnsName } of this.store.loadBalancers.values()) {
      const listeners = [...this.store.listeners.values()].filter(
        (listener) => listener.loadBalancerArn === arn,
      );
      const [production] = listeners.sort((a, b) => a.port - b.port);
      if (production?.localPort === undefined || dnsName === '') continue;
      for (const listener of listeners) {
        text = text.replaceAll(`${dnsName}:${listener.port}`, `127.0.0.1:${listener.localPort}`);
      }
      text = text.replaceAll(dnsName, `127.0.0.1:${production.localPort}`);
    }
    return { ...answer, body: text };
  }
}

function isTerraform(request: WireRequest): boolean {
  return /terraform|opentofu/i.test(request.headers['user-agent'] ?? '');
}
