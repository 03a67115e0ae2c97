import { join } from 'node:path';
import type { Authorize } from '../api/authorization/authorization';
import { applyEmbedded } from '../apply/embedded';
import { appliedFromState, type AppliedState } from '../apply/applied';
import { startMoto } from '../apply/moto';
import { findTerraform, openTerraform, type Terraform } from '../apply/terraform';
import { packageApplication } from '../images/package';
import { startRehearsal, type Rehearsal } from '../rehearsal';
import type { Edit } from './releases';
import type { Stack } from './synth';

export interface PlatformOptions {
  stacks: readonly Stack[];
  /** Scratch: states, images, logs. */
  directory: string;
  terraform: boolean;
  /** Made before terraform applies the stacks, which keep their states there. Terraform mode only. */
  stateBucket?: string;
  speed: number;
  accountId: string;
  region: string;
  signal: AbortSignal;
  log: (line: string) => void;
  /** Asked whether the sender of a request may do what it does. Default: all may do all. */
  authorize?: Authorize;
}

export interface PackageOptions {
  repository: string;
  edits: readonly Edit[];
  tag: string;
  buildArguments: Readonly<Record<string, string>>;
}

/** Infrastructure that is up: the applied stacks with an ECS that runs what is deployed onto them. */
export interface Platform {
  /** For clients: the endpoint and credentials that go with it. */
  environment: Readonly<Record<string, string>>;
  rehearsal: Rehearsal;
  stacks: readonly Stack[];
  terraform: Terraform | undefined;
  applied(stack: string): AppliedState;
  /** URL of the first service of an environment, as its contract says it. */
  serviceUrl(environment: string): string;
  /** @returns the image as a task definition names it, by digest. */
  packageApplication(options: PackageOptions): Promise<{ reference: string; digest: string }>;
  /** @throws Error naming the stack and what terraform would change. Terraform mode only. */
  expectEmptyPlans(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Applies the stacks in their order and starts the rehearsal on them: the embedded apply first and then the endpoint
 * that answers from it; or the endpoint first and then terraform through it. What failed half-way is taken down.
 */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return options.terraform
      ? await withTerraform(options, closers, close)
      : await embedded(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function embedded(
  options: PlatformOptions,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Platform> {
  const applied = new Map<string, AppliedState>();
  for (const stack of options.stacks) {
    const { accountId, region } = options;
    applied.set(stack.name, await applyEmbedded({ stackDirectory: stack.directory, accountId, region }));
  }
  const rehearsal = await startRehearsal({ ...rehearsalOptions(options), applied: [...applied.values()] });
  closers.push(() => rehearsal.stop());
  return new OpenPlatform(options, rehearsal, undefined, applied, close);
}

async function withTerraform(
  options: PlatformOptions,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Platform> {
  findTerraform();
  const moto = await startMoto();
  closers.push(() => moto.stop());
  const rehearsal = await startRehearsal({ ...rehearsalOptions(options), moto: { endpoint: moto.endpoint } });
  closers.push(() => rehearsal.stop());
  if (options.stateBucket !== undefined) await makeBucket(moto.endpoint, options.stateBucket, options.region);
  const terraform = openTerraform({
    endpoint: rehearsal.endpoint,
    environment: { ...rehearsal.environment, SLIPWAY_REHEARSAL: '1' },
    directory: join(options.directory, 'terraform'),
    signal: options.signal,
  });
  closers.push(() => terraform.close());
  const applied = new Map<string, AppliedState>();
  for (const stack of options.stacks) {
    await terraform.init(stack.directory);
    const { added } = await terraform.apply(stack.directory);
    options.log(`${stack.name}: ${added} resources`);
    applied.set(stack.name, appliedFromState(stack.name, await terraform.state(stack.directory)));
  }
  return new OpenPlatform(options, rehearsal, terraform, applied, close);
}

/** Without the SDK, which loads parts of itself lazily: so this can be bundled into a test. */
async function makeBucket(moto: string, bucket: string, region: string): Promise<void> {
  const answer = await fetch(`${moto}/${bucket}`, {
    method: 'PUT',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=rehearsal/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`moto made no bucket ${bucket}: ${answer.status} ${text}`);
}

function rehearsalOptions(options: PlatformOptions) {
  return {
    speed: options.speed,
    directory: join(options.directory, 'rehearsal'),
    accountId: options.accountId,
    region: options.region,
    ...(options.authorize === undefined ? {} : { authorize: options.authorize }),
  };
}

class OpenPlatform implements Platform {
  readonly environment: Readonly<Record<string, string>>;
  readonly stacks: readonly Stack[];

  constructor(
    options: PlatformOptions,
    readonly rehearsal: Rehearsal,
    readonly terraform: Terraform | undefined,
    private readonly appliedStates: ReadonlyMap<string, AppliedState>,
    readonly close: () => Promise<void>,
  ) {
    this.stacks = options.stacks;
    // A poll costs nothing here, and what ECS does in ten seconds takes a fraction of one.
    this.environment = { ...rehearsal.environment, SLIPWAY_POLL_SECONDS: '0.25' };
  }

  applied(stack: string): AppliedState {
    const state = this.appliedStates.get(stack);
    if (state === undefined)
      throw new Error(`there is no stack ${stack}: ${[...this.appliedStates.keys()].join(', ')}`);
    return state;
  }

  serviceUrl(environment: string): string {
    const attributes = this.applied(environment).resources.find(({ type }) => type === 'aws_lb')?.attributes;
    const production = this.rehearsal
      .listeners()
      .filter(({ loadBalancerArn }) => loadBalancerArn === attributes?.arn)
      .find(({ port }) => port === 80 || port === 443);
    if (production === undefined)
      throw new Error(`${environment} has no load balancer with a listener on port 80 or 443`);
    return production.url;
  }

  async packageApplication(options: PackageOptions): Promise<{ reference: string; digest: string }> {
    const packaged = await packageApplication(this.rehearsal.images, {
      contextDirectory: options.repository,
      dockerfile: 'app/Dockerfile',
      buildArguments: options.buildArguments,
      edits: options.edits,
    });
    const { services } = this.applied('staging').outputs as {
      services: Record<string, { repository_url: string }>;
    };
    const repository = Object.values(services)[0]?.repository_url;
    if (repository === undefined)
      throw new Error('the stack staging exports no service with a repository_url');
    const image = this.rehearsal.images.push(packaged, repository, [options.tag]);
    return { reference: `${repository}@${image.digest}`, digest: image.digest };
  }

  async expectEmptyPlans(): Promise<void> {
    for (const stack of this.stacks) {
      const plan = await this.terraform?.plan(stack.directory);
      if (plan?.empty === false)
        throw new Error(`a plan of ${stack.name} is not empty:\n${plan.summary.join('\n')}`);
    }
  }
}
