import type { Context } from '../context';
import type { ExitCode } from '../errors';

/** One option as commander reads it; the table in cli.ts yields parsing, help and docs from these. */
export interface OptionSpec {
  /** `--image <reference>` or `--dry-run` */
  flags: string;
  description: string;
  default?: string;
}

export interface CommandSpec {
  name: string;
  summary: string;
  /** Besides `[environment]`, which every command takes, and the global options. */
  positionals?: string;
  options: readonly OptionSpec[];
  /** Loads the handler: a command that is not called costs nothing at start. */
  load: () => Promise<{ run: Handler }>;
}

export interface Input {
  /** The first positional, when the config declares an environment of that name. */
  positionals: readonly string[];
  /** By long name in camelCase: `dryRun`, `image`. */
  options: Readonly<Record<string, string | boolean | undefined>>;
}

export type Handler = (context: Context, input: Input) => Promise<ExitCode>;
