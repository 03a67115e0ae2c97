import { readLogLine } from '../release/log-line';
import type { StoppedTasks } from '../release/outcome';
import type { Cause, Evidence, Known } from './cause';

/** All that ECS says of one group of stopped tasks. */
export function textOf({ stoppedReason, containerReason }: StoppedTasks): string {
  if (containerReason === undefined || stoppedReason.includes(containerReason)) return stoppedReason;
  return `${stoppedReason} ${containerReason}`;
}

/** Finds a cause by what ECS says of the tasks; `explain` may still think otherwise. */
export function byReason(
  pattern: RegExp,
  explain: (group: StoppedTasks, text: string, evidence: Evidence) => Cause | undefined,
): Known['find'] {
  return (evidence) => {
    for (const group of evidence.stopped) {
      const text = textOf(group);
      const cause = pattern.test(text) ? explain(group, text, evidence) : undefined;
      if (cause !== undefined) return cause;
    }
    return undefined;
  };
}

/** What a service event says of itself. */
export function withoutService(event: string): string {
  return event.replace(/^\(service [^)]*\)\s*/, '');
}

export function inContainer({ container }: StoppedTasks): string {
  return container === undefined ? 'the task' : `container ${container}`;
}

/** The line that most likely says it: the last that names an error, else the last. At most 200 characters. */
export function tellingLine(logLines: readonly string[]): string | undefined {
  const lines = logLines.map(readLogLine).filter(({ text }) => text !== '');
  const text = (lines.findLast(({ isError }) => isError) ?? lines.at(-1))?.text;
  return text !== undefined && text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

/** That line after a colon. */
export function lastLine({ logLines }: StoppedTasks): string {
  const text = tellingLine(logLines);
  return text === undefined ? '' : `: ${text}`;
}

/** Of AWS's own signals, as Docker reports them: 128 + number. https://docs.docker.com/engine/containers/run/#exit-status */
const SIGNALS: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  141: 'SIGPIPE',
  143: 'SIGTERM',
};

/** `SIGKILL` for 137; undefined for an exit status of the program's own. */
export function signalName(exitCode: number | undefined): string | undefined {
  return exitCode === undefined ? undefined : SIGNALS[exitCode];
}

/** `exit status 137 (SIGKILL)` */
export function exitStatus(exitCode: number): string {
  const special: Readonly<Record<number, string>> = {
    126: 'the command cannot be executed',
    127: 'the command was not found',
  };
  const more = signalName(exitCode) ?? special[exitCode];
  return `exit status ${exitCode}${more === undefined ? '' : ` (${more})`}`;
}

/** `at start`, `after 90 s` */
export function whenEnded({ ranSeconds }: StoppedTasks): string {
  return ranSeconds === undefined || ranSeconds < 60 ? 'at start' : `after ${Math.round(ranSeconds)} s`;
}

export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
