import type { Plan } from '../release/plan';
import type { Result } from '../release/result';
import type { Reporter, ReporterOptions } from './reporter';

/** One JSON object a line on stdout; the last line is the result, or the error. Nothing else goes to stdout. */
export function jsonReporter({ stdout, stderr }: ReporterOptions): Reporter {
  const line = (value: unknown) => stdout(`${JSON.stringify(value)}\n`);
  return {
    sink: (event) => {
      if (event.type === 'plan') return line({ ...event, plan: withoutRequests(event.plan) });
      if (event.type !== 'result') return line(event);
      line({ type: 'result', ...printable(event.result) });
    },
    error: ({ code, message, hint, exitCode }) => {
      line({ type: 'error', code, message, hint, exitCode });
      stderr(`slipway: ${message} [${code}]\n`);
    },
  };
}

function printable(result: Result): object {
  if (result.kind === 'many') return { ...result, results: result.results.map(printable) };
  return 'plan' in result ? { ...result, plan: withoutRequests(result.plan) } : result;
}

/** What would be sent holds rendered values, sensitive ones too; the changes say the same without them. */
function withoutRequests({
  register,
  request: _request,
  serviceTags: _serviceTags,
  scaling: _scaling,
  ...plan
}: Plan) {
  return { ...plan, registers: register !== undefined };
}
