import type { Release } from '../release/outcome';
import type { SlipwayError } from '../errors';
import type { Finding } from '../preflight/finding';
import type { DeploymentResult, DeploymentsResult, Result } from '../release/result';
import { changeLine, positionText } from './changes';
import { containerSentence, explanationOf, stoppedSentence } from './deployment-lines';
import { headline } from './headline';
import { releaseHeadline, serviceHeadline } from './many-lines';
import { planSentence } from './plan-lines';
import { duration, plural, shortImage } from './style';
import { cutLine, fitParts } from './summary-size';
import { timelineDiagram, timelineTable, type Span } from './timeline';

export interface SummaryOptions {
  /** Where the time went. */
  spans: readonly Span[];
  /** How much the file still takes. */
  bytes: number;
}

/** Markdown for GITHUB_STEP_SUMMARY: outcome first, details folded. Empty for what belongs into no summary. */
export function summaryOf(result: Result, { spans, bytes }: SummaryOptions): string {
  return fitParts(partsOf(result, spans), bytes);
}

function partsOf(result: Result, spans: readonly Span[]): string[] {
  switch (result.kind) {
    case 'deployment':
      return deploymentParts(result, spans);
    case 'deployments':
      return releaseParts(result, spans);
    case 'many':
      return result.results.flatMap((each) => partsOf(each, []));
    case 'plan':
      return [
        `### Plan for ${placeText(result.plan)}`,
        escape(planSentence(result.plan)),
        result.plan.changes.length === 0 ? '' : fence(result.plan.changes.map(changeLine)),
        ...(result.plan.steps ?? []).map(({ when, name, what }) => escape(`${when}: ${name}: ${what}`)),
        ...result.plan.notes.map((note) => `> ${escape(note)}`),
      ];
    case 'rollback-plan':
      return [
        `### Rollback planned for ${placeText(result.place)}`,
        `From \`${result.from.taskDefinition}\` to \`${result.to.taskDefinition}\`: ${escape(result.why)}`,
      ];
    case 'delete':
      return [`### Delete ${placeText(result.place)}: ${result.outcome}`, escape(result.message)];
    case 'findings':
      return [
        `### ${result.exitCode === 0 ? MARKS.good : MARKS.bad} Preflight of ${placeText(result.place)}`,
        result.findings.length === 0
          ? `${plural(result.checks, 'check')} passed`
          : fence(result.findings.map(findingSentence)),
      ];
    case 'done':
      return [`### ${result.command}: ${result.outcome}`, escape(result.message)];
    case 'status':
    case 'history':
    case 'check':
    case 'render':
    case 'table':
    case 'init':
    case 'split':
      return [];
  }
}

function findingSentence({ level, message, position }: Finding): string {
  return `${level}: ${message}${position === undefined ? '' : ` (${positionText(position)})`}`;
}

/** Of a run that ended with an error instead of a result, and what preflight had found by then. */
export function errorSummary(
  { code, message, hint }: SlipwayError,
  bytes: number,
  findings: readonly Finding[] = [],
): string {
  const found = findings.length < 2 ? '' : fence(findings.map(findingSentence));
  const parts = [`### ❌ ${code}`, fence([message]), found, hint === undefined ? '' : escape(hint)];
  return fitParts(parts, bytes);
}

const MARKS = { good: '✅', bad: '❌', unsure: '⏳' } as const;

function deploymentParts(result: DeploymentResult, spans: readonly Span[]): string[] {
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
        ...group.logLines.map((line) => `| ${cutLine(line)}`),
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
  parts.push(timelineDiagram(spans), timelineTable(spans));
  if (result.follow !== undefined) parts.push(`**Follow:** \`${result.follow}\``);
  if (result.goBack !== undefined) parts.push(`**Go back:** \`${result.goBack}\``);
  return parts;
}

/** The whole first, a line for each service, then each in full. */
function releaseParts(result: DeploymentsResult, spans: readonly Span[]): string[] {
  const { word, sentence, tone } = releaseHeadline(result);
  const rows = result.services.map((service) => {
    const own = serviceHeadline(service);
    return `| ${MARKS[own.tone]} ${service.place.service} | ${own.word} | ${escape(own.sentence)} |`;
  });
  const where = result.environment ?? result.services[0]?.place.cluster ?? '';
  return [
    `### ${MARKS[tone]} ${word}: ${plural(result.services.length, 'service')} in ${where}`,
    escape(sentence),
    ['| service | | |', '|---|---|---|', ...rows].join('\n'),
    result.goBack === undefined ? '' : `**Go back:** \`${result.goBack}\``,
    ...result.services.flatMap(({ deployment }) =>
      deployment === undefined || deployment.outcome.kind === 'unchanged'
        ? []
        : deploymentParts(deployment, []),
    ),
    timelineDiagram(spans),
    timelineTable(spans),
  ];
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
