import { SlipwayError } from '../errors';
import type { Json, Outputs } from './outputs';
import type { TerraformState } from './terraform-state';

type JsonObject = { [key: string]: Json };

export interface Origin {
  /** Printable: a URL or a path. */
  source: string;
  environment: string | undefined;
}

/**
 * Reads outputs from the text of a file, whichever of the four kinds it is: Terraform state, `terraform output -json`,
 * the outputs file of cdktf, or a contract's published JSON.
 *
 * @throws SlipwayError FILE_FOREIGN that says what the file looks like instead.
 */
export function interpretOutputs(text: string, origin: Origin): Outputs {
  const value = parse(text, origin.source);
  if (isState(value)) return fromState(value, origin);
  if (isPublished(value)) {
    const { hash, outputs } = readPublished(text, origin.source);
    return split(outputs, origin.source, { contractHash: hash });
  }
  const entries = Object.entries(value);
  if (entries.every((entry): entry is [string, OutputEntry] => isOutputEntry(entry[1]))) {
    return fromOutputCommand(entries, origin.source);
  }
  const stacks = entries.filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  const foreign = knownForeigner(value);
  if (foreign === undefined && stacks.length === entries.length) return fromStacks(stacks, origin);
  const keys = Object.keys(value);
  const looks =
    foreign ?? `a JSON object with the keys ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', ...' : ''}`;
  throw notOutputs(origin.source, `it looks like ${looks}`);
}

function notOutputs(source: string, what: string, cause?: unknown): SlipwayError {
  return new SlipwayError('FILE_FOREIGN', `${source} holds no outputs: ${what}`, {
    hint: 'outputs are read from a Terraform state, "terraform output -json", or "cdktf output --outputs-file"',
    cause,
  });
}

function parse(text: string, source: string): JsonObject {
  const plain = text.replace(/^\uFEFF/, '').trim();
  if (plain === '') throw notOutputs(source, 'it is empty');
  let value: Json;
  try {
    value = JSON.parse(plain) as Json;
  } catch (error) {
    throw notOutputs(source, looksLike(plain), error);
  }
  if (!isObject(value))
    throw notOutputs(source, `it is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}, not an object`);
  return value;
}

function looksLike(text: string): string {
  if (text.startsWith('PK') || text.includes('\0')) return 'it is not text';
  if (text.startsWith('{') || text.startsWith('[')) return 'it is not valid JSON (cut off?)';
  if (/^\s*(terraform|resource|provider|variable|output|module|data)\b[^\n]*\{/m.test(text))
    return 'it looks like Terraform code';
  if (text.startsWith('<')) return 'it looks like HTML or XML';
  if (/^[\w-]+\s*=\s*"/m.test(text)) return 'it looks like "terraform output" without -json';
  if (/^[\w-]+:( |$)/m.test(text)) return 'it looks like YAML';
  return 'it is not JSON';
}

function knownForeigner(value: JsonObject): string | undefined {
  const has = (...keys: string[]) => keys.every((key) => Object.hasOwn(value, key));
  if (has('encrypted_data'))
    return 'an encrypted state: read the outputs from SSM, or from "tofu output -json"';
  if (has('format_version', 'planned_values')) return 'a plan ("terraform show -json" of a plan file)';
  if (has('format_version', 'terraform_version')) return 'the output of "terraform show -json"';
  if (has('terraform', 'provider') || has('resource', 'terraform'))
    return 'synthesised Terraform configuration';
  if (has('version', 'environment', 'service'))
    return "a contract's description (contract.json), which has no values";
  if (has('containerDefinitions') || has('taskDefinition')) return 'a task definition';
  if (has('name', 'dependencies') || has('name', 'scripts')) return 'a package.json';
  return undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isState(value: JsonObject): boolean {
  return 'version' in value && ('terraform_version' in value || 'lineage' in value || 'serial' in value);
}

function fromState(value: JsonObject, { source }: Origin): Outputs {
  if (value['version'] !== 4) {
    throw new SlipwayError(
      'FILE_FOREIGN',
      `${source} is a Terraform state of version ${JSON.stringify(value['version'])}, not 4`,
      {
        hint: 'Terraform 0.12 and newer write version 4: "terraform apply -refresh-only" rewrites it',
      },
    );
  }
  const outputs = isObject(value['outputs']) ? value['outputs'] : {};
  const resources = Array.isArray(value['resources']) ? value['resources'] : [];
  const state: TerraformState = {
    outputs: outputs as unknown as TerraformState['outputs'],
    resources: resources as unknown as TerraformState['resources'],
  };
  const entries = Object.entries(outputs).filter((entry): entry is [string, OutputEntry] =>
    isOutputEntry(entry[1]),
  );
  return { ...fromOutputCommand(entries, source), state: state as unknown as Json };
}

interface OutputEntry {
  [key: string]: Json;
  value: Json;
}

function isOutputEntry(value: Json): value is OutputEntry {
  return isObject(value) && 'value' in value && ('type' in value || 'sensitive' in value);
}

function fromOutputCommand(entries: readonly [string, OutputEntry][], source: string): Outputs {
  const outputs = Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
  const sensitive = new Set(entries.filter(([, entry]) => entry['sensitive'] === true).map(([name]) => name));
  return split(outputs, source, { sensitive });
}

function fromStacks(stacks: readonly [string, JsonObject][], { source, environment }: Origin): Outputs {
  const [only, ...others] = stacks;
  const chosen = others.length === 0 ? only : stacks.find(([name]) => name === environment);
  if (chosen !== undefined) return split(chosen[1], source, {});
  const names = stacks.map(([name]) => name).join(', ');
  throw new SlipwayError(
    'FILE_FOREIGN',
    `${source} holds the outputs of several stacks (${names}), and none is named like the environment${environment === undefined ? '' : ` "${environment}"`}`,
    { hint: 'write one stack into the file: "cdktf output <stack> --outputs-file <file>"' },
  );
}

function isPublished(value: JsonObject): boolean {
  return typeof value['version'] === 'number' && isObject(value['outputs']);
}

/**
 * The JSON that infrastructure publishes: `{"version":1,"hash":"...","outputs":{...}}`.
 *
 * @throws SlipwayError FILE_FOREIGN where it is something else, or of a version that is not known.
 */
export function readPublished(
  text: string,
  source: string,
): { hash: string | undefined; outputs: JsonObject } {
  const value = parse(text, source);
  const { version, hash, outputs } = value;
  if (!isPublished(value) || !isObject(outputs))
    throw notOutputs(source, 'it has no "version" and "outputs"');
  if (version !== 1) {
    throw new SlipwayError(
      'FILE_FOREIGN',
      `${source} is a contract of version ${JSON.stringify(version)}; this slipway reads version 1`,
      {
        hint: 'bring slipway up to date',
      },
    );
  }
  return { hash: typeof hash === 'string' ? hash : undefined, outputs };
}

/** Terraform outputs are flat, with one object `services` for what belongs to one service each. */
function split(
  all: JsonObject,
  source: string,
  more: { contractHash?: string | undefined; sensitive?: ReadonlySet<string> },
): Outputs {
  const { services, ...environment } = all;
  const nested = isObject(services) && Object.values(services).every(isObject);
  return {
    source,
    contractHash: more.contractHash,
    environment: nested || services === undefined ? environment : all,
    services: nested ? (services as Record<string, JsonObject>) : {},
    state: undefined,
    sensitive: more.sensitive ?? new Set(),
  };
}
