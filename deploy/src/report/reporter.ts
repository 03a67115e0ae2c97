import type { SlipwayError } from '../errors';
import type { Sink } from '../events';

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
}
