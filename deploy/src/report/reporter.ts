import type { SlipwayError } from '../errors';
import type { Sink } from '../events';
import type { Terminal } from './live/screen';

export interface ReporterOptions {
  /** Events as JSON lines on stdout, the result last. */
  json: boolean;
  /** Colours only here, and only without NO_COLOR. */
  isTerminal: boolean;
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  env: Readonly<Record<string, string | undefined>>;
  /** The size of the terminal; the process's own without. */
  terminal?: Terminal;
}

export interface Reporter {
  sink: Sink;
  error(error: SlipwayError): void;
  /** Leaves the terminal as it was; for a run that ends without a result or an error of its own. */
  close?: () => void;
}
