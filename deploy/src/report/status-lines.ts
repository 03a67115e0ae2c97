import type { AutoscalingStatus, HistoryResult, InProgress, StatusResult } from '../release/result';
import { labelled, plural, shortDigest, shortImage, type Style } from './style';

export function statusLines(status: StatusResult, style: Style): string[] {
  const { place, release, record } = status;
  const lines = [`${style('bold', place.service)} in ${place.cluster} (${place.region}): ${status.status}`];
  if (release !== undefined) {
    lines.push(...labelled('runs', release.taskDefinition));
    for (const [container, image] of Object.entries(release.images))
      lines.push(...labelled('image', `${container}: ${shortImage(image)}`));
  }
  if (record?.gitSha !== undefined) lines.push(...labelled('commit', record.gitSha));
  if (record?.actor !== undefined) lines.push(...labelled('by', record.actor));
  if (record?.runUrl !== undefined) lines.push(...labelled('run', record.runUrl));
  if (record?.replaced !== undefined) lines.push(...labelled('replaced', record.replaced));
  if (status.status !== 'MISSING') {
    lines.push(
      ...labelled(
        'tasks',
        `${status.runningCount} of ${status.desiredCount} running, ${status.pendingCount} pending`,
      ),
    );
  }
  if (status.controller !== undefined)
    lines.push(...labelled('deployed', `by ${status.controller}, not by ECS`));
  if (status.autoscaling !== undefined)
    lines.push(...labelled('scaling', scalingSentence(status.autoscaling)));
  for (const deployment of status.deployments) {
    const counts = `${deployment.runningCount}/${deployment.desiredCount} running`;
    const failed = deployment.failedTasks > 0 ? `, ${plural(deployment.failedTasks, 'failed task')}` : '';
    const state = deployment.rolloutState === undefined ? '' : ` ${deployment.rolloutState}`;
    lines.push(
      ...labelled(
        'rollout',
        `${deployment.id} ${deployment.status}${state}, ${deployment.taskDefinition}, ${counts}${failed}`,
      ),
    );
  }
  if (status.inProgress !== undefined) lines.push(...inProgressLines(status.inProgress, place));
  for (const [index, event] of status.events.entries()) {
    lines.push(...labelled(index === 0 ? 'events' : '', `${event.at.toISOString()} ${event.message}`));
  }
  return lines;
}

function scalingSentence({ min, max, suspended, policies }: AutoscalingStatus): string {
  const by = policies.length === 0 ? 'without any policy' : `by ${policies.join(', ')}`;
  return `${min} to ${max} tasks ${by}${suspended ? '; suspended' : ''}`;
}

function inProgressLines(current: InProgress, { environment }: StatusResult['place']): string[] {
  const { stage, strategy, bakeTimeMinutes, breaker, alarms } = current;
  const bake = bakeTimeMinutes === undefined ? '' : `, bakes for ${bakeTimeMinutes} min`;
  const lines = labelled(
    'now',
    `${current.deploymentId} ${current.status}${stage === undefined ? '' : ` at ${stage}`}, ${strategy}${bake}`,
  );
  for (const { taskDefinition, production, test } of current.traffic)
    lines.push(...labelled('traffic', `${taskDefinition}: ${production} % of production, ${test} % of test`));
  if (breaker !== undefined) {
    const most = breaker.threshold === undefined ? '' : ` of ${breaker.threshold}`;
    lines.push(...labelled('breaker', `${breaker.failures}${most} failed tasks, ${breaker.status}`));
  }
  if (alarms !== undefined && alarms.watched.length > 0) {
    const names = alarms.triggered.length > 0 ? alarms.triggered : alarms.watched;
    lines.push(...labelled('alarms', `${alarms.status}: ${names.join(', ')}`));
  }
  for (const { hookId, expiresAt, otherwise } of current.waitsFor) {
    const then = otherwise === 'CONTINUE' ? 'goes on' : 'rolls back';
    const until =
      expiresAt === undefined ? '' : `; without an answer ECS ${then} at ${expiresAt.toISOString()}`;
    lines.push(...labelled('waits', `for an answer to ${hookId}${until}`));
  }
  if (current.waitsFor.length > 0)
    lines.push(
      ...labelled('answer', ['slipway continue', environment, '[--rollback]'].filter(Boolean).join(' ')),
    );
  return lines;
}

const COLUMNS = ['when', 'outcome', 'revision', 'commit', 'image', 'by'] as const;

/** A table, newest first; the running release is marked. */
export function historyLines({ releases, place }: HistoryResult, style: Style): string[] {
  if (releases.length === 0) return [`no release of ${place.service} in ${place.cluster} is on record`];
  const rows = releases.map((release) => [
    release.at?.toISOString().replace(/\.\d+Z$/, 'Z') ?? '-',
    release.outcome + (release.current ? ' *' : ''),
    release.taskDefinition,
    release.gitSha?.slice(0, 7) ?? '-',
    release.digest === undefined ? '-' : shortDigest(release.digest),
    release.actor ?? '-',
  ]);
  return tableLines(COLUMNS, rows, style);
}

/** A column is as wide as its longest value. */
export function tableLines(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [style('bold', line(columns)), ...rows.map(line)];
}
