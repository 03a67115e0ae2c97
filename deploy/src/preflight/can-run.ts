import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Context } from '../context';
import type { Definition, JsonObject } from '../definition/definitions';
import { executionRole, taskRole } from './checks/roles';
import { secrets } from './checks/secrets';
import { subjectOf } from './subject';
import { Reads } from './world';

/**
 * What a registered revision needs and does not have any more: its roles, its secrets. What may not be looked at is
 * taken to be there: whoever goes back is in a hurry.
 * @returns sentences; none where nothing is known to be gone
 */
export async function goneSince(taskDefinition: TaskDefinition, env: Context['env']): Promise<string[]> {
  const region = taskDefinition.taskDefinitionArn?.split(':')[3] ?? '';
  const definition: Definition = {
    value: JSON.parse(JSON.stringify(taskDefinition)) as JsonObject,
    file: '',
    positionOf: () => ({ file: '', line: 1, column: 1 }),
    outputsUsed: [],
  };
  const subject = subjectOf({ taskDefinition: definition, service: undefined });
  const reads = new Reads(env, region);
  try {
    const checks = [executionRole, taskRole, secrets];
    const found = await Promise.all(checks.map(async (check) => check.run(subject, reads.for(check.name))));
    return found.flat().map(({ message }) => message);
  } finally {
    reads.close();
  }
}
