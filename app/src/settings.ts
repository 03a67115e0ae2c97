/** What the service reads from its environment, checked once at start. */
export interface Settings {
  /** Address to listen on; the image sets 0.0.0.0, a laptop stays on loopback. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  logLevel: string;
  /** Commit that the image was built from, and the release's own name: both shown by `/version`. */
  gitSha: string;
  release: string;
  /** Seconds that a stopping process still takes requests, after readiness began to fail. */
  stopDelaySeconds: number;
  /** Seconds after which a stop is forced, requests in flight or not. Stay below `stopTimeout` in the task definition. */
  stopTimeoutSeconds: number;
}

/** The environment cannot be used; the message names every wrong variable with its value and what would be right. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** An empty variable counts as unset, as compose files and task definitions write it. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];

  function text(name: string, fallback: string): string {
    return environment[name]?.trim() || fallback;
  }

  function number(name: string, fallback: number, maximum: number): number {
    const value = text(name, String(fallback));
    const parsed = /^\d+$/.test(value) ? Number(value) : NaN;
    if (parsed <= maximum) return parsed;
    problems.push(`${name} is "${value}": it must be a whole number from 0 to ${maximum}`);
    return fallback;
  }

  const settings: Settings = {
    host: text('HOST', '127.0.0.1'),
    port: number('PORT', 3000, 65_535),
    logLevel: text('LOG_LEVEL', 'info'),
    gitSha: text('GIT_SHA', 'unknown'),
    release: text('RELEASE', 'development'),
    // A load balancer stops sending before ECS sends SIGTERM, so this covers only what was already on its way.
    stopDelaySeconds: number('STOP_DELAY_SECONDS', 2, 3600),
    stopTimeoutSeconds: number('STOP_TIMEOUT_SECONDS', 20, 3600),
  };
  if (!logLevels.includes(settings.logLevel)) {
    problems.push(`LOG_LEVEL is "${settings.logLevel}": it must be one of ${logLevels.join(', ')}`);
  }
  if (problems.length === 0 && settings.stopDelaySeconds >= settings.stopTimeoutSeconds) {
    problems.push(
      `STOP_DELAY_SECONDS is "${settings.stopDelaySeconds}": it must be less than STOP_TIMEOUT_SECONDS ` +
        `(${settings.stopTimeoutSeconds}), or no request in flight could finish`,
    );
  }
  if (problems.length > 0) throw new SettingsError(problems.join('; '));
  return settings;
}
