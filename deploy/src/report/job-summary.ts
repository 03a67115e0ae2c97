import type { Release } from '../release/outcome';
import type { DeploymentResult, Result } from '../release/result';
import { changeLine, positionText } from './changes';
import { containerSentence, explanationOf, stoppedSentence } from './deployment-lines';
import { headline } from './headline';
import { planSentence } from './plan-lines';
import { duration, plural, shortImage } from './style';

/** Markdown for GITHUB_STEP_SUMMARY: outcome first, details folded. Empty for what belongs into no summary. */
export function summaryOf(result: Result): string {
  switch (result.kind) {
    case 'deployment':
      return deploymentSummary(result);
    case 'plan':
      return section([
        `### Plan for ${placeText(result.plan)}`,
        escape(planSentence(result.plan)),
        result.plan.changes.length === 0 ? '' : fence(result.plan.changes.map(changeLine)),
        ...result.plan.notes.map((note) => `> ${escape(note)}`),
      ]);
    case 'rollback-plan':
      return section([
        `### Rollback planned for ${placeText(result.place)}`,
        `From \`${result.from.taskDefinition}\` to \`${result.to.taskDefinition}\`: ${escape(result.why)}`,
      ]);
    case 'delete':
      return section([`### Delete ${placeText(result.place)}: ${result.outcome}`, escape(result.message)]);
    case 'findings':
      return section([
        `### ${result.exitCode === 0 ? MARKS.good : MARKS.bad} Preflight of ${placeText(result.place)}`,
        result.findings.length === 0
          ? `${plural(result.checks, 'check')} passed`
          : fence(result.findings.map(({ level, message }) => `${level}: ${message}`)),
      ]);
    case 'done':
      return section([`### ${result.command}: ${result.outcome}`, escape(result.message)]);
    case 'status':
    case 'history':
    case 'check':
    case 'render':
    case 'table':
      return '';
  }
}

/** Of a run that ended with an error instead of a result. */
export function errorSummary(code: string, message: string, hint: string | undefined): string {
  return section([`### ❌ ${code}`, fence([message]), hint === undefined ? '' : escape(hint)]);
}

const MARKS = { good: '✅', bad: '❌', unsure: '⏳' } as const;

function deploymentSummary(result: DeploymentResult): string {
  const { word, sentence, tone } = headline(result);
  const explanation = explanationOf(result);
  const { outcome } = result;
  const parts = [
    `### ${MARKS[tone]} ${word}: ${placeText(result.place)}`,
    escape(sentence),
    table(result.replaced, outcome.release, result.seconds),
  ];
  if (explanation !== undefined) {
    parts.push(`**Why:** ${escape(explanation.cause)}`);
    if (explanation.fix !== undefined) parts.push(`**Fix:** ${escape(explanation.fix)}`);
    for (const group of explanation.stoppedTasks.slice(0, 3)) {
      const lines = [
        stoppedSentence(group),
        containerSentence(group) ?? '',
        ...group.logLines.map((line) => `| ${line}`),
      ];
      parts.push(fence(lines.filter(Boolean)));
    }
    if (explanation.targetHealth.length > 0) parts.push(fence(explanation.targetHealth));
  }
  if (result.changes.length > 0) {
    const lines = result.changes.map((change) =>
      change.position === undefined
        ? changeLine(change)
        : `${changeLine(change)}  (${positionText(change.position)})`,
    );
    parts.push(details(plural(result.changes.length, 'change'), lines));
  }
  if (explanation !== undefined && explanation.events.length > 0)
    parts.push(details('Service events', explanation.events));
  if (result.goBack !== undefined) parts.push(`**Go back:** \`${result.goBack}\``);
  return section(parts);
}

function table(from: Release | undefined, to: Release, seconds: number): string {
  const images = (release: Release | undefined) =>
    Object.values(release?.images ?? {})
      .map((image) => `\`${shortImage(image)}\``)
      .join('<br>') || '–';
  const code = (text: string | undefined) => (text === undefined ? '–' : `\`${text}\``);
  return [
    '| | before | this release |',
    '|---|---|---|',
    `| revision | ${code(from?.taskDefinition)} | ${code(to.taskDefinition)} |`,
    `| commit | ${code(from?.gitSha)} | ${code(to.gitSha)} |`,
    `| image | ${images(from)} | ${images(to)} |`,
    `| deployment | ${code(from?.deploymentId)} | ${code(to.deploymentId)}, ${duration(seconds)} |`,
  ].join('\n');
}

function placeText(place: { service: string; cluster: string; environment: string | undefined }): string {
  return `${place.service} in ${place.environment ?? place.cluster}`;
}

const section = (parts: readonly string[]) => `${parts.filter(Boolean).join('\n\n')}\n\n`;

/** A fence that no line of the text can close. */
function fence(lines: readonly string[]): string {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}text\n${text}\n${mark}`;
}

function details(title: string, lines: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${fence(lines)}\n\n</details>`;
}

/** Text of ECS and of logs is no markup. */
const escape = (text: string) =>
  text.replace(/[\\`*_{}[\]<>|#]/g, (mark) => `\\${mark}`).replace(/\s+/g, ' ');
