/** A Terraform state file, version 4, as far as it is read and written here. */
export interface TerraformState {
  version: 4;
  terraform_version: string;
  serial: number;
  lineage: string;
  outputs: Record<string, { value: unknown; type: unknown; sensitive?: boolean }>;
  resources: StateResource[];
  check_results: null;
}

export interface StateResource {
  mode: 'managed' | 'data';
  type: string;
  name: string;
  provider: string;
  instances: StateInstance[];
}

export interface StateInstance {
  index_key?: string | number;
  schema_version: number;
  attributes: Record<string, unknown>;
  sensitive_attributes: unknown[];
  /** Base64; the embedded apply keeps the local port of a listener here. */
  private?: string;
  dependencies?: string[];
}

/** One instance of a resource, with all its attributes. */
export interface AppliedResource {
  /** `aws_lb.main`, or `aws_subnet.public[0]`. */
  address: string;
  type: string;
  attributes: Readonly<Record<string, unknown>>;
  /** Of a load balancer's listener: the port on this machine that stands for it. */
  localPort: number | undefined;
}

/** What is there once a stack has been applied, by the embedded apply or by terraform. */
export interface AppliedState {
  stack: string;
  /** Managed resources only. */
  resources: readonly AppliedResource[];
  /** Values of the stack's outputs by their name. */
  outputs: Readonly<Record<string, unknown>>;
  state: TerraformState;
  /** Where the state lies as a file, if it was written. */
  statePath: string | undefined;
}

/** Reads a state, written by the embedded apply or by terraform, as what was applied. */
export function appliedFromState(stack: string, state: TerraformState, statePath?: string): AppliedState {
  return {
    stack,
    resources: state.resources.filter((resource) => resource.mode === 'managed').flatMap(instancesOf),
    outputs: Object.fromEntries(Object.entries(state.outputs).map(([name, output]) => [name, output.value])),
    state,
    statePath,
  };
}

function instancesOf(resource: StateResource): AppliedResource[] {
  return resource.instances.map((instance) => ({
    address: addressOf(resource, instance.index_key),
    type: resource.type,
    attributes: instance.attributes,
    localPort: localPortOf(instance),
  }));
}

function addressOf(resource: StateResource, key: string | number | undefined): string {
  const base = `${resource.type}.${resource.name}`;
  return key === undefined ? base : `${base}[${JSON.stringify(key)}]`;
}

function localPortOf(instance: StateInstance): number | undefined {
  if (instance.private === undefined) return undefined;
  try {
    const kept = JSON.parse(Buffer.from(instance.private, 'base64').toString('utf8')) as {
      localPort?: unknown;
    };
    return typeof kept.localPort === 'number' ? kept.localPort : undefined;
  } catch {
    return undefined;
  }
}

/** The `private` member of an instance that keeps the local port of a listener. */
export function keepLocalPort(localPort: number): string {
  return Buffer.from(JSON.stringify({ localPort })).toString('base64');
}
