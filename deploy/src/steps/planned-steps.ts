import type { ServiceConfig, StepConfig } from '../config/config';
import { withoutPassword } from '../outputs/sources/http';
import type { Plan } from '../release/plan';
import { joinWords } from '../tasks/command-line';

/** What a deploy runs besides the release itself. */
export interface PlannedStep {
  when: 'before' | 'after' | 'smoke';
  /** Of a step its name, of a check its address. */
  name: string;
  /** What it does, in words. */
  what: string;
}

type Steps = Pick<ServiceConfig, 'before' | 'after' | 'smoke'>;

/** Steps run with a new revision; checks after every change of what runs. */
export function plannedSteps({ before, after, smoke }: Steps, plan: Plan): PlannedStep[] {
  const checks = smoke.map(({ url, status, contains }): PlannedStep => {
    const holds = contains === undefined ? '' : ` and "${contains}" in the answer`;
    return { when: 'smoke', name: withoutPassword(url), what: `GET, until ${status}${holds}` };
  });
  if (plan.request === undefined) return [];
  if (plan.register === undefined) return checks;
  return [
    ...before.map((step) => ofStep('before', step)),
    ...after.map((step) => ofStep('after', step)),
    ...checks,
  ];
}

function ofStep(when: 'before' | 'after', { name, container, command }: StepConfig): PlannedStep {
  const words = command.length === 0 ? 'its own command' : joinWords(command);
  return { when, name, what: container === undefined ? words : `${words} (container ${container})` };
}
