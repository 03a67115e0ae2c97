import { githubReporter } from './github';
import { jsonReporter } from './json';
import { liveReporter } from './live/live-reporter';
import type { Reporter, ReporterOptions } from './reporter';
import { textReporter } from './text';
import { jsonWithoutCommands, withoutCommands } from './workflow-commands';

/** Everything that is printed goes through here: for a person or as JSON, and to GitHub where a workflow runs it. */
export function createReporter(options: ReporterOptions): Reporter {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = options.env;
  const reporters = [mainReporter(GITHUB_ACTIONS ? guarded(options) : options)];
  if (GITHUB_ACTIONS || GITHUB_STEP_SUMMARY || GITHUB_OUTPUT) reporters.push(githubReporter(options));
  return {
    sink: (event) => reporters.forEach((reporter) => reporter.sink(event)),
    error: (error) => reporters.forEach((reporter) => reporter.error(error)),
    close: () => reporters.forEach((reporter) => reporter.close?.()),
  };
}

/** What it writes holds no workflow command; those that slipway means are the GitHub reporter's. */
function guarded(options: ReporterOptions): ReporterOptions {
  const { json, stdout, stderr } = options;
  const guard = json ? jsonWithoutCommands : withoutCommands;
  return {
    ...options,
    stdout: (text) => stdout(guard(text)),
    stderr: (text) => stderr(withoutCommands(text)),
  };
}

function mainReporter(options: ReporterOptions): Reporter {
  if (options.json) return jsonReporter(options);
  // A terminal that cannot move its cursor gets the lines of a log.
  if (!options.isTerminal || options.env.TERM === 'dumb') return textReporter(options);
  return liveReporter(options, options.terminal);
}
