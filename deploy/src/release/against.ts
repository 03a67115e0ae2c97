import type { Change } from './change';
import type { Plan } from './plan';

/**
 * What the approver of a promotion wants to know. `promoted` is what the definitions as one environment renders them
 * would change in the other; `own` is what a deploy to the other environment, as it renders them itself, would change.
 * What only the first finds, differs because the environments do: names, ARNs, variables of their own. It is kept, and
 * marked.
 */
export function comparedPlan(promoted: Plan, own: Plan): Plan {
  const news = new Set(own.changes.map(keyOf));
  const environmental = promoted.changes
    .filter((change) => !news.has(keyOf(change)))
    .map(({ part, path, before, after, position }): Change => {
      return { part, path, before, after, position, ofEnvironment: true };
    });
  return { ...own, changes: [...own.changes, ...environmental] };
}

function keyOf({ part, path }: Change): string {
  return `${part} ${path}`;
}
