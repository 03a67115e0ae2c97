import type { Change } from '../release/change';
import type { Plan } from '../release/plan';
import type { PlanResult, RollbackPlanResult } from '../release/result';
import { changeLines } from './changes';
import { labelled, plural, shortImage, WIDTH, wrap, type Style } from './style';

/** Of `diff`, and of a deploy that would only be planned. */
export function planResultLines({ plan, rendered, unified }: PlanResult, style: Style): string[] {
  if (unified !== undefined) return unifiedLines(unified, style);
  const heading =
    rendered === undefined
      ? []
      : [`${rendered}, laid beside what runs in ${plan.environment ?? plan.cluster}`];
  return [...heading, ...planLines(plan, style)];
}

function unifiedLines(unified: string, style: Style): string[] {
  if (unified === '') return [];
  const colours = { '+': 'green', '-': 'red', '@': 'cyan' } as const;
  return unified
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const colour = /^(---|\+\+\+) /.test(line) ? 'bold' : colours[line.charAt(0) as keyof typeof colours];
      return colour === undefined ? line : style(colour, line);
    });
}

/** What would happen: one line a change, with the place in the definition that holds the new value. */
export function planLines(plan: Plan, style: Style): string[] {
  const lines = wrap(planSentence(plan), 2, '');
  for (const change of newsOf(plan)) {
    lines.push(...changeLines(change, WIDTH - 2).map((line) => `  ${style(colourOf(change), line)}`));
    if (change.impossible !== undefined)
      lines.push(...wrap(change.impossible, 6, '    cannot be: ').map((line) => style('red', line)));
  }
  const environmental = plan.changes.filter(({ ofEnvironment }) => ofEnvironment);
  if (environmental.length > 0) {
    lines.push(`${plural(environmental.length, 'value')} of the environments' own, which no deploy changes:`);
    for (const change of environmental)
      lines.push(...changeLines(change, WIDTH - 2).map((line) => `  ${style('dim', line)}`));
  }
  for (const image of plan.images)
    lines.push(...labelled('image', `${image.container}: ${shortImage(image.resolved)}`));
  for (const { when, name, what } of plan.steps ?? []) lines.push(...labelled(when, `${name}: ${what}`));
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
      const news = newsOf(plan).length;
      const what = news === 0 ? (plan.forced ?? 'tags') : plural(news, 'change');
      const revision = plan.register === undefined ? 'no new revision' : 'a new revision';
      return `update ${where}: ${what}, ${revision} (now ${plan.running?.taskDefinition ?? 'nothing'})`;
    }
  }
}

/** Without what differs because the environments do. */
function newsOf(plan: Plan): Change[] {
  return plan.changes.filter(({ ofEnvironment }) => ofEnvironment !== true);
}

const WAYS: Record<RollbackPlanResult['how'], string> = {
  'stop-deployment': 'StopServiceDeployment (ROLLBACK)',
  'update-service': 'UpdateService',
  join: 'waiting for the rollback in progress',
};

export function rollbackPlanLines({ from, to, how, why, changes }: RollbackPlanResult): string[] {
  const lines = wrap(`roll back from ${from.taskDefinition} to ${to.taskDefinition}: ${why}`, 2, '');
  lines.push(...labelled('by', WAYS[how]));
  for (const change of changes) lines.push(...changeLines(change, WIDTH - 2).map((line) => `  ${line}`));
  for (const [container, image] of Object.entries(to.images))
    lines.push(...labelled('image', `${container}: ${shortImage(image)}`));
  return lines;
}

function colourOf(change: Change): 'green' | 'red' | 'yellow' {
  return change.before === undefined ? 'green' : change.after === undefined ? 'red' : 'yellow';
}
