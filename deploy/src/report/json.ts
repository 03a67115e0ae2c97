import type { Plan } from '../release/plan';
import type { Reporter, ReporterOptions } from './reporter';

/** One JSON object a line on stdout; the last line is the result, or the error. Nothing else goes to stdout. */
export function jsonReporter({ stdout, stderr }: ReporterOptions): Reporter {
  const line = (value: unknown) => stdout(`${JSON.stringify(value)}\n`);
  return {
    sink: (event) => {
      if (event.type === 'plan') return line({ type: 'plan', plan: withoutRequests(event.plan) });
      if (event.type !== 'result') return line(event);
      const { kind, ...rest } = event.result;
      line({
        type: 'result',
        kind,
        ...rest,
        ...('plan' in rest ? { plan: withoutRequests(rest.plan) } : {}),
      });
    },
    error: ({ code, message, hint, exitCode }) => {
      line({ type: 'error', code, message, hint, exitCode });
      stderr(`slipway: ${message} [${code}]\n`);
    },
  };
}

/** What would be sent holds rendered values, sensitive ones too; the changes say the same without them. */
function withoutRequests({ register, request: _request, serviceTags: _serviceTags, ...plan }: Plan) {
  return { ...plan, registers: register !== undefined };
}
