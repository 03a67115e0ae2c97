import { loadSchema, type Structure } from '../../schema/schema';

export type DefinitionKind = 'task-definition' | 'service';

/** What a definition may hold, from the generated schema. */
export interface Shape {
  structure: Structure;
  /** What `describe` answers on top: dropped with a note. */
  readOnly: ReadonlySet<string>;
  /** What the config says, whatever stands here. */
  fromConfig: ReadonlySet<string>;
}

/**
 * A task definition is RegisterTaskDefinition's input. A service definition serves CreateService and UpdateService,
 * so it holds what either takes; the config names cluster, service and task definition.
 */
export function shapeOf(kind: DefinitionKind): Shape {
  if (kind === 'task-definition') {
    const structure = inputOf('RegisterTaskDefinition');
    return { structure, readOnly: beyond('TaskDefinition', structure), fromConfig: new Set() };
  }
  const members = { ...inputOf('UpdateService').members, ...inputOf('CreateService').members };
  const structure: Structure = { members };
  return {
    structure,
    readOnly: beyond('Service', structure),
    fromConfig: new Set(['cluster', 'service', 'serviceName', 'taskDefinition']),
  };
}

function inputOf(operation: string): Structure {
  const { operations, structures } = loadSchema();
  const structure = structures[operations[operation] ?? ''];
  if (structure === undefined) throw new Error(`ecs.json has no operation ${operation}`);
  return structure;
}

function beyond(described: string, structure: Structure): Set<string> {
  const members = loadSchema().structures[described]?.members ?? {};
  return new Set(Object.keys(members).filter((name) => !Object.hasOwn(structure.members, name)));
}
