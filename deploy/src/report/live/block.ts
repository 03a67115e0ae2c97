import type { TaskStage, TaskState } from '../../release/task-states';
import { duration, plural, type Style } from '../style';
import type { Section } from './board';
import { fit } from './width';

export interface Size {
  columns: number;
  rows: number;
}

interface Line {
  text: string;
  tone?: Parameters<Style>[0];
}

/** Failures of a service that are shown one by one, at most. */
const FAILURES = 5;
const BAR = 10;

/**
 * The live lines: for each service a head, its failures, then its other tasks; last how long it has taken and takes
 * yet. Never higher than the terminal, never wider, so that no line wraps.
 */
export function blockLines(sections: readonly Section[], size: Size, now: number, style: Style): string[] {
  if (sections.length === 0) return [];
  // One row stays for the cursor, and the last column empty: some terminals wrap there.
  const room = Math.max(2, size.rows - 1);
  const columns = size.columns - 1;
  const heads = sections.map((section) => ({ section, lines: headLines(section) }));
  const foot = footLine(sections, now);
  let left = room - 1 - heads.reduce((sum, { lines }) => sum + lines.length, 0);
  const lines: Line[] = [];
  for (const [index, { section, lines: head }] of heads.entries()) {
    const tasks = taskLines(section, Math.max(0, Math.floor(left / (heads.length - index))), now);
    left -= tasks.length;
    lines.push(...head, ...tasks);
  }
  return [...lines.slice(0, room - 1), foot].map(({ text, tone }) => {
    const shown = fit(text, columns);
    return tone === undefined ? shown : style(tone, shown);
  });
}

function headLines(section: Section): Line[] {
  const { running, desired, service, isRollingBack, isServing } = section;
  const name = service === undefined ? '' : `${service}  `;
  const what = section.tasks.find(({ ours }) => ours)?.taskDefinition ?? section.deployment;
  const full = desired === 0 ? 0 : Math.min(BAR, Math.round((running / desired) * BAR));
  const bar = '#'.repeat(full) + '.'.repeat(BAR - full);
  const state = isRollingBack ? '  rolling back' : isServing ? '  serving' : '';
  return [
    {
      text: `  ${name}${bar} ${running}/${desired} running  ${what}${state}`,
      tone: isRollingBack ? 'red' : 'bold',
    },
    { text: `  ${detailParts(section).join(', ')}`, tone: 'dim' },
  ];
}

function detailParts({ pending, previousRunning, failed, rollout }: Section): string[] {
  const parts = [`${pending} starting`];
  if (previousRunning > 0) parts.push(`${previousRunning} of the release before`);
  if (rollout?.breaker !== undefined) {
    const { failed: counted, threshold } = rollout.breaker;
    const most = threshold === undefined ? '' : `/${threshold}`;
    parts.push(`breaker ${Math.max(counted, failed)}${most}`);
  } else if (failed > 0) parts.push(`${failed} failed`);
  if (rollout?.alarms !== undefined) {
    const { triggered, watched } = rollout.alarms;
    parts.push(
      triggered.length === 0 ? `${plural(watched.length, 'alarm')} quiet` : `ALARM ${triggered.join(' ')}`,
    );
  }
  if (rollout?.traffic !== undefined) parts.push(`${rollout.traffic} % of traffic`);
  if (rollout?.stage !== undefined) parts.push(rollout.stage.toLowerCase().replaceAll('_', ' '));
  return parts;
}

const TONES: Partial<Record<TaskStage, Line['tone']>> = {
  healthy: 'green',
  unhealthy: 'red',
  draining: 'dim',
  stopping: 'dim',
};

/** Those that need a look come first. */
const ORDER: readonly TaskStage[] = [
  'unhealthy',
  'provisioning',
  'pulling',
  'starting',
  'running',
  'healthy',
  'draining',
  'stopping',
  'stopped',
];

function taskLines(section: Section, room: number, now: number): Line[] {
  const newest = [...section.failures].reverse();
  const failures = newest.slice(0, FAILURES).map(({ task, reason, exitCode }): Line => {
    const exit = exitCode === undefined ? '' : `exit status ${exitCode}: `;
    return { text: `    ${task.slice(0, 8)} ${'stopped'.padEnd(12)} ${exit}${reason}`, tone: 'red' };
  });
  if (newest.length > FAILURES)
    failures.push({ text: `    and ${newest.length - FAILURES} more that stopped`, tone: 'red' });
  const failed = new Set(newest.map(({ task }) => task));
  const others = section.tasks.filter(({ task }) => !failed.has(task));
  const sorted = others.sort(
    (one, other) =>
      Number(other.ours) - Number(one.ours) || ORDER.indexOf(one.stage) - ORDER.indexOf(other.stage),
  );
  const tasks = sorted.map((task) => taskLine(task, now));
  const all = [...failures, ...tasks];
  if (all.length <= room) return all;
  if (room < 2) return [];
  const hidden = sorted.slice(Math.max(0, room - 1 - failures.length));
  return [...all.slice(0, room - 1), { text: `    and ${hiddenSentence(hidden)}`, tone: 'dim' }];
}

function hiddenSentence(tasks: readonly TaskState[]): string {
  const counts = new Map<TaskStage, number>();
  for (const { stage } of tasks) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return `${plural(tasks.length, 'more task')}: ${[...counts].map(([stage, count]) => `${count} ${stage}`).join(', ')}`;
}

function taskLine({ task, stage, since, taskDefinition, ours, reason }: TaskState, now: number): Line {
  const age = since === undefined ? '' : duration(Math.max(0, Math.round((now - +since) / 1000)));
  const revision = ours ? '' : `of ${taskDefinition}`;
  const text = ['   ', task.slice(0, 8), stage.padEnd(12), age.padEnd(8), reason ?? revision]
    .join(' ')
    .trimEnd();
  const tone = ours ? TONES[stage] : 'dim';
  return tone === undefined ? { text } : { text, tone };
}

function footLine(sections: readonly Section[], now: number): Line {
  const seconds = Math.max(...sections.map(({ startedAt }) => (now - startedAt) / 1000));
  const elapsed = `  ${duration(Math.floor(Math.max(0, seconds)))}`;
  const forward = sections.filter(({ isRollingBack }) => !isRollingBack);
  const [usual] = forward.flatMap(({ estimate }) => estimate ?? []).sort((one, other) => other - one);
  if (usual === undefined) return { text: elapsed };
  const left = usual - seconds;
  const rest = left > 1 ? `about ${duration(Math.round(left))} to go` : 'longer than usual';
  return { text: `${elapsed}, ${rest} (usually ${duration(Math.round(usual))})` };
}
