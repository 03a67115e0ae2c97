/**
 * What a run ends with. A pipeline can branch on it; the numbers never change meaning.
 * The README and `slipway --help` list them from here.
 */
export const exitCodes = {
  live: 0,
  bug: 1,
  difference: 2,
  refused: 10,
  contract: 11,
  inProgress: 12,
  failed: 20,
  rolledBack: 21,
  superseded: 22,
  timedOut: 23,
  notAllowed: 30,
  unreachable: 31,
  usage: 40,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Every error a user can meet: its code, never reused, and the exit code that goes with it. */
export const catalogue = {
  CONFIG_NOT_FOUND: exitCodes.usage,
  CONFIG_INVALID: exitCodes.usage,
  ENVIRONMENT_UNKNOWN: exitCodes.usage,
  USAGE: exitCodes.usage,
  FILE_NOT_FOUND: exitCodes.usage,
  FILE_FOREIGN: exitCodes.usage,
  JSONNET_MISSING: exitCodes.usage,
  ENV_UNSET: exitCodes.contract,
  TEMPLATE_SYNTAX: exitCodes.contract,
  OUTPUT_UNKNOWN: exitCodes.contract,
  OUTPUT_TYPE: exitCodes.contract,
  CONTRACT_MISSING: exitCodes.contract,
  DEFINITION_INVALID: exitCodes.refused,
  PREFLIGHT_FAILED: exitCodes.refused,
  IMAGE_NOT_FOUND: exitCodes.refused,
  CLUSTER_NOT_FOUND: exitCodes.refused,
  SERVICE_NOT_FOUND: exitCodes.refused,
  SERVICE_DRAINING: exitCodes.refused,
  SERVICE_UNSUPPORTED: exitCodes.refused,
  ROLLBACK_IMPOSSIBLE: exitCodes.refused,
  AWS_REFUSED: exitCodes.refused,
  AUTOSCALING_OWNS_COUNT: exitCodes.refused,
  AUTOSCALING_NOT_FOUND: exitCodes.refused,
  NOTHING_TO_CONTINUE: exitCodes.refused,
  REVISION_NOT_FOUND: exitCodes.refused,
  REVISION_IN_USE: exitCodes.refused,
  TASK_NOT_FOUND: exitCodes.refused,
  LOGS_UNAVAILABLE: exitCodes.refused,
  EXEC_DISABLED: exitCodes.refused,
  SESSION_MANAGER_PLUGIN_MISSING: exitCodes.usage,
  TASK_AMBIGUOUS: exitCodes.usage,
  TASK_NOT_STARTED: exitCodes.failed,
  EXEC_NOT_CONNECTED: exitCodes.failed,
  STEP_FAILED: exitCodes.failed,
  DEPLOYMENT_IN_PROGRESS: exitCodes.inProgress,
  NOT_ALLOWED: exitCodes.notAllowed,
  CREDENTIALS_EXPIRED: exitCodes.notAllowed,
  CREDENTIALS_MISSING: exitCodes.notAllowed,
  UNREACHABLE: exitCodes.unreachable,
  AWS_UNAVAILABLE: exitCodes.unreachable,
  INTERRUPTED: exitCodes.interrupted,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof catalogue;

/** An error that is the user's, the account's or the network's: anything that is not a SlipwayError is a bug. */
export class SlipwayError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly summary: string | undefined;

  /**
   * @param message holds the wrong value, where it stands, and what would be right; lower case, no final stop.
   * @param options.hint one line: the command or the change that mends it.
   * @param options.summary the same in short, for a log in which the message and the hint stand already.
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { hint?: string; summary?: string; cause?: unknown; exitCode?: ExitCode } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SlipwayError';
    this.hint = options.hint;
    this.summary = options.summary;
    this.exitCode = options.exitCode ?? catalogue[code];
  }
}
