import type { Check, Problem } from '../check';
import { objects, repeated, text } from '../values';

const mostContainers = 10;

export const containers: Check = {
  name: 'containers',
  summary: 'containers have a name of their own and an image, one is essential, and no variable is set twice',
  actions: [],
  run: ({ task, taskAt, containers }) => {
    const problems: Problem[] = [];
    const error = (message: string, hint: string, position: Problem['position']) =>
      problems.push({ level: 'error', message, hint, position });
    const list = taskAt('containerDefinitions');
    if (containers.length === 0 && task['containerDefinitions'] !== undefined)
      error('the task has no container', 'a task needs at least one', list);
    if (containers.length > mostContainers)
      error(`${containers.length} containers are too many`, `a task has ${mostContainers} at most`, list);
    if (containers.length > 0 && !containers.some(({ essential }) => essential)) {
      const hint = 'take "essential": false from the container without which the others make no sense';
      error('no container is essential', hint, containers[0]?.at('essential'));
    }
    const names = containers.map(({ value }) => text(value['name']));
    for (const name of repeated(names)) {
      if (name === undefined) continue;
      const hint = 'each container of a task has a name of its own';
      error(`two containers are named "${name}"`, hint, containers[names.lastIndexOf(name)]?.at('name'));
    }
    for (const { name, value, at } of containers) {
      for (const member of ['name', 'image']) {
        if (text(value[member]) !== undefined) continue;
        const message = `container ${name} has no ${member}`;
        problems.push({ level: 'error', message, hint: `set "${member}"`, position: at(), absence: true });
      }
      const variables = [
        ...objects(value['environment']).map((entry) => ({ ...entry, member: 'environment' })),
        ...objects(value['secrets']).map((entry) => ({ ...entry, member: 'secrets' })),
      ].map((entry) => ({ ...entry, variable: text(entry.value['name']) }));
      for (const twice of repeated(variables.map(({ variable }) => variable))) {
        const last = variables.findLast(({ variable }) => variable === twice);
        if (twice === undefined || last === undefined) continue;
        const message = `container ${name}: the variable ${twice} is set twice`;
        const hint = 'ECS takes each variable once, as plain text or as a secret';
        error(message, hint, at(last.member, last.index, 'name'));
      }
    }
    return problems;
  },
};
