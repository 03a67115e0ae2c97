import type { SlipwayError } from '../errors';
import type { Sink } from '../events';
import { githubReporter } from './github';
import { jsonReporter } from './json';
import { textReporter } from './text';

export interface ReporterOptions {
  /** Events as JSON lines on stdout, the result last. */
  json: boolean;
  /** Colours only here, and only without NO_COLOR. */
  isTerminal: boolean;
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  env: Readonly<Record<string, string | undefined>>;
}

export interface Reporter {
  sink: Sink;
  error(error: SlipwayError): void;
  /** Data of a command that has no result of its own shape: written as JSON to stdout. */
  result(value: unknown): void;
}

/** Everything that is printed goes through here: for a person or as JSON, and to GitHub where a workflow runs it. */
export function createReporter(options: ReporterOptions): Reporter {
  const reporters = [options.json ? jsonReporter(options) : textReporter(options)];
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = options.env;
  if (GITHUB_ACTIONS || GITHUB_STEP_SUMMARY || GITHUB_OUTPUT) reporters.push(githubReporter(options));
  return {
    sink: (event) => reporters.forEach((reporter) => reporter.sink(event)),
    error: (error) => reporters.forEach((reporter) => reporter.error(error)),
    result: (value) => reporters.forEach((reporter) => reporter.result(value)),
  };
}
