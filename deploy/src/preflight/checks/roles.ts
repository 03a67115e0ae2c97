import type { Check } from '../check';
import { checkRole } from '../roles';
import type { Subject } from '../subject';
import { text } from '../values';
import { each } from '../world';

const roleCheck = (name: string, member: string, what: string): Check => ({
  name,
  summary: `${what} exists and trusts ecs-tasks.amazonaws.com`,
  actions: ['iam:GetRole'],
  run: (subject, world) =>
    each(roleOf(subject, member), (arn) =>
      checkRole(world, { what, arn, service: 'ecs-tasks.amazonaws.com', position: subject.taskAt(member) }),
    ),
});

function roleOf({ task }: Subject, member: string): string[] {
  const arn = text(task[member]);
  return arn === undefined ? [] : [arn];
}

export const executionRole = roleCheck('execution-role', 'executionRoleArn', 'the execution role');
export const taskRole = roleCheck('task-role', 'taskRoleArn', 'the task role');
