import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';
import type { Result } from '../release/result';
import { explanationOf } from './deployment-lines';
import { fileFrom } from './changes';
import { headline } from './headline';
import { likelyChange } from './likely-change';
import { errorSummary, summaryOf } from './job-summary';
import type { Reporter, ReporterOptions } from './reporter';

/**
 * For a GitHub workflow: the job summary (GITHUB_STEP_SUMMARY), step outputs (GITHUB_OUTPUT: `outcome`, `exit-code`,
 * `task-definition`) and, with GITHUB_ACTIONS, an annotation on the line that likely caused a failure.
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
  const annotate = (properties: Record<string, string | number>, message: string) => {
    if (!env.GITHUB_ACTIONS) return;
    const list = Object.entries(properties).map(
      ([name, value]) => `${name}=${escapeProperty(String(value))}`,
    );
    stderr(`::error ${list.join(',')}::${escapeData(message)}\n`);
  };

  return {
    sink: (event) => {
      if (event.type !== 'result') return;
      const { result } = event;
      append(env.GITHUB_STEP_SUMMARY, summaryOf(result));
      output(outputsOf(result));
      if (result.kind !== 'deployment' || result.exitCode === 0) return;
      const { word, sentence } = headline(result);
      const explanation = explanationOf(result);
      const suspect = likelyChange(result.changes, explanation);
      const place =
        suspect?.position === undefined
          ? {}
          : {
              file: fileFrom(suspect.position.file, env.GITHUB_WORKSPACE ?? process.cwd()),
              line: suspect.position.line,
              col: suspect.position.column,
            };
      annotate(
        { title: `${word}: ${result.place.service}`, ...place },
        [sentence, explanation?.cause, explanation?.fix].filter(Boolean).join('\n'),
      );
    },
    error: ({ code, message, hint, exitCode }) => {
      annotate({ title: `slipway ${code}` }, hint === undefined ? message : `${message}\n${hint}`);
      output({ outcome: 'error', error: code, 'exit-code': String(exitCode) });
      append(env.GITHUB_STEP_SUMMARY, errorSummary(code, message, hint));
    },
  };
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
      };
    }
    case 'plan':
      return { outcome: 'planned', action: result.plan.action, 'exit-code': String(result.exitCode) };
    case 'rollback-plan':
      return {
        outcome: 'planned',
        'task-definition': result.to.taskDefinition,
        'exit-code': String(result.exitCode),
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
      return {};
  }
}

const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ');

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
