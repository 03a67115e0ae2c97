import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct, Node } from 'constructs';
import { arns, type Arns, type Place } from '../arns';
import { LocalBackend, S3Backend, TerraformElement, TerraformResource, TerraformStack } from '../cdktf';
import { PERMISSIONS_BOUNDARY } from '../constructs/role';
import { MOVES, movedBlocks, type Move } from '../moved';
import { names } from '../names';
import type { Home } from '../settings/platform';

interface Document {
  resource?: Record<string, object>;
  moved?: Move | Move[];
}

/** What every stack has: a provider, an explicit backend, readable addresses, and names and ARNs to build with. */
export abstract class SlipwayStack extends TerraformStack {
  readonly names: ReturnType<typeof names>;
  readonly place: Place;
  readonly arns: Arns;
  private readonly addresses = new Map<string, string>();

  constructor(
    scope: Construct,
    id: string,
    readonly home: Home,
  ) {
    super(scope, id);
    if (home.permissionsBoundary !== undefined)
      this.node.setContext(PERMISSIONS_BOUNDARY, home.permissionsBoundary);
    this.names = names(home.project);
    new AwsProvider(this, 'aws', { region: home.region, ...this.everywhere() });
    this.keepState(id);
    this.place = {
      account: home.account ?? new DataAwsCallerIdentity(this, 'account').accountId,
      region: home.region,
    };
    this.arns = arns(this.place);
  }

  /** A second provider, for the few things that AWS has in one region alone. */
  readonly providerIn = (region: string): AwsProvider =>
    new AwsProvider(this, region, { alias: region, region, ...this.everywhere() });

  private everywhere() {
    const { home } = this;
    return {
      ...(home.account === undefined ? {} : { allowedAccountIds: [home.account] }),
      defaultTags: [{ tags: { Project: home.project, Stack: this.node.id, ManagedBy: 'slipway' } }],
      ...(home.rehearsal ? forEmulator : {}),
    };
  }

  /** All that this stack makes, in the order it was written down. */
  resources(): TerraformResource[] {
    return this.node
      .findAll()
      .filter((one): one is TerraformResource => TerraformResource.isTerraformResource(one));
  }

  /** With `moved` blocks for what has another address than before. */
  override toTerraform(): Document {
    const document = super.toTerraform() as Document;
    const addresses = Object.entries(document.resource ?? {}).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );
    const own = this.node.tryGetContext(MOVES) as readonly Move[] | undefined;
    // A construct may say it too, with moveFromId.
    const moved = [document.moved ?? [], movedBlocks(new Set(addresses), own)].flat();
    return moved.length === 0 ? document : { ...document, moved };
  }

  /**
   * The path from the stack, in words: `aws_subnet.network_public_a`. Without the hash that cdktf appends, an address
   * can be read, and foretold; a construct that is renamed or moved still gets a new one, which a test of all
   * addresses notices.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const id = node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .map((scope) => scope.node.id)
      .filter((part, index, all) => part !== all[index - 1])
      .join('_')
      .replace(/[^A-Za-z0-9_]/g, '_');
    const type =
      'terraformResourceType' in element ? String(element.terraformResourceType) : element.constructor.name;
    const holder = this.addresses.get(`${type}.${id}`);
    if (holder !== undefined && holder !== node.path) {
      throw new Error(`${holder} and ${node.path} would both have the address ${type}.${id}: rename one`);
    }
    this.addresses.set(`${type}.${id}`, node.path);
    return id;
  }

  /**
   * Without a backend cdktf writes the absolute path of this checkout into the stack. Terraform runs in
   * `cdktf.out/stacks/<stack>`, so this path is the folder that holds cdktf.out, and outlives it.
   */
  private keepState(stack: string): void {
    const { stateBucket, region } = this.home;
    if (stateBucket === undefined) {
      new LocalBackend(this, { path: `../../../terraform.${stack}.tfstate` });
      return;
    }
    const backend = new S3Backend(this, {
      bucket: stateBucket,
      key: this.names.stateKey(stack),
      region,
      encrypt: true,
    });
    // cdktf 0.21 has no property for it (hashicorp/terraform-cdk #3834).
    backend.addOverride('use_lockfile', true);
  }
}

/**
 * An emulator has no metadata service and not every region, wants its buckets in the path, and answers what it lacks
 * with 500, which the provider would retry for minutes. Its address comes from AWS_ENDPOINT_URL.
 */
const forEmulator = {
  skipCredentialsValidation: true,
  skipMetadataApiCheck: 'true',
  skipRegionValidation: true,
  s3UsePathStyle: true,
  maxRetries: 2,
} as const;
