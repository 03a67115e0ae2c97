import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { shownPath } from '../files';
import type { RenderedTarget } from '../target';
import type { Finding } from './finding';
import { runChecks, type PreflightOptions } from './run-checks';

/**
 * All checks of one release, before anything is registered: warnings are told, errors refuse.
 * @throws SlipwayError PREFLIGHT_FAILED, or the code of the only thing that is wrong
 */
export async function preflight(
  context: Context,
  target: RenderedTarget,
  options: PreflightOptions,
): Promise<void> {
  if (options.skip.length > 0) {
    const message = `without ${options.skip.join(', ')}, as asked for`;
    context.sink({ type: 'phase', phase: 'preflight', message });
  }
  const { findings, checks } = await runChecks(context, target, options);
  const errors = findings.filter(({ level }) => level === 'error');
  for (const finding of [...errors, ...findings.filter(({ level }) => level === 'warning')])
    context.sink({ type: 'finding', finding });
  if (errors.length > 0) throw refusal(context, target.service, errors);
  if (checks > 0)
    context.sink({
      type: 'phase',
      phase: 'preflight',
      message: `${checks} checks found nothing that refuses ${target.service}`,
    });
}

function refusal(context: Context, service: string, errors: readonly Finding[]): SlipwayError {
  const codes = [...new Set(errors.map(({ code = 'PREFLIGHT_FAILED' }) => code))];
  const [only = 'PREFLIGHT_FAILED'] = codes;
  const code = codes.length === 1 ? only : 'PREFLIGHT_FAILED';
  const refused = `${service} was refused before anything was changed`;
  const again = 'correct them and run again; "slipway verify" looks without deploying';
  const [first, ...others] = errors;
  if (first === undefined || others.length > 0)
    return new SlipwayError(code, `${refused}: ${errors.length} things are wrong, see above`, {
      hint: again,
    });
  return new SlipwayError(code, `${refused}: ${placed(context, first)}`, {
    hint: first.hint ?? again,
    summary: `${refused}: see above`,
  });
}

/** `app/ecs/task-definition.json:13:16: ...` */
function placed({ cwd }: Context, { message, position }: Finding): string {
  if (position === undefined) return message;
  const { file, line, column } = position;
  return `${shownPath(cwd, file)}:${line}:${column}: ${message}`;
}
