import { references } from './evaluate';
import { ExpressionError } from './expression';

/** A synthesised stack: the content of its cdk.tf.json. */
export interface StackJson {
  data?: Record<string, Record<string, Record<string, unknown>>>;
  locals?: Record<string, unknown>;
  output?: Record<string, { value?: unknown; sensitive?: boolean; description?: string }>;
  provider?: Record<string, unknown>;
  resource?: Record<string, Record<string, Record<string, unknown>>>;
  terraform?: unknown;
  variable?: Record<string, { default?: unknown }>;
}

/** A resource, data source or local value, before it is evaluated. */
export interface Block {
  /** `aws_lb.main`, `data.aws_region.current`, `local.name`, `var.name`. */
  address: string;
  mode: 'managed' | 'data' | 'value';
  type: string;
  name: string;
  arguments: Readonly<Record<string, unknown>>;
  dependencies: readonly string[];
}

/** An apply that cannot go on: names the address, and what was wrong there. */
export class ApplyError extends Error {
  readonly code = 'EMBEDDED_APPLY';

  constructor(stack: string, address: string, message: string, options?: ErrorOptions) {
    super(`stack ${stack}, ${address}: ${message}`, options);
    this.name = 'ApplyError';
  }
}

/** Arguments of Terraform itself, not of the resource. */
const metaArguments = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'provisioner', 'connection']);

/**
 * The blocks of a stack, each after all that it refers to; among those that could come next, in the order of the file.
 * @throws ApplyError for a cycle, a reference to a block that is not there, or `count` and `for_each`.
 */
export function orderedBlocks(stack: string, json: StackJson): Block[] {
  const blocks = new Map(blocksOf(stack, json).map((block) => [block.address, block]));
  const ordered: Block[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (block: Block, path: readonly string[]): void => {
    if (state.get(block.address) === 'done') return;
    if (state.get(block.address) === 'open') {
      const cycle = [...path.slice(path.indexOf(block.address)), block.address];
      throw new ApplyError(stack, block.address, `refers to itself: ${cycle.join(' -> ')}`);
    }
    state.set(block.address, 'open');
    for (const address of block.dependencies) {
      const dependency = blocks.get(address);
      if (dependency === undefined) {
        throw new ApplyError(stack, block.address, `refers to ${address}, which is not in this stack`);
      }
      visit(dependency, [...path, block.address]);
    }
    state.set(block.address, 'done');
    ordered.push(block);
  };
  for (const block of blocks.values()) visit(block, []);
  return ordered;
}

function blocksOf(stack: string, json: StackJson): Block[] {
  const declared = (mode: 'managed' | 'data', types: StackJson['resource'] = {}) =>
    Object.entries(types).flatMap(([type, named]) =>
      Object.entries(named).map(([name, body]) => {
        const address = mode === 'data' ? `data.${type}.${name}` : `${type}.${name}`;
        const repeated = ['count', 'for_each', 'dynamic'].find((meta) => meta in body);
        if (repeated !== undefined) throw new ApplyError(stack, address, `"${repeated}" is not supported`);
        const arguments_ = Object.fromEntries(
          Object.entries(body).filter(([key]) => !metaArguments.has(key)),
        );
        return block(stack, address, { mode, type, name, arguments: arguments_ }, body.depends_on);
      }),
    );
  const values = (prefix: string, entries: Record<string, unknown>) =>
    Object.entries(entries).map(([name, value]) =>
      block(
        stack,
        `${prefix}.${name}`,
        { mode: 'value', type: prefix, name, arguments: { value } },
        undefined,
      ),
    );
  const defaults = Object.fromEntries(
    Object.entries(json.variable ?? {}).map(([name, body]) => [name, body.default]),
  );
  return [
    ...values('var', defaults),
    ...values('local', json.locals ?? {}),
    ...declared('data', json.data),
    ...declared('managed', json.resource),
  ];
}

function block(
  stack: string,
  address: string,
  rest: Omit<Block, 'address' | 'dependencies'>,
  dependsOn: unknown,
): Block {
  const explicit = Array.isArray(dependsOn) ? dependsOn.map(String) : [];
  try {
    const found = references(rest.arguments).map((path) => addressIn(path));
    return {
      address,
      ...rest,
      dependencies: [...new Set([...explicit, ...found])].filter((other) => other !== address),
    };
  } catch (error) {
    if (error instanceof ExpressionError) throw expressionFailure(stack, address, rest.arguments, error);
    throw error;
  }
}

/** The address that a reference begins with. */
export function addressIn(path: readonly (string | number)[]): string {
  return path.slice(0, path[0] === 'data' ? 3 : 2).join('.');
}

/** Names the argument whose text could not be evaluated. */
export function expressionFailure(
  stack: string,
  address: string,
  value: unknown,
  error: ExpressionError,
  reads: (text: string) => boolean = parses,
): ApplyError {
  const found = firstText(value, '', (text) => text.includes('${') && !reads(text));
  const where = found === undefined ? '' : `${found.path} = ${JSON.stringify(found.text)}: `;
  return new ApplyError(stack, address, where + error.message, { cause: error });
}

function parses(text: string): boolean {
  try {
    references(text);
    return true;
  } catch {
    return false;
  }
}

function firstText(
  value: unknown,
  path: string,
  wanted: (text: string) => boolean,
): { path: string; text: string } | undefined {
  if (typeof value === 'string') return wanted(value) ? { path, text: value } : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, entry] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${name}]` : path === '' ? name : `.${name}`;
    const found = firstText(entry, path + step, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
