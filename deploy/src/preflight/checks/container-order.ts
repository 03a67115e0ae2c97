import { suggestion } from '../../../schema/did-you-mean';
import type { Check, Problem } from '../check';
import type { Container } from '../subject';
import { objects, text } from '../values';

export const containerOrder: Check = {
  name: 'container-order',
  summary:
    'dependsOn names containers of the task, with conditions that they can meet, and goes in no circle',
  actions: [],
  run: ({ containers }) => {
    const byName = new Map(containers.map((container) => [container.name, container]));
    const problems = containers.flatMap((container) => ofContainer(container, byName));
    const circle = circleOf(containers, byName);
    if (circle !== undefined) {
      problems.push({
        level: 'error',
        message: `containers wait for each other in a circle: ${[...circle, circle[0]].join(' -> ')}`,
        hint: 'take one of these dependencies out',
        position: byName.get(circle[0] ?? '')?.at('dependsOn'),
      });
    }
    return problems;
  },
};

function ofContainer({ name, value, at }: Container, byName: ReadonlyMap<string, Container>): Problem[] {
  return objects(value['dependsOn']).flatMap(({ value: dependency, index }): Problem[] => {
    const on = text(dependency['containerName']) ?? '';
    const condition = text(dependency['condition']) ?? '';
    const error = (message: string, hint: string, member: string): Problem[] => [
      { level: 'error', message, hint, position: at('dependsOn', index, member) },
    ];
    const other = byName.get(on);
    if (other === undefined) {
      const message = `container ${name} depends on "${on}", which the task does not have${suggestion(on, byName.keys())}`;
      return error(message, 'name a container of this task definition', 'containerName');
    }
    const ends = condition === 'SUCCESS' || condition === 'COMPLETE';
    if (ends && other.essential) {
      const message = `container ${name} waits until ${on} has ended (${condition}), and ${on} is essential: the task ends with it`;
      return error(message, `set "essential": false on ${on}`, 'condition');
    }
    if (condition === 'HEALTHY' && other.value['healthCheck'] === undefined) {
      const message = `container ${name} waits until ${on} is HEALTHY, and ${on} has no healthCheck`;
      return error(
        message,
        `give ${on} a "healthCheck" (the one in its image does not count), or wait for START`,
        'condition',
      );
    }
    return [];
  });
}

/** Names of the containers in a circle, in order; undefined where there is none. */
function circleOf(
  containers: readonly Container[],
  byName: ReadonlyMap<string, Container>,
): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): string[] | undefined => {
    const start = way.indexOf(name);
    if (start >= 0) return way.slice(start);
    if (done.has(name)) return undefined;
    done.add(name);
    for (const { value } of objects(byName.get(name)?.value['dependsOn'])) {
      const found = visit(text(value['containerName']) ?? '', [...way, name]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const { name } of containers) {
    const found = visit(name, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
