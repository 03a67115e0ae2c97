import type { Check } from '../check';
import { deniedOf, may, mayActions } from '../may';
import { findRole } from '../roles';
import { text } from '../values';
import { each } from '../world';

const channels = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

export const exec: Check = {
  name: 'exec',
  summary: 'where enableExecuteCommand is on, the task role may open its channels',
  actions: ['iam:GetRole', ...mayActions],
  run: ({ service, serviceAt, task, taskAt }, world) => {
    if (service?.['enableExecuteCommand'] !== true) return [];
    const role = text(task['taskRoleArn']);
    if (role === undefined) {
      return [
        {
          level: 'error',
          message: 'enableExecuteCommand is on, and the task has no task role that could open its channels',
          hint: 'set "taskRoleArn" to a role that allows ssmmessages, or take "enableExecuteCommand" out',
          position: serviceAt('enableExecuteCommand'),
        },
      ];
    }
    return each([role], async (arn) => {
      const found = await findRole(world, arn);
      if (found === undefined) return [];
      const denied = deniedOf(await may(world, found.arn, channels, '*'));
      if (denied.length === 0) return [];
      return [
        {
          level: 'error',
          message: `enableExecuteCommand is on, and the task role may not ${denied.join(', ')}`,
          hint: `allow these actions on "*" to ${found.arn}, or take "enableExecuteCommand" out`,
          position: taskAt('taskRoleArn'),
        },
      ];
    });
  },
};
