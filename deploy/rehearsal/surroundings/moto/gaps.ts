import type { WireRequest, WireResponse } from '../../api/wire';
import { BudgetMemory } from './budget-memory';
import { PipelineMemory } from './pipeline-memory';

type Json = Record<string, unknown>;

/** Calls that moto takes in one form alone, of those that AWS takes: a trail's name, and not its ARN. */
const forms: Readonly<Record<string, (input: Json) => Json>> = Object.fromEntries(
  ['StartLogging', 'StopLogging', 'DeleteTrail'].map((operation) => [
    `cloudtrail ${operation}`,
    ({ Name, ...input }: Json) => ({ ...input, Name: String(Name).replace(/^arn:.*:trail\//, '') }),
  ]),
);

/**
 * What moto 5.2 lacks of the calls that the AWS provider makes, which would otherwise retry its error 500 for minutes.
 * Services are signing names; all of these speak JSON.
 */
export class Gaps {
  private readonly budgets = new BudgetMemory();
  private readonly pipelines: PipelineMemory;

  /** @param arn an ARN of this account and region, from service and resource. */
  constructor(arn: (service: string, resource: string) => string) {
    this.pipelines = new PipelineMemory(arn);
  }

  /** The answer in moto's place; undefined where moto has one. */
  answer(service: string, operation: string, request: WireRequest): WireResponse | undefined {
    const output =
      service === 'budgets'
        ? this.budgets.answer(operation, parse(request))
        : this.pipelines.answer(service, operation, () => parse(request));
    if (output === undefined) return undefined;
    return {
      status: '__type' in output ? 400 : 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(output),
    };
  }

  /** The request in the form that moto takes. Bodies were decoded on arrival, so that the new one is sent plain. */
  rewrite(service: string, operation: string, request: WireRequest): WireRequest {
    if (service === 'budgets') this.budgets.hear(operation, parse(request));
    const name = `${service} ${operation}`;
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form === undefined) return request;
    const body = Buffer.from(JSON.stringify(form(parse(request))));
    return { ...request, headers: { ...request.headers, 'content-encoding': undefined }, body, raw: body };
  }
}

function parse(request: WireRequest): Json {
  try {
    return JSON.parse(request.body.toString('utf8')) as Json;
  } catch {
    // moto says what is wrong with it.
    return {};
  }
}
