import { commonErrors } from '../common-errors';
import type { Message } from '../operation';
import { cborCodec } from '../protocol/cbor-codec';
import type { Codec } from '../protocol/codec';
import { jsonCodec } from '../protocol/json-codec';
import { queryCodec } from '../protocol/query-codec';
import { restJsonCodec } from '../protocol/rest-json-codec';
import type { ServiceDescription } from '../service';
import type { WireRequest } from '../wire';
import { actsOf, type Act, type Asked, type ConditionContext, type Known, type ServiceActs } from './acts';
import { cloudWatch } from './cloudwatch';
import { ec2 } from './ec2';
import { ecr } from './ecr';
import { ecs } from './ecs';
import { elasticLoadBalancing } from './elasticloadbalancing';
import { handedOn } from './handed-on';
import { iam } from './iam';
import { logs } from './logs';
import { s3Acts } from './s3';
import { applicationAutoScaling, serviceDiscovery } from './scaling';
import { ssm } from './ssm';
import { elasticFileSystem, secretsManager } from './storage';
import { sts, webIdentity } from './sts';

/** Whoever calls, as IAM knows them. */
export interface Principal {
  /** `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`, or a user's. */
  arn: string;
  /** ARN of the role whose session it is; undefined for a user. */
  role: string | undefined;
}

/** What somebody is about to do. */
export interface AuthorizationRequest {
  /** ARN of the role, or of the user, or of the identity provider whose token asks for a role. */
  principal: string;
  /** `ecs:UpdateService`. */
  action: string;
  /** ARNs; `*` alone where the action takes none. Each must be allowed. */
  resources: readonly string[];
  /** Condition keys by their name, such as `ecs:cluster`. */
  conditionContext: ConditionContext;
}

/**
 * Asked about everything that a request does, before it is done.
 * @returns undefined where it is allowed; else why it is not, in AWS's words, such as
 * `because no identity-based policy allows the ecs:UpdateService action`.
 */
export type Authorize = (request: AuthorizationRequest) => string | undefined | Promise<string | undefined>;

export interface AuthorizationOptions {
  authorize: Authorize;
  /** Whoever signs with an access key. */
  principal: (accessKeyId: string) => Principal;
  known: Known;
  accountId: string;
}

/** What each service that the rehearsal has takes to be done, by its signing name. S3 is told by its paths. */
export const acts: Readonly<Record<string, ServiceActs>> = {
  ecs,
  iam,
  ssm,
  logs,
  ecr,
  ec2,
  sts,
  elasticloadbalancing: elasticLoadBalancing,
  monitoring: cloudWatch,
  secretsmanager: secretsManager,
  elasticfilesystem: elasticFileSystem,
  'application-autoscaling': applicationAutoScaling,
  servicediscovery: serviceDiscovery,
};

/** Asks for each request whether its sender may. */
export class Authorization {
  constructor(private readonly options: AuthorizationOptions) {}

  /**
   * @throws ApiError as the service refuses what is not allowed.
   */
  async check(
    description: ServiceDescription,
    request: WireRequest,
    operation: string | undefined,
    codec: Codec,
    caller: { accessKeyId: string; region: string },
  ): Promise<void> {
    const service = description.signingName;
    // AWS asks for no permission here, and heeds no denial.
    if (service === 'sts' && operation === 'GetCallerIdentity') return;
    const taken =
      service === 's3' ? s3Acts(request) : this.actsOf(service, operation, codec, request, caller.region);
    const principal = this.options.principal(caller.accessKeyId);
    for (const act of taken) await this.ask(act, description, request, codec, principal, caller.region);
  }

  private actsOf(
    service: string,
    operation: string | undefined,
    codec: Codec,
    request: WireRequest,
    region: string,
  ): Act[] {
    if (operation === undefined) return [];
    const known = acts[service] ?? handedOn.find((one) => one.description.signingName === service)?.acts;
    return actsOf(
      known ?? { prefix: service, resources: {} },
      this.asked(operation, codec.input(request), region),
    );
  }

  private asked(operation: string, input: Message, region: string): Asked {
    const { accountId, known } = this.options;
    return {
      operation,
      input,
      known,
      accountId,
      region,
      arn: (service, resource) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
      global: (service, resource) => `arn:aws:${service}::${accountId}:${resource}`,
    };
  }

  private async ask(
    act: Act,
    description: ServiceDescription,
    request: WireRequest,
    codec: Codec,
    principal: Principal,
    region: string,
  ): Promise<void> {
    const { authorize, accountId, known } = this.options;
    const { action, resources, context } = act;
    const federated =
      action === 'sts:AssumeRoleWithWebIdentity'
        ? `arn:aws:iam::${(resources[0] ?? '').split(':')[4] || accountId}:oidc-provider/${webIdentity(codec.input(request)).issuer}`
        : undefined;
    const asking = federated ?? principal.role ?? principal.arn;
    const [only] = resources;
    const tags = resources.length === 1 && only !== undefined && only !== '*' ? known.tags(only) : {};
    const reason = await authorize({
      principal: asking,
      action,
      resources,
      conditionContext: {
        'aws:PrincipalArn': asking,
        'aws:PrincipalAccount': accountId,
        'aws:RequestedRegion': region,
        // On this machine nothing is encrypted; what AWS would be sent is.
        'aws:SecureTransport': 'true',
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
        ...context,
      },
    });
    if (reason === undefined) return;
    throw federated === undefined
      ? commonErrors.notAuthorized(description, {
          action,
          resource: only ?? '*',
          principal: principal.arn,
          reason,
        })
      : commonErrors.webIdentityRefused();
  }
}

/** How a service that the rehearsal does not have is spoken to. Of an unknown one the request itself says it. */
export function handedOnCodec(
  signingName: string,
  request: WireRequest,
): { description: ServiceDescription; codec: Codec } {
  const known = handedOn.find((one) => one.description.signingName === signingName);
  const description: ServiceDescription = known?.description ?? {
    signingName,
    protocol: 'query',
    namespace: '',
  };
  if (description.routes !== undefined) {
    const rest = restJsonCodec(description.routes);
    // Documents are XML: their paths and queries say enough.
    const input = (whole: WireRequest) => rest.input({ ...whole, body: Buffer.alloc(0) });
    return {
      description,
      codec: { ...queryCodec, operation: (whole) => rest.operation(whole) ?? whole.method, input },
    };
  }
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return { description, codec: cborCodec };
  const isJson = description.protocol === 'json' || request.headers['x-amz-target'] !== undefined;
  if (isJson) return { description, codec: jsonCodec };
  // Nobody is to get past by a path that is not known.
  const operation = (whole: WireRequest) => queryCodec.operation(whole) ?? whole.method;
  return { description, codec: { ...queryCodec, operation } };
}
