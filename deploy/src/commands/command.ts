import type { Context } from '../context';

/** One option as commander reads it; the table yields parsing, help and docs from these. */
export interface OptionSpec {
  /** `--image <reference>` or `--dry-run` */
  flags: string;
  description: string;
  default?: string;
  /** May be given several times; its value is then a list. */
  multiple?: boolean;
}

export interface CommandSpec {
  name: string;
  summary: string;
  /** Besides `[environment]`, which every command takes, and the global options: `[document...]`. */
  positionals?: { name: string; description: string };
  /** What may stand behind `--`. */
  words?: string;
  options: readonly OptionSpec[];
  /** Loads the handler: a command that is not called costs nothing at start. */
  load: () => Promise<{ run: Handler }>;
}

export interface Input {
  /** The first positional, when the config declares an environment of that name. */
  positionals: readonly string[];
  /** What stands behind `--`; only of a command that takes words. */
  words?: readonly string[];
  /** By long name in camelCase: `dryRun`, `image`. */
  options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** @returns the exit code: one of `exitCodes`, or, of `run`, the container's own. */
export type Handler = (context: Context, input: Input) => Promise<number>;
