import { placeholders, type Contract } from '../outputs/contract';
import { lookUpOutput, outputNames } from '../outputs/lookup';
import type { Outputs } from '../outputs/outputs';
import type { SlipwayError } from '../errors';
import type { Functions, TemplateFunction } from './builtins';
import { text } from './environment';
import { unknownOutput } from './infrastructure';
import { callsOf } from './render';
import { errorAt, type Source } from './source';
import { PromisedOutput, Unread, type Value } from './value';

/** The outputs that a contract promises, with values of the right type in place of real ones: what `check` reads. */
export class PromisedOutputs {
  private readonly outputs: Outputs;

  constructor(
    private readonly contract: Contract | undefined,
    private readonly shown: string,
    private readonly service: string,
  ) {
    const own = placeholders(contract?.service ?? {});
    this.outputs = {
      source: shown,
      contractHash: contract?.hash,
      environment: placeholders(contract?.environment ?? {}),
      services: { [service]: own },
      state: undefined,
      sensitive: new Set(),
    };
  }

  /** Another service has the same outputs as this one, whatever its name. */
  private find(name: string) {
    const own = /^services\.[^.]+\.(.+)$/.exec(name)?.[1];
    return lookUpOutput(
      this.outputs,
      this.service,
      own === undefined ? name : `services.${this.service}.${own}`,
    );
  }

  /**
   * Unknown names are reported by `unknownIn` where they are written; here they stand for any value. Those of native
   * calls are written nowhere.
   */
  outputFunction(used: Set<string>): [string, TemplateFunction] {
    const call = (argument: Value = null): Value => {
      const name = text('output', argument);
      const value = this.find(name);
      if (value === undefined) return new Unread('output');
      used.add(name);
      return new PromisedOutput(name, value);
    };
    const native = (argument: Value = null): Value => {
      const value = call(argument);
      if (value instanceof Unread && this.contract !== undefined) {
        throw unknownOutput(text('output', argument), outputNames(this.outputs, this.service), this.shown);
      }
      return value;
    };
    return ['output', { least: 1, most: 1, call, native }];
  }

  unknownIn(source: Source, functions: Functions): SlipwayError[] {
    const calls = callsOf(source, functions, 'output');
    const [first] = calls;
    if (this.contract === undefined && first !== undefined) {
      const message = `output "${first.argument}" cannot be checked: ${this.shown} is not there`;
      return [
        errorAt(
          'CONTRACT_MISSING',
          source,
          first.at,
          message,
          'commit the contract that the infrastructure generates beside the definitions',
        ),
      ];
    }
    return calls
      .filter(({ argument }) => this.find(argument) === undefined)
      .map(({ argument, at }) => {
        const { code, message, hint } = unknownOutput(
          argument,
          outputNames(this.outputs, this.service),
          this.shown,
        );
        return errorAt(code, source, at, message, hint);
      });
  }
}
