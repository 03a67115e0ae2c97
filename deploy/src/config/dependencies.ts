/** A service, and the services that come before it. */
export interface Dependent {
  service: string;
  dependsOn: readonly string[];
}

/** Services so that each comes after those that it depends on; otherwise in the order that they had. */
export function dependencyOrder<Service extends Dependent>(services: readonly Service[]): Service[] {
  const ordered: Service[] = [];
  const visited = new Set<string>();
  const visit = (one: Service): void => {
    if (visited.has(one.service)) return;
    visited.add(one.service);
    for (const name of one.dependsOn) {
      const other = services.find(({ service }) => service === name);
      if (other !== undefined) visit(other);
    }
    ordered.push(one);
  };
  services.forEach(visit);
  return ordered;
}

/** One circle of dependencies, `['web', 'api', 'web']`; undefined where there is none. */
export function findCycle(services: readonly Dependent[]): string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    done.add(name);
    for (const next of services.find(({ service }) => service === name)?.dependsOn ?? []) {
      const cycle = walk(next, [...path, name]);
      if (cycle !== undefined) return cycle;
    }
    return undefined;
  };
  for (const { service } of services) {
    const cycle = walk(service, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
