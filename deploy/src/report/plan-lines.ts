import type { Change } from '../release/change';
import type { Plan } from '../release/plan';
import type { RollbackPlanResult } from '../release/result';
import { changeLines } from './changes';
import { labelled, plural, shortImage, WIDTH, wrap, type Style } from './style';

/** What would happen: one line a change, with the place in the definition that holds the new value. */
export function planLines(plan: Plan, style: Style): string[] {
  const lines = wrap(planSentence(plan), 2, '');
  for (const change of plan.changes) {
    lines.push(...changeLines(change, WIDTH - 2).map((line) => `  ${style(colourOf(change), line)}`));
  }
  for (const image of plan.images)
    lines.push(...labelled('image', `${image.container}: ${shortImage(image.resolved)}`));
  for (const note of plan.notes) lines.push(...labelled('note', note));
  return lines;
}

export function planSentence(plan: Plan): string {
  const where = `${plan.service} in ${plan.cluster}`;
  switch (plan.action) {
    case 'create':
      return `create ${where}: the service does not exist yet`;
    case 'unchanged':
      return `${where} is up to date: ${plan.running?.taskDefinition ?? ''} runs what the definitions say`;
    case 'update': {
      const what =
        plan.changes.length === 0 ? (plan.forced ?? 'tags') : plural(plan.changes.length, 'change');
      const revision = plan.register === undefined ? 'no new revision' : 'a new revision';
      return `update ${where}: ${what}, ${revision} (now ${plan.running?.taskDefinition ?? 'nothing'})`;
    }
  }
}

const WAYS: Record<RollbackPlanResult['how'], string> = {
  'stop-deployment': 'StopServiceDeployment (ROLLBACK)',
  'update-service': 'UpdateService',
  join: 'waiting for the rollback in progress',
};

export function rollbackPlanLines({ from, to, how, why }: RollbackPlanResult): string[] {
  const lines = wrap(`roll back from ${from.taskDefinition} to ${to.taskDefinition}: ${why}`, 2, '');
  lines.push(...labelled('by', WAYS[how]));
  for (const [container, image] of Object.entries(to.images))
    lines.push(...labelled('image', `${container}: ${shortImage(image)}`));
  return lines;
}

function colourOf(change: Change): 'green' | 'red' | 'yellow' {
  return change.before === undefined ? 'green' : change.after === undefined ? 'red' : 'yellow';
}
