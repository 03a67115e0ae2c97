import type { Event } from '../events';
import type { CheckResult, Result } from '../release/result';
import { deploymentLines } from './deployment-lines';
import { deploymentsLines } from './many-lines';
import { planLines, planResultLines, rollbackPlanLines } from './plan-lines';
import type { Reporter, ReporterOptions } from './reporter';
import { headline } from './headline';
import { initLines, splitLines } from './init-lines';
import { findingLines, findingsLines } from './finding-lines';
import { historyLines, statusLines, tableLines } from './status-lines';
import { coloured, duration, labelled, plain, plural, withoutArns, wrap, type Style } from './style';

/**
 * Lines of at most 80 columns, one for each change: the same in a terminal and in a CI log, which has no colours.
 * The log goes to stderr; what a pipe would want (a difference, the status, the history) to stdout.
 */
export function textReporter({ isTerminal, stdout, stderr, env }: ReporterOptions): Reporter {
  const style = isTerminal && !env.NO_COLOR && env.TERM !== 'dumb' ? coloured : plain;
  const said = new Map<string, string>();
  const log = (lines: readonly string[]) => lines.forEach((line) => stderr(`${line}\n`));
  return {
    sink: (event) => {
      if (event.type !== 'result') {
        const lines = eventLines(event, style);
        const service = event.service ?? '';
        // A status that changed and no count with it: nothing that a person would read twice.
        if (event.type === 'progress' && lines.join() === said.get(service)) return;
        if (event.type === 'progress') said.set(service, lines.join());
        if (event.type === 'log' && event.step === undefined)
          return lines.forEach((line) => stdout(`${line}\n`));
        return log(lines);
      }
      const lines = resultLines(event.result, style);
      if (isData(event.result)) lines.forEach((line) => stdout(`${line}\n`));
      else log(['', ...lines]);
    },
    error: ({ code, message, hint, summary }) =>
      log([
        `${style('red', 'slipway:')} ${summary ?? message} [${code}]`,
        ...(hint === undefined || summary !== undefined ? [] : wrap(hint, 2, '  ')),
      ]),
  };
}

function isData(result: Result): boolean {
  if (result.kind === 'many') return result.results.some(isData);
  return !['deployment', 'deployments', 'delete', 'check', 'done'].includes(result.kind);
}

function resultLines(result: Result, style: Style): string[] {
  switch (result.kind) {
    case 'deployment':
      return deploymentLines(result, style);
    case 'deployments':
      return deploymentsLines(result, style);
    case 'many':
      return result.results.flatMap((each, index) => [
        ...(index === 0 ? [] : ['']),
        ...resultLines(each, style),
      ]);
    case 'plan':
      return planResultLines(result, style);
    case 'rollback-plan':
      return rollbackPlanLines(result);
    case 'status':
      return statusLines(result, style);
    case 'history':
      return historyLines(result, style);
    case 'delete':
      return wrap(result.message, 2, `${result.outcome.toUpperCase()}  `);
    case 'check':
      return labelled('note', checkSentence(result));
    case 'render':
      return (
        result.text?.split('\n') ?? result.documents.map((document) => JSON.stringify(document, null, 2))
      );
    case 'findings':
      return findingsLines(result, style);
    case 'init':
      return initLines(result);
    case 'split':
      return splitLines(result);
    case 'table':
      return result.rows.length === 0 ? [result.empty] : tableLines(result.columns, result.rows, style);
    case 'done':
      return result.message.split('\n').flatMap((line) => wrap(line, 2, ''));
  }
}

/** Where several services are at work, each line says which one it is about. */
function eventLines(event: Exclude<Event, { type: 'result' }>, style: Style): string[] {
  const of = event.service === undefined ? '' : `${event.service}: `;
  switch (event.type) {
    case 'phase':
      return labelled(event.phase, of + event.message);
    case 'plan':
      return ['', ...planLines(event.plan, style), ''];
    case 'note':
      return event.level === 'warning'
        ? wrap(of + event.message, 11, `  ${style('yellow', 'warning')}  `)
        : labelled('note', of + event.message);
    case 'service-event':
      return wrap(withoutArns(event.message), 12, `  ${event.at.toISOString().slice(11, 19)}  `).map((line) =>
        style('dim', line),
      );
    case 'progress':
      return labelled('tasks', of + progressSentence(event));
    case 'tasks':
      return [];
    case 'estimate': {
      const last =
        event.deployments === 1 ? 'the last deployment' : `the last ${event.deployments} deployments`;
      return labelled('usually', `${of}${duration(event.seconds)}, as ${last} took`);
    }
    case 'task-stopped': {
      const exit = event.exitCode === undefined ? '' : ` (exit status ${event.exitCode})`;
      return labelled('stopped', `${of}task ${event.task}: ${event.reason}${exit}`).map((line) =>
        style('yellow', line),
      );
    }
    case 'milestone':
      return labelled(event.milestone, of + milestoneSentence(event)).map((line) => style('green', line));
    case 'deployment': {
      const { word, sentence, tone } = headline(event.result);
      const colour = tone === 'good' ? 'green' : tone === 'bad' ? 'red' : 'yellow';
      return labelled('outcome', `${of}${word}: ${sentence}`).map((line) => style(colour, line));
    }
    case 'finding':
      return findingLines(event.finding, style);
    case 'log':
      return event.step === undefined
        ? [event.prefix === undefined ? event.line : `${event.prefix} ${event.line}`]
        : [`  ${event.step.padEnd(9)} | ${event.line}`];
    case 'heartbeat':
      return labelled('waiting', `${of}${duration(event.seconds)}: ${event.message}`);
  }
}

function checkSentence({ environments, files, outputs }: CheckResult): string {
  const where = environments.length === 0 ? '' : ` for ${environments.join(', ')}`;
  return `${plural(files.length, 'file')} fit${where}; they use ${plural(outputs.length, 'output')} of the contract`;
}

function progressSentence(event: Extract<Event, { type: 'progress' }>): string {
  const failed = event.failed > 0 ? `, ${event.failed} failed` : '';
  const previous = event.previousRunning > 0 ? `; ${event.previousRunning} of the release before` : '';
  return `${event.running} of ${event.desired} running, ${event.pending} starting${failed}${previous}`;
}

function milestoneSentence({ milestone, seconds }: Extract<Event, { type: 'milestone' }>): string {
  return milestone === 'serving'
    ? `the new release takes all traffic, after ${duration(seconds)}`
    : `the tasks of the release before are gone, after ${duration(seconds)}`;
}
