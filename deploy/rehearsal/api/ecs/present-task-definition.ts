import type { ControlPlane } from '../../control-plane/control-plane';
import type { TaskDefinition } from '../../control-plane/task-definitions/task-definition';
import type { Message } from '../operation';
import { present, wireTime } from './wire-values';

export function presentTaskDefinition(plane: ControlPlane, taskDefinition: TaskDefinition): Message {
  const { requiresAttributes } = taskDefinition;
  return present({
    taskDefinitionArn: taskDefinition.arn,
    family: taskDefinition.family,
    revision: taskDefinition.revision,
    ...taskDefinition.body,
    status: taskDefinition.status,
    requiresAttributes: requiresAttributes.length > 0 ? requiresAttributes : undefined,
    compatibilities: taskDefinition.compatibilities,
    registeredAt: wireTime(plane.clock, taskDefinition.registeredAt),
    registeredBy: taskDefinition.registeredBy,
    deregisteredAt: wireTime(plane.clock, taskDefinition.deregisteredAt),
    deleteRequestedAt: wireTime(plane.clock, taskDefinition.deleteRequestedAt),
  });
}
