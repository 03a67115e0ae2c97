import type { ExternalVariables } from './config/run-options';
import type { Sink } from './events';
import type { Secrets } from './secrets';

/** The world as one run sees it. `main` makes it from the process; tests make their own. */
export interface Context {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Data: what a pipe would want. */
  stdout: (text: string) => void;
  /** Log: what a person would read. */
  stderr: (text: string) => void;
  /** Aborted by Ctrl-C or SIGTERM. */
  signal: AbortSignal;
  isTerminal: boolean;
  sink: Sink;
  /** `std.extVar` of Jsonnet files: `--ext-str` and `--ext-code`. */
  external?: ExternalVariables;
  /** What must not be printed; nothing where it is left out. */
  secrets?: Secrets;
}
