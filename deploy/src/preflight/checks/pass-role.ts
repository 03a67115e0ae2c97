import type { Check } from '../check';
import { deniedOf, may, mayActions } from '../may';
import { findRole } from '../roles';
import { loadBalancersOf, type Subject } from '../subject';
import { text } from '../values';
import { each, Unseen, type World } from '../world';

export const passRole: Check = {
  name: 'pass-role',
  summary: 'whoever deploys may pass the roles of the definitions to ECS',
  actions: ['sts:GetCallerIdentity', 'iam:GetRole', ...mayActions],
  run: (subject, world) =>
    each(passedRoles(subject), async ({ arn, service, position }) => {
      // One that does not exist is another check's matter.
      if (!arn.startsWith('arn:') || (await exists(world, arn)) === false) return [];
      const { readCaller } = await import('../reads/sts.ts');
      const caller = await principal(world, (await readCaller(world)).arn);
      if (caller === undefined) return [];
      const answers = await may(world, caller, ['iam:PassRole'], arn, { 'iam:PassedToService': service });
      if (deniedOf(answers).length === 0) return [];
      return [
        {
          level: 'error',
          message: `${caller} may not pass ${arn} to ${service}`,
          hint: `allow it iam:PassRole on that role, with the condition iam:PassedToService = ${service}`,
          position,
        },
      ];
    }),
};

function passedRoles(subject: Subject) {
  const { task, taskAt } = subject;
  const ofTask = ['executionRoleArn', 'taskRoleArn'].flatMap((member) => {
    const arn = text(task[member]);
    return arn === undefined ? [] : [{ arn, service: 'ecs-tasks.amazonaws.com', position: taskAt(member) }];
  });
  const ofBalancers = loadBalancersOf(subject).flatMap(({ advanced, at }) => {
    const arn = text(advanced?.['roleArn']);
    const position = at('advancedConfiguration', 'roleArn');
    return arn === undefined ? [] : [{ arn, service: 'ecs.amazonaws.com', position }];
  });
  const all = [...ofTask, ...ofBalancers];
  return all.filter(
    ({ arn, service }, index) =>
      all.findIndex((other) => other.arn === arn && other.service === service) === index,
  );
}

/** Undefined where nobody may look. */
async function exists(world: World, arn: string): Promise<boolean | undefined> {
  try {
    return (await findRole(world, arn)) !== undefined;
  } catch (error) {
    if (error instanceof Unseen) return undefined;
    throw error;
  }
}

/**
 * The role or user behind a caller's ARN; undefined for the root user, who may all.
 * `arn:aws:sts::123456789012:assumed-role/name/session` has no path in it, and the role may have one.
 */
async function principal(world: World, arn: string): Promise<string | undefined> {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (name === undefined) return /:(user|role)\//.test(arn) ? arn : undefined;
  const { readRole } = await import('../reads/iam.ts');
  try {
    const found = await readRole(world, name);
    if (found !== undefined) return found.arn;
  } catch (error) {
    if (!(error instanceof Unseen)) throw error;
  }
  return `arn:${partition}:iam::${account}:role/${name}`;
}
