import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  appliedFromState,
  keepLocalPort,
  type AppliedState,
  type StateResource,
  type TerraformState,
} from './applied';
import { attributesOf } from './computed/computed';
import { readData } from './computed/data';
import { computeContext } from './computed/identifiers';
import { evaluate, type Lookup } from './evaluate';
import { ExpressionError } from './expression';
import { choosePorts, type ListenerPorts } from './local-ports';
import { addressIn, ApplyError, expressionFailure, orderedBlocks, type Block, type StackJson } from './stack';

export interface EmbeddedApplyOptions {
  /** Folder with the stack's `cdk.tf.json`; its name is the stack's name. */
  stackDirectory?: string;
  /** The stack itself, instead of a folder; needs `stack`. */
  json?: StackJson;
  stack?: string;
  accountId: string;
  region: string;
  /** Where the state is kept, as a Terraform state file; read first where it is there. No file without. */
  statePath?: string;
}

const PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]';
const TERRAFORM_VERSION = '1.11.4';

/**
 * Applies a synthesised stack without Terraform: every expression is evaluated, and what AWS would make up (ids, ARNs,
 * names) follows from the resource's address, so that applying again changes nothing that was not changed. Nothing
 * is created anywhere: the result says what is there.
 * @throws ApplyError naming the address and the expression that cannot be evaluated.
 */
export async function applyEmbedded(options: EmbeddedApplyOptions): Promise<AppliedState> {
  const { stack, json } = readStack(options);
  const previous = readPrevious(stack, options.statePath);
  const ports = await choosePorts(json, previous);
  const evaluated = new Evaluation(stack, json, options, ports).run();
  const state = writtenState(stack, evaluated, previous?.state);
  if (options.statePath !== undefined && state !== previous?.state) writeState(options.statePath, state);
  return appliedFromState(stack, state, options.statePath);
}

interface Evaluated {
  resources: StateResource[];
  outputs: TerraformState['outputs'];
}

class Evaluation {
  private readonly values = new Map<string, unknown>();

  constructor(
    private readonly stack: string,
    private readonly json: StackJson,
    private readonly options: EmbeddedApplyOptions,
    private readonly ports: ListenerPorts,
  ) {}

  run(): Evaluated {
    const resources: StateResource[] = [];
    for (const block of orderedBlocks(this.stack, this.json)) {
      const value = this.evaluateBlock(block);
      this.values.set(block.address, value);
      if (block.mode !== 'value') resources.push(this.stateResource(block, value as Record<string, unknown>));
    }
    const outputs = Object.entries(this.json.output ?? {}).map(([name, output]) => {
      const value = this.attempt(`output.${name}`, { value: output.value }).value;
      return [
        name,
        { value, type: typeOf(value), ...(output.sensitive ? { sensitive: true } : {}) },
      ] as const;
    });
    return { resources, outputs: Object.fromEntries(outputs) };
  }

  private evaluateBlock(block: Block): unknown {
    const arguments_ = this.attempt(block.address, block.arguments);
    if (block.mode === 'value') return arguments_.value;
    const context = computeContext(block.address, this.stack, {
      accountId: this.options.accountId,
      region: this.options.region,
      dnsName: this.ports.byLoadBalancer.get(block.address),
    });
    if (block.mode === 'managed') return attributesOf(block.type, arguments_, this.defaultTags(), context);
    try {
      return readData(block.type, arguments_, context);
    } catch (error) {
      throw error instanceof ExpressionError
        ? new ApplyError(this.stack, block.address, error.message)
        : error;
    }
  }

  private attempt(address: string, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
    try {
      return evaluate(value, this.lookup) as Record<string, unknown>;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw expressionFailure(this.stack, address, value, error, (text) => this.canEvaluate(text));
    }
  }

  private canEvaluate(text: string): boolean {
    try {
      evaluate(text, this.lookup);
      return true;
    } catch {
      return false;
    }
  }

  private readonly lookup: Lookup = (root, steps) => {
    const address = addressIn([root, ...steps]);
    if (!this.values.has(address)) throw new ExpressionError(`there is no ${address} in this stack`);
    return { value: this.values.get(address), used: root === 'data' ? 2 : 1 };
  };

  private defaultTags(): Record<string, unknown> {
    const provider = this.json.provider?.aws;
    const configuration = (Array.isArray(provider) ? provider[0] : provider) as
      Record<string, unknown> | undefined;
    const tags: unknown = configuration?.default_tags;
    const block = (Array.isArray(tags) ? tags[0] : tags) as { tags?: Record<string, unknown> } | undefined;
    return this.attempt('provider.aws', { tags: block?.tags ?? {} }).tags as Record<string, unknown>;
  }

  private stateResource(block: Block, attributes: Record<string, unknown>): StateResource {
    const port = this.ports.byListener.get(block.address);
    return {
      mode: block.mode === 'data' ? 'data' : 'managed',
      type: block.type,
      name: block.name,
      provider: PROVIDER,
      instances: [
        {
          schema_version: 0,
          attributes,
          sensitive_attributes: [],
          ...(port === undefined ? {} : { private: keepLocalPort(port) }),
          ...(block.dependencies.length === 0 ? {} : { dependencies: [...block.dependencies].sort() }),
        },
      ],
    };
  }
}

function readStack(options: EmbeddedApplyOptions): { stack: string; json: StackJson } {
  const { stackDirectory, json } = options;
  if (json !== undefined && options.stack !== undefined) return { stack: options.stack, json };
  if (stackDirectory === undefined)
    throw new Error('applyEmbedded needs a stackDirectory, or json with the name of its stack');
  const stack = options.stack ?? basename(stackDirectory);
  const path = join(stackDirectory, 'cdk.tf.json');
  try {
    return { stack, json: JSON.parse(readFileSync(path, 'utf8')) as StackJson };
  } catch (error) {
    throw new ApplyError(stack, path, 'cannot be read as a synthesised stack; run "npx cdktf synth" first', {
      cause: error,
    });
  }
}

function readPrevious(stack: string, path: string | undefined): AppliedState | undefined {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return appliedFromState(stack, JSON.parse(text) as TerraformState, path);
  } catch (error) {
    throw new ApplyError(stack, path, 'is no Terraform state; delete it to apply from nothing', {
      cause: error,
    });
  }
}

/** The previous state itself where nothing has changed. */
function writtenState(
  stack: string,
  { resources, outputs }: Evaluated,
  previous: TerraformState | undefined,
): TerraformState {
  if (
    previous !== undefined &&
    JSON.stringify([previous.resources, previous.outputs]) === JSON.stringify([resources, outputs])
  ) {
    return previous;
  }
  return {
    version: 4,
    terraform_version: TERRAFORM_VERSION,
    serial: (previous?.serial ?? 0) + 1,
    lineage: previous?.lineage ?? lineageOf(stack),
    outputs,
    resources,
    check_results: null,
  };
}

function lineageOf(stack: string): string {
  const hex = createHash('sha256').update(`lineage ${stack}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
}

function writeState(path: string, state: TerraformState): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** The type of an output as a state writes it. */
function typeOf(value: unknown): unknown {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return ['tuple', value.map(typeOf)];
  if (typeof value !== 'object' || value === null) return 'dynamic';
  return ['object', Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, typeOf(entry)]))];
}
