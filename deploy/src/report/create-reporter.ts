import { githubReporter } from './github';
import { jsonReporter } from './json';
import { liveReporter } from './live/live-reporter';
import type { Reporter, ReporterOptions } from './reporter';
import { textReporter } from './text';

/** Everything that is printed goes through here: for a person or as JSON, and to GitHub where a workflow runs it. */
export function createReporter(options: ReporterOptions): Reporter {
  const reporters = [mainReporter(options)];
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = options.env;
  if (GITHUB_ACTIONS || GITHUB_STEP_SUMMARY || GITHUB_OUTPUT) reporters.push(githubReporter(options));
  return {
    sink: (event) => reporters.forEach((reporter) => reporter.sink(event)),
    error: (error) => reporters.forEach((reporter) => reporter.error(error)),
    close: () => reporters.forEach((reporter) => reporter.close?.()),
  };
}

function mainReporter(options: ReporterOptions): Reporter {
  if (options.json) return jsonReporter(options);
  // A terminal that cannot move its cursor gets the lines of a log.
  if (!options.isTerminal || options.env.TERM === 'dumb') return textReporter(options);
  return liveReporter(options, options.terminal);
}
