import { suggestion } from '../../schema/did-you-mean';
import { lookUpOutput, outputNames } from '../outputs/lookup';
import type { Json, Outputs } from '../outputs/outputs';
import { lookUpState, nearestAddress, type TerraformState } from '../outputs/terraform-state';
import type { TemplateFunction } from './builtins';
import { text } from './environment';
import { sprintf } from './format';
import { goJson } from './go-json';
import { ForeignOutput, OutputValue, TemplateProblem, printValue, type Value } from './value';

/**
 * `{{ output `name` }}`: from the service's own outputs, else from the environment's.
 *
 * @param used is told the name of each output that was read.
 */
export function outputFunction(
  outputs: Outputs,
  service: string,
  used: (name: string) => void,
): [string, TemplateFunction] {
  const call = (argument: Value = null): Value => {
    const name = text('output', argument);
    const value = lookUpOutput(outputs, service, name);
    if (value === undefined || value === null)
      throw unknownOutput(name, outputNames(outputs, service), outputs.source);
    used(name);
    return new OutputValue(name, value);
  };
  return ['output', { least: 1, most: 1, call }];
}

/**
 * `{{ output }}` of a file that speaks of several services: what only another one has stands for itself until it is
 * known in whose part it was read.
 */
export function sharedOutputFunction(
  outputs: Outputs,
  service: string,
  others: readonly string[],
): [string, TemplateFunction] {
  const [name, { least, most, call }] = outputFunction(outputs, service, () => undefined);
  const shared = (argument: Value = null): Value | Promise<Value> => {
    try {
      return call(argument);
    } catch (error) {
      const wanted = text('output', argument);
      const elsewhere = others.some((other) => lookUpOutput(outputs, other, wanted) !== undefined);
      if (!(error instanceof TemplateProblem) || !elsewhere) throw error;
      return new ForeignOutput(error);
    }
  };
  return [name, { least, most, call: shared }];
}

export function unknownOutput(name: string, names: readonly string[], source: string): TemplateProblem {
  if (source === 'nothing') {
    return new TemplateProblem(
      'OUTPUT_UNKNOWN',
      `there is no output "${name}": the config names no outputs`,
      'set "outputs" in the config, for example "ssm:///project/staging"',
    );
  }
  const near = suggestion(name, names);
  const known = names.length === 0 ? `${source} has none` : `${source} has ${[...names].sort().join(', ')}`;
  return new TemplateProblem('OUTPUT_UNKNOWN', `there is no output "${name}"${near}`, known);
}

/** A state and what its functions are called: `tfstate` and `tfstatef`, behind the prefix. */
export interface NamedState {
  prefix: string;
  /** Printable. */
  source: string;
  state: TerraformState;
}

/** `{{ tfstate `address` }}` and `{{ tfstatef `format` values }}`: text as it is, everything else as JSON. */
export function stateFunctions({ prefix, source, state }: NamedState): [string, TemplateFunction][] {
  const find = (address: string): Json => {
    const value = lookUpState(state, address);
    if (value !== undefined) return value;
    const nearest = nearestAddress(state, address);
    const near = nearest === undefined || nearest === address ? '' : ` (did you mean "${nearest}"?)`;
    throw new TemplateProblem(
      'OUTPUT_UNKNOWN',
      `"${address}" is not in ${source}, or null there${near}`,
      'what there is: "terraform state list", "terraform output"',
    );
  };
  const written = (value: Json): Value => (typeof value === 'string' ? value : goJson(value));
  const tfstate = (address: Value = null) => find(text('tfstate', address));
  const tfstatef = (format: Value = null, ...values: Value[]) =>
    find(sprintf(text('tfstatef', format), values));
  const any = Number.POSITIVE_INFINITY;
  return [
    [
      `${prefix}tfstate`,
      { least: 1, most: 1, call: (address) => written(tfstate(address)), native: tfstate },
    ],
    [
      `${prefix}tfstatef`,
      { least: 1, most: any, call: (...values) => written(tfstatef(...values)), native: tfstatef },
    ],
  ];
}

/** `tfstate` where there is no state: known as a function, so that the error says what is missing. */
export function missingState(source: string): [string, TemplateFunction][] {
  return ['tfstate', 'tfstatef'].map((name) => {
    const call = (address: Value = null): Value => {
      const place =
        source === 'nothing' ? 'the config names no outputs' : `${source} is not a Terraform state`;
      throw new TemplateProblem(
        'OUTPUT_UNKNOWN',
        `${name} \`${printValue(address)}\` wants a Terraform state, but ${place}`,
        'let "outputs" name a state file, or read the contract: {{ output `name` }}',
      );
    };
    return [name, { least: 1, most: Number.POSITIVE_INFINITY, call }];
  });
}
