import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults';
import { handedOnCodec, type Authorization } from './authorization/authorization';
import { commonErrors } from './common-errors';
import type { EventualConsistency } from './eventual-consistency';
import { ApiError, type Caller, type Message } from './operation';
import { cborCodec } from './protocol/cbor-codec';
import type { Codec } from './protocol/codec';
import { jsonCodec } from './protocol/json-codec';
import { ec2Codec, queryCodec, s3Codec } from './protocol/query-codec';
import { restJsonCodec } from './protocol/rest-json-codec';
import type { RateLimits } from './rate-limits';
import {
  services,
  serviceOfTarget,
  serviceOfUnsignedAction,
  type Offered,
  type ServiceDescription,
} from './service';
import { credentialScope, type CredentialScope, type WireRequest, type WireResponse } from './wire';

/** S3's side of the endpoint: a request says by its method and path what it wants. */
export type ObjectStorage = (request: WireRequest, requestId: string) => WireResponse;

/** Another endpoint that answers what this one does not. */
export interface Forwarder {
  /** True where the call is the other endpoint's. `operation` is undefined for S3 and for unknown services. */
  takes(service: string, operation: string | undefined, request: WireRequest): boolean;
  forward(request: WireRequest, service: string, operation: string | undefined): Promise<WireResponse>;
}

export interface ApiOptions {
  offered: Offered;
  objectStorage: ObjectStorage;
  /** Answers paths that are no AWS service's, such as downloads; undefined for all others. */
  plain?: (request: WireRequest) => WireResponse | undefined;
  forwarder: Forwarder | undefined;
  faults: Faults;
  /** Token buckets of the ECS API; undefined where calls are not limited. */
  rateLimits: RateLimits | undefined;
  /** Delays what readers of ECS see of a write; undefined where they see it at once. */
  consistency?: EventualConsistency | undefined;
  /** Asked about every request; undefined where everybody may do everything. */
  authorization?: Authorization | undefined;
  /** False answers these operations as emulators do that never heard of them: with HTTP 500 and a page. */
  serviceDeploymentsApi: boolean;
  region: string;
  /** ARN of whoever signs with the given key, for messages. */
  principal: (accessKeyId: string) => string;
  /** Hears of errors that are the rehearsal's own. */
  onBug: (error: unknown, service: string, operation: string) => void;
}

/** The connection is to be cut instead of answered. */
export class ConnectionReset extends Error {}

const serviceDeploymentOperations = new Set([
  'ListServiceDeployments',
  'DescribeServiceDeployments',
  'StopServiceDeployment',
  'DescribeServiceRevisions',
  'ContinueServiceDeployment',
]);

const notFoundPage =
  '<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n' +
  '<p>The server encountered an internal error and was unable to complete your request.</p>\n';

interface Resolved {
  description: ServiceDescription;
  codec: Codec;
  accessKeyId: string | undefined;
  region: string | undefined;
}

/** All services behind the one endpoint. Requests need not come over HTTP. */
export class Api {
  constructor(private readonly options: ApiOptions) {}

  /**
   * Answers one request.
   * @throws ConnectionReset where a fault asks for it.
   */
  async handle(request: WireRequest): Promise<WireResponse> {
    const plain = this.options.plain?.(request);
    if (plain !== undefined) return plain;
    const requestId = randomUUID();
    const resolved = resolve(request);
    if (resolved === undefined) return this.unknownService(request, requestId);
    const { description, codec, accessKeyId } = resolved;
    const service = description.signingName;
    const operation = codec.operation(request);
    try {
      await this.meetFaults(description, operation ?? request.method, accessKeyId);
      await this.authorize(request, resolved, operation);
      if (this.options.forwarder?.takes(service, operation, request)) {
        return await this.options.forwarder.forward(request, service, operation);
      }
      if (description.protocol === 's3') return this.options.objectStorage(request, requestId);
      if (operation === undefined) throw commonErrors.unknownOperation(description, 'undefined');
      if (
        service === 'ecs' &&
        !this.options.serviceDeploymentsApi &&
        serviceDeploymentOperations.has(operation)
      ) {
        return { status: 500, headers: { 'content-type': 'text/html; charset=utf-8' }, body: notFoundPage };
      }
      const caller = {
        accessKeyId: accessKeyId ?? '',
        region: resolved.region ?? this.options.region,
        requestId,
      };
      const output = await this.answer(description, operation, codec.input(request), caller);
      return codec.answer(description, operation, output, requestId);
    } catch (error) {
      if (error instanceof ConnectionReset) throw error;
      return codec.error(
        description,
        this.asApiError(error, description, operation ?? request.method),
        requestId,
      );
    }
  }

  /**
   * Whether a request that is passed on unread is refused: its body is not there yet.
   * @returns the refusal; undefined where it may go on.
   */
  async refusalOfUnread(request: WireRequest): Promise<WireResponse | undefined> {
    const resolved = resolve(request);
    if (this.options.authorization === undefined || resolved === undefined) return undefined;
    try {
      await this.authorize(request, resolved, undefined);
      return undefined;
    } catch (error) {
      const { description, codec } = resolved;
      return codec.error(description, this.asApiError(error, description, request.method), randomUUID());
    }
  }

  private async authorize(request: WireRequest, resolved: Resolved, operation: string | undefined) {
    const { description, codec, accessKeyId = '', region = this.options.region } = resolved;
    await this.options.authorization?.check(description, request, operation, codec, { accessKeyId, region });
  }

  /**
   * Calls one operation without a wire between, past faults and limits.
   * @throws ApiError as the service would.
   */
  async call(service: string, operation: string, input: Message): Promise<Message> {
    const description = services.find((known) => known.signingName === service);
    if (description === undefined) throw new Error(`no service has the signing name "${service}"`);
    const caller = { accessKeyId: 'rehearsal', region: this.options.region, requestId: randomUUID() };
    return this.perform(description, operation, input, caller);
  }

  /** As `perform`, for a client: it may see the state before a write. */
  private answer(
    description: ServiceDescription,
    operation: string,
    input: Message,
    caller: Caller,
  ): Message | Promise<Message> {
    const { consistency, offered, faults, principal } = this.options;
    const role = input.executionRoleArn ?? input.taskRoleArn;
    const passes = operation === 'RegisterTaskDefinition' && typeof role === 'string';
    const { accessKeyId } = caller;
    if (passes && faults.meets('pass-role-refused', { service: 'ecs', operation, accessKeyId }))
      throw commonErrors.passRoleDenied(role, principal(accessKeyId ?? ''));
    const known = offered.ecs !== undefined && Object.hasOwn(offered.ecs, operation);
    if (description.signingName !== 'ecs' || consistency === undefined || !known) {
      return this.perform(description, operation, input, caller);
    }
    // Operations of ECS answer at once.
    return consistency.perform(
      operation,
      input,
      (name, given) => this.perform(description, name, given, caller) as Message,
    );
  }

  private perform(
    description: ServiceDescription,
    operation: string,
    input: Message,
    caller: Caller,
  ): Message | Promise<Message> {
    const operations = this.options.offered[description.signingName];
    const perform = operations && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (perform === undefined) throw commonErrors.unknownOperation(description, operation);
    return perform(input, caller);
  }

  private async meetFaults(
    description: ServiceDescription,
    operation: string,
    accessKeyId: string | undefined,
  ) {
    const { faults, rateLimits, principal } = this.options;
    const call = { service: description.signingName, operation, accessKeyId };
    const slow = faults.meets('slow-api', call);
    if (slow) await new Promise((resolve) => setTimeout(resolve, slow.delay ?? 2000));
    if (faults.meets('connection-reset', call)) throw new ConnectionReset();
    if (faults.meets('throttling', call)) throw commonErrors.throttled(description);
    if (faults.meets('server-error', call)) throw commonErrors.serverError(description);
    if (faults.meets('expired-credentials', call)) throw commonErrors.expiredCredentials(description);
    if (faults.meets('access-denied', call)) {
      throw commonErrors.accessDenied(description, operation, principal(accessKeyId ?? ''));
    }
    if (call.service === 'ecs' && rateLimits?.admits(operation) === false)
      throw commonErrors.throttled(description);
  }

  private asApiError(error: unknown, description: ServiceDescription, operation: string): ApiError {
    if (error instanceof ApiError) return error;
    this.options.onBug(error, description.signingName, operation);
    return commonErrors.serverError(description);
  }

  private async unknownService(request: WireRequest, requestId: string): Promise<WireResponse> {
    const scope = credentialScope(request.headers, request.query);
    const { forwarder } = this.options;
    if (forwarder?.takes(scope?.service ?? '', undefined, request)) {
      const refused = scope && (await this.refusalOfHandedOn(request, scope));
      return refused ?? forwarder.forward(request, scope?.service ?? '', undefined);
    }
    const error =
      scope === undefined
        ? new ApiError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
        : new ApiError('UnknownOperationException', `The rehearsal has no service "${scope.service}".`);
    const description = { signingName: scope?.service ?? '', protocol: 'json' } as const;
    return jsonCodec.error(description, error, requestId);
  }

  private async refusalOfHandedOn(
    request: WireRequest,
    { service, accessKeyId, region }: CredentialScope,
  ): Promise<WireResponse | undefined> {
    if (this.options.authorization === undefined) return undefined;
    const spoken = handedOnCodec(service, request);
    const { description, codec } = spoken;
    try {
      await this.authorize(request, { ...spoken, accessKeyId, region }, codec.operation(request));
      return undefined;
    } catch (error) {
      return codec.error(description, this.asApiError(error, description, service), randomUUID());
    }
  }
}

/** Which service a request is for: by its signature, else by its target, else by its unsigned action. */
function resolve(request: WireRequest): Resolved | undefined {
  const scope = credentialScope(request.headers, request.query);
  const description =
    scope === undefined
      ? unsignedService(request)
      : services.find((known) => known.signingName === scope.service);
  if (description === undefined) return undefined;
  return {
    description,
    codec: codecFor(description, request),
    accessKeyId: scope?.accessKeyId,
    region: scope?.region === '' ? undefined : scope?.region,
  };
}

function unsignedService(request: WireRequest): ServiceDescription | undefined {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return serviceOfTarget(target);
  const action = queryCodec.operation(request);
  return action === undefined ? undefined : serviceOfUnsignedAction(action);
}

function codecFor(description: ServiceDescription, request: WireRequest): Codec {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return cborCodec;
  if (description.protocol === 'rest-json') return restJson(description);
  if (description.protocol === 'json' || request.headers['x-amz-target'] !== undefined) return jsonCodec;
  if (description.protocol === 'ec2') return ec2Codec;
  return description.protocol === 's3' ? s3Codec : queryCodec;
}

const restJsonCodecs = new Map<string, Codec>();

function restJson({ signingName, routes = {} }: ServiceDescription): Codec {
  const known = restJsonCodecs.get(signingName);
  if (known !== undefined) return known;
  const codec = restJsonCodec(routes);
  restJsonCodecs.set(signingName, codec);
  return codec;
}
