import { exitCodes } from '../../errors';

/**
 * Worst first: what nobody knows the end of, then what failed, then what was refused. `--help` and the documentation
 * give the same order.
 */
const ORDER: readonly number[] = [
  exitCodes.bug,
  exitCodes.notAllowed,
  exitCodes.unreachable,
  exitCodes.failed,
  exitCodes.rolledBack,
  exitCodes.superseded,
  exitCodes.timedOut,
  exitCodes.interrupted,
  exitCodes.inProgress,
  exitCodes.refused,
  exitCodes.contract,
  exitCodes.usage,
  exitCodes.difference,
];

/** The exit code of a run whose services ended with these; 0 where all are well. */
export function worstOf<Code extends number>(codes: readonly Code[]): Code | 0 {
  const known = ORDER.find((code) => codes.some((each) => each === code));
  return (known as Code | undefined) ?? codes.find((code) => code !== 0) ?? 0;
}
