import type { JsonObject } from '../../definition/definitions';
import type { Check, Problem } from '../check';
import type { Container } from '../subject';
import { number, objects, repeated, text } from '../values';

export const portMappings: Check = {
  name: 'port-mappings',
  summary: 'ports fit the network mode, and none is taken twice',
  actions: [],
  run: ({ containers, networkMode }) => {
    const mappings = containers.flatMap((container) =>
      objects(container.value['portMappings']).map(({ value, index }) => ({ container, value, index })),
    );
    const problems = mappings.flatMap(({ container, value, index }) =>
      ofMapping(container, value, index, networkMode),
    );
    const repeats = (key: (mapping: JsonObject) => string | undefined, message: (key: string) => string) => {
      const keys = mappings.map(({ value }) => key(value));
      for (const twice of repeated(keys)) {
        const second = mappings[keys.lastIndexOf(twice)];
        if (twice === undefined || second === undefined) continue;
        problems.push({
          level: 'error',
          message: `${message(twice)} (again in container ${second.container.name})`,
          hint: 'the containers of a task share its addresses: give each its own',
          position: second.container.at('portMappings', second.index),
        });
      }
    };
    repeats(
      (mapping) => hostPort(mapping, networkMode),
      (port) => `port ${port} of the task is mapped twice`,
    );
    repeats(
      ({ name }) => text(name),
      (name) => `two ports have the name "${name}"`,
    );
    return problems;
  },
};

function ofMapping(container: Container, mapping: JsonObject, index: number, networkMode: string): Problem[] {
  const at = (...path: string[]) => container.at('portMappings', index, ...path);
  const port = number(mapping['containerPort']);
  const host = number(mapping['hostPort']);
  const problems: Problem[] = [];
  const error = (message: string, hint: string, member: string) =>
    problems.push({
      level: 'error',
      message: `container ${container.name}: ${message}`,
      hint,
      position: at(member),
    });
  if (mapping['containerPort'] === undefined && mapping['containerPortRange'] === undefined) {
    const message = `container ${container.name}: a port mapping has no containerPort`;
    const hint = 'name the port that the container listens on';
    problems.push({ level: 'error', message, hint, position: at(), absence: true });
  }
  for (const [member, value] of [['containerPort', port] as const, ['hostPort', host] as const]) {
    const least = member === 'hostPort' ? 0 : 1;
    if (value !== undefined && (value < least || value > 65_535 || !Number.isInteger(value)))
      error(`${member} ${value} is no port`, `ports go from ${least} to 65535`, member);
  }
  const shares = networkMode === 'awsvpc' || networkMode === 'host';
  if (shares && host !== undefined && host !== port) {
    const message = `hostPort ${host} and containerPort ${port} differ, and with network mode ${networkMode} they are the same port`;
    error(message, 'leave "hostPort" out', 'hostPort');
  }
  return problems;
}

/** What has to be the task's alone; undefined where it is chosen anew for each task. */
function hostPort(mapping: JsonObject, networkMode: string): string | undefined {
  const protocol = text(mapping['protocol']) ?? 'tcp';
  const port =
    networkMode === 'awsvpc' || networkMode === 'host' ? mapping['containerPort'] : mapping['hostPort'];
  return typeof port === 'number' && port > 0 ? `${port}/${protocol}` : undefined;
}
