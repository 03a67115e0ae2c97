import { suggestion } from '../../schema/did-you-mean';
import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { flag, textOption } from '../release/options';
import { quietly } from '../release/quietly';
import { describedTasks, taskTable } from '../tasks/list-tasks';
import { stopByHand } from '../tasks/stop-by-hand';
import type { Handler, Input } from './command';

const ACTIONS = ['list', 'find', 'stop'] as const;
type Action = (typeof ACTIONS)[number];

/** `slipway tasks [environment] [list | find ID... | stop ID...]`: the tasks of the service and of its family. */
export const run: Handler = async (given, input) => {
  const { action, ids, rest } = read(input);
  if (action === 'list' && ids.length > 0)
    throw new SlipwayError('USAGE', `unexpected argument "${ids[0] ?? ''}"`, {
      hint: '"slipway tasks find ID" shows one task',
    });
  if (action !== 'list' && ids.length === 0)
    throw new SlipwayError('USAGE', `say which task to ${action}`, {
      hint: `slipway tasks ${action} ID; "slipway tasks" lists them`,
    });
  const context = quietly(given);
  const target = await loadTarget(context, { ...input, positionals: rest }, { definitions: false });
  const result =
    action === 'stop'
      ? await stopByHand(context, target, {
          ids,
          reason: textOption(input, 'reason'),
          yes: flag(input, 'yes'),
          dryRun: flag(input, 'dryRun'),
        })
      : action === 'find'
        ? await describedTasks(context, target, ids)
        : await taskTable(context, target, flag(input, 'stopped'));
  context.sink({ type: 'result', result });
  return result.exitCode;
};

/** The environment comes first, where it is named: a second word that is an action settles it. */
function read({ positionals }: Input): { action: Action; ids: readonly string[]; rest: readonly string[] } {
  const at = isAction(positionals[1]) ? 1 : isAction(positionals[0]) ? 0 : -1;
  const action = positionals[at];
  if (isAction(action)) return { action, ids: positionals.slice(at + 1), rest: positionals.slice(0, at) };
  const stray = positionals[1];
  if (stray === undefined) return { action: 'list', ids: [], rest: positionals };
  throw new SlipwayError('USAGE', `"${stray}" is none of ${ACTIONS.join(', ')}${suggestion(stray, ACTIONS)}`);
}

function isAction(word: string | undefined): word is Action {
  return (ACTIONS as readonly string[]).includes(word ?? '');
}
