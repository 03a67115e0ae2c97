import type { ControlPlaneSettings } from '../../rehearsal/control-plane/settings';

/**
 * The settings of the control plane as rows of a Markdown table: name, default, and the comment above it.
 * @param source text of control-plane/settings.ts.
 */
export function settingsTable(source: string, defaults: ControlPlaneSettings): string {
  const start = source.indexOf('export interface ControlPlaneSettings {');
  const body = source.slice(start, source.indexOf('\n}\n', start));
  return [...body.matchAll(/\/\*\*(.*?)\*\/\s*\n\s+(\w+)\??:/gs)]
    .map(([, comment = '', name = '']) => {
      const text = comment.replace(/\s*\n\s*\*?\s*/g, ' ').trim();
      return `| \`${name}\` | ${shown(defaults[name as keyof ControlPlaneSettings])} | ${text} |\n`;
    })
    .join('');
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (value === undefined) return 'not set';
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return 'none';
  return typeof value === 'string' ? `\`${value}\`` : JSON.stringify(value);
}
