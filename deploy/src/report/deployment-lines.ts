import type { Change } from '../release/change';
import type { Explanation, StoppedTasks } from '../release/outcome';
import type { DeploymentResult } from '../release/result';
import { changeLines, positionText } from './changes';
import { headline } from './headline';
import { likelyChange } from './likely-change';
import {
  command,
  duration,
  LABEL_COLUMN,
  labelled,
  plural,
  WIDTH,
  withoutArns,
  wrap,
  type Style,
} from './style';

const TONES = { good: 'green', bad: 'red', unsure: 'yellow' } as const;

/** The last lines of a deploy or rollback: outcome and what serves now, cause, evidence, what changed, the way back. */
export function deploymentLines(result: DeploymentResult, style: Style): string[] {
  const { word, sentence, tone } = headline(result);
  const explanation = explanationOf(result);
  const [first = '', ...rest] = wrap(sentence, 2, `${word}  `);
  const lines = [style(['bold', TONES[tone]], word) + first.slice(word.length), ...rest];
  const { outcome } = result;
  if (outcome.kind === 'rolled-back') lines.push(...labelled('because', outcome.reason));
  if (explanation !== undefined) lines.push(...explanationLines(explanation, style));
  if (explanation !== undefined && result.changes.length > 0) {
    const suspect = likelyChange(result.changes, explanation);
    if (suspect !== undefined && result.changes.length > 1)
      lines.push(...labelled('suspect', suspectSentence(suspect)));
    lines.push(...changedLines(result.changes));
  }
  if (result.goBack !== undefined && outcome.kind !== 'unchanged')
    lines.push(command('go back', result.goBack));
  if (result.follow !== undefined) lines.push(command('follow', result.follow));
  if (result.exitCode !== 0) lines.push(...labelled('exit', String(result.exitCode)));
  return lines;
}

export function explanationOf({ outcome }: DeploymentResult): Explanation | undefined {
  return 'explanation' in outcome ? outcome.explanation : undefined;
}

function explanationLines(explanation: Explanation, style: Style): string[] {
  const label = explanation.certainty === 'certain' ? 'cause' : 'likely';
  const [cause = '', ...causeRest] = labelled(label, explanation.cause);
  const lines = [style('bold', cause), ...causeRest];
  if (explanation.fix !== undefined) lines.push(...labelled('fix', explanation.fix));
  for (const [index, group] of explanation.stoppedTasks.slice(0, 3).entries()) {
    lines.push(...stoppedLines(group, index === 0 ? 'evidence' : '', style));
  }
  for (const [index, health] of explanation.targetHealth.slice(0, 4).entries()) {
    lines.push(...labelled(index === 0 ? 'targets' : '', health));
  }
  for (const [index, event] of tellingEvents(explanation.events).entries()) {
    lines.push(...labelled(index === 0 ? 'events' : '', event));
  }
  return lines;
}

/** What ECS always says while it works explains nothing. */
const ROUTINE =
  /has started|has stopped|stopped \d+ pending|registered \d+ targets|steady state|begun draining|deployment completed/;

function tellingEvents(events: readonly string[]): string[] {
  return events
    .filter((event) => !ROUTINE.test(event) || /unhealthy/.test(event))
    .slice(0, 5)
    .map(withoutArns);
}

/** How a group of tasks ended, in one line: `3 tasks: EssentialContainerExited, Essential container in task exited`. */
export function stoppedSentence(group: StoppedTasks): string {
  const what = [group.stopCode, group.stoppedReason].filter(Boolean).join(': ');
  return `${plural(group.count, 'task')} stopped: ${what}`;
}

/** `container web, exit status 1, ran 0.4 s`; undefined where no container is to blame. */
export function containerSentence(group: StoppedTasks): string | undefined {
  if (group.container === undefined) return undefined;
  return [
    `container ${group.container}`,
    group.exitCode === undefined
      ? 'never ran'
      : `exit status ${group.exitCode}${group.signal === undefined ? '' : ` (${group.signal})`}`,
    group.ranSeconds === undefined ? undefined : `ran ${duration(group.ranSeconds)}`,
    group.containerReason,
  ]
    .filter(Boolean)
    .join(', ');
}

function stoppedLines(group: StoppedTasks, label: string, style: Style): string[] {
  const lines = labelled(label, stoppedSentence(group));
  const container = containerSentence(group);
  if (container !== undefined) lines.push(...labelled('', container));
  if (group.logNote !== undefined) lines.push(...labelled('', group.logNote));
  const indent = ' '.repeat(LABEL_COLUMN);
  lines.push(...group.logLines.map((line) => style('dim', `${indent}| ${line}`)));
  return lines;
}

/** The change that most likely brought it about, in a word and its place. */
function suspectSentence({ path, position }: Change): string {
  return `${path}${position === undefined ? '' : ` (${positionText(position)})`}`;
}

function changedLines(changes: readonly Change[]): string[] {
  const shown = changes.slice(0, 8).flatMap((change) => changeLines(change, WIDTH - LABEL_COLUMN));
  if (changes.length > 8) shown.push(`and ${changes.length - 8} more`);
  return shown.map((line, index) => (index === 0 ? '  changed' : '').padEnd(LABEL_COLUMN) + line);
}
