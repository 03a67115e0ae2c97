import { appendFileSync, statSync } from 'node:fs';
import { EOL } from 'node:os';
import type { Position } from '../definition/definitions';
import type { Finding } from '../preflight/finding';
import type { DeploymentResult, Place, Result } from '../release/result';
import { explanationOf } from './deployment-lines';
import { fileFrom } from './changes';
import { headline } from './headline';
import { releaseHeadline } from './many-lines';
import { likelyChange } from './likely-change';
import { errorSummary, summaryOf } from './job-summary';
import { SUMMARY_BYTES } from './summary-size';
import { Timeline } from './timeline';
import type { Reporter, ReporterOptions } from './reporter';

/**
 * For a GitHub workflow: the job summary (GITHUB_STEP_SUMMARY), step outputs (GITHUB_OUTPUT: `outcome`, `exit-code`,
 * `task-definition`, `url`) and, with GITHUB_ACTIONS, an annotation on the line that likely caused a failure.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubReporter({ stderr, env }: ReporterOptions): Reporter {
  const append = (file: string | undefined, text: string) => {
    if (file) appendFileSync(file, text);
  };
  const output = (values: Record<string, string>) =>
    append(
      env.GITHUB_OUTPUT,
      Object.entries(values)
        .map(([name, value]) => `${name}=${oneLine(value)}${EOL}`)
        .join(''),
    );
  const annotate = (
    properties: Record<string, string | number>,
    message: string,
    level: 'error' | 'warning' = 'error',
  ) => {
    if (!env.GITHUB_ACTIONS) return;
    const list = Object.entries(properties).map(
      ([name, value]) => `${name}=${escapeProperty(String(value))}`,
    );
    stderr(`::${level} ${list.join(',')}::${escapeData(message)}\n`);
  };

  const placeOf = (position: Position | undefined) =>
    position === undefined
      ? {}
      : {
          file: fileFrom(position.file, env.GITHUB_WORKSPACE ?? process.cwd()),
          line: position.line,
          col: position.column,
        };
  const annotateFinding = ({ check, level, message, hint, position }: Finding) =>
    annotate(
      { title: `slipway ${check}`, ...placeOf(position) },
      [message, hint].filter(Boolean).join('\n'),
      level,
    );
  const annotateFailure = (result: DeploymentResult) => {
    if (result.exitCode === 0) return;
    const { word, sentence } = headline(result);
    const explanation = explanationOf(result);
    const suspect = likelyChange(result.changes, explanation);
    annotate(
      { title: `${word}: ${result.place.service}`, ...placeOf(suspect?.position) },
      [sentence, explanation?.cause, explanation?.fix].filter(Boolean).join('\n'),
    );
  };
  const timeline = new Timeline();
  const findings: Finding[] = [];

  return {
    sink: (event) => {
      timeline.take(event);
      if (event.type === 'finding') {
        findings.push(event.finding);
        annotateFinding(event.finding);
      }
      if (event.type !== 'result') return;
      const { result } = event;
      const bytes = roomIn(env.GITHUB_STEP_SUMMARY);
      append(env.GITHUB_STEP_SUMMARY, summaryOf(result, { spans: timeline.finish(), bytes }));
      output(outputsOf(result));
      if (result.kind === 'findings') result.findings.forEach(annotateFinding);
      if (result.kind === 'deployment') annotateFailure(result);
      if (result.kind === 'deployments')
        result.services.forEach(({ deployment }) => deployment && annotateFailure(deployment));
    },
    error: (error) => {
      const { code, message, hint, exitCode, summary } = error;
      if (summary === undefined)
        annotate({ title: `slipway ${code}` }, hint === undefined ? message : `${message}\n${hint}`);
      output({ outcome: 'error', error: code, 'exit-code': String(exitCode) });
      append(env.GITHUB_STEP_SUMMARY, errorSummary(error, roomIn(env.GITHUB_STEP_SUMMARY), findings));
    },
  };
}

/** What the steps before have left of the limit. */
function roomIn(file: string | undefined): number {
  const size = file ? (statSync(file, { throwIfNoEntry: false })?.size ?? 0) : 0;
  return Math.max(0, SUMMARY_BYTES - size);
}

function outputsOf(result: Result): Record<string, string> {
  switch (result.kind) {
    case 'deployment': {
      const { release, kind } = result.outcome;
      return {
        outcome: kind,
        'exit-code': String(result.exitCode),
        'task-definition': release.taskDefinition,
        'deployment-id': release.deploymentId ?? '',
        ...urlOf(result.place),
      };
    }
    case 'deployments':
      return {
        outcome: releaseHeadline(result).word.toLowerCase().replaceAll(' ', '-'),
        'exit-code': String(result.exitCode),
        'release-id': result.releaseId ?? '',
      };
    case 'many':
      return { 'exit-code': String(result.exitCode) };
    case 'plan':
      return { outcome: 'planned', action: result.plan.action, 'exit-code': String(result.exitCode) };
    case 'rollback-plan':
      return {
        outcome: 'planned',
        'task-definition': result.to.taskDefinition,
        'exit-code': String(result.exitCode),
        ...urlOf(result.place),
      };
    case 'delete':
      return { outcome: result.outcome, 'exit-code': String(result.exitCode) };
    case 'status':
      return { 'task-definition': result.release?.taskDefinition ?? '' };
    case 'done':
      return { outcome: result.outcome, 'exit-code': String(result.exitCode) };
    case 'findings':
      return { outcome: result.exitCode === 0 ? 'passed' : 'refused', 'exit-code': String(result.exitCode) };
    case 'history':
    case 'check':
    case 'render':
    case 'table':
    case 'init':
    case 'split':
      return {};
  }
}

const urlOf = ({ url }: Place) => (url === undefined ? {} : { url });

const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ');

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
