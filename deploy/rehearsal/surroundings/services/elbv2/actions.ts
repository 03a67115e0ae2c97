import { list, type Message } from '../../../api/operation';
import type { Action } from '../../store';
import { invalid } from './request';

/** An action as a client, or moto, writes it. */
export function readAction(action: Message, index: number): Action {
  const forward = action.ForwardConfig as
    { TargetGroups?: { TargetGroupArn: string; Weight?: string }[] } | undefined;
  const groups = (forward?.TargetGroups ?? []).map(({ TargetGroupArn, Weight }) => ({
    arn: TargetGroupArn,
    weight: Number(Weight ?? 1),
  }));
  const single = typeof action.TargetGroupArn === 'string' ? [{ arn: action.TargetGroupArn, weight: 1 }] : [];
  return {
    type: typeof action.Type === 'string' ? action.Type : 'forward',
    order: Number(action.Order ?? index + 1),
    targetGroups: groups.length > 0 ? groups : single,
    redirect: action.RedirectConfig as Message | undefined,
    fixedResponse: action.FixedResponseConfig as Message | undefined,
  };
}

/**
 * The actions of a request; undefined where it names none.
 * @param known whether a target group is there.
 * @throws ApiError `TargetGroupNotFound` or `ValidationError`.
 */
export function readActions(
  input: Message,
  name: 'Actions' | 'DefaultActions',
  known: (targetGroupArn: string) => void,
): Action[] | undefined {
  if (input[name] === undefined) return undefined;
  const actions = list<Message>(input, name).map(readAction);
  if (actions.length === 0) throw invalid('You must specify at least one action');
  for (const { type, targetGroups } of actions) {
    if (type === 'forward' && targetGroups.length === 0) {
      throw invalid('You must specify a target group for a forward action');
    }
    for (const { arn, weight } of targetGroups) {
      known(arn);
      if (!Number.isInteger(weight) || weight < 0 || weight > 999) {
        throw invalid(`The weight '${weight}' of the target group '${arn}' must be from 0 to 999`);
      }
    }
  }
  return actions;
}

export function writtenAction(action: Action): Message {
  const only = action.targetGroups.length === 1 ? action.targetGroups[0] : undefined;
  return {
    Type: action.type,
    TargetGroupArn: only?.arn,
    Order: action.order,
    RedirectConfig: action.redirect,
    FixedResponseConfig: action.fixedResponse,
    ForwardConfig:
      action.type !== 'forward'
        ? undefined
        : {
            TargetGroups: action.targetGroups.map(({ arn, weight }) => ({
              TargetGroupArn: arn,
              Weight: weight,
            })),
            TargetGroupStickinessConfig: { Enabled: false },
          },
  };
}
