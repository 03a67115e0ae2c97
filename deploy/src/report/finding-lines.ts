import type { Finding } from '../preflight/finding';
import type { FindingsResult } from '../release/result';
import { positionText } from './changes';
import { plural, wrap, type Style } from './style';

/** One finding: what is wrong, where, and what to do. */
export function findingLines({ level, message, hint, position, check }: Finding, style: Style): string[] {
  const word = level === 'error' ? style('red', 'error') : style('yellow', 'warning');
  const label = `  ${word}${' '.repeat(level === 'error' ? 5 : 3)}`;
  const where = position === undefined ? '' : ` (${positionText(position)})`;
  const lines = wrap(`${message}${where} [${check}]`, 12, label);
  return hint === undefined ? lines : [...lines, ...wrap(hint, 12)];
}

/** All findings, errors first, and how many there are. */
export function findingsLines({ findings, checks, place }: FindingsResult, style: Style): string[] {
  const errors = findings.filter(({ level }) => level === 'error');
  const warnings = findings.filter(({ level }) => level === 'warning');
  const summary =
    findings.length === 0
      ? `${plural(checks, 'check')} of ${place.service} passed`
      : `${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')} in ${plural(checks, 'check')} of ${place.service}`;
  return [...[...errors, ...warnings].flatMap((finding) => findingLines(finding, style)), summary];
}
