import { UsageError } from './errors';
import { defaultSettings } from './control-plane/settings';
import type { RehearsalOptions } from './rehearsal';
import { describe } from '../schema/validate';
import { suggestion } from '../schema/did-you-mean';

/** How the API answers, beside the constants of the control plane. Seconds, where it is a number. */
export const apiSettings = { rateLimits: false, eventualConsistency: 0, serviceDeploymentsApi: true };

const defaults: Readonly<Record<string, unknown>> = { ...defaultSettings, ...apiSettings };

/** Names that can be given as text; what is a function cannot. */
export const settingNames: readonly string[] = Object.keys(defaults).filter(
  (name) => !['function', 'undefined'].includes(typeof defaults[name]),
);

/** What is wrong with a setting; undefined where nothing is. */
export function settingProblem(name: string, value: unknown): string | undefined {
  if (!settingNames.includes(name)) return `is no setting of the rehearsal${suggestion(name, settingNames)}`;
  const wanted = typeof defaults[name];
  if (wanted === 'number') {
    const fits = typeof value === 'number' && Number.isFinite(value) && value >= 0;
    return fits ? undefined : `must be a number from 0 up, but is ${describe(value)}`;
  }
  if (wanted === 'boolean')
    return typeof value === 'boolean' ? undefined : `must be true or false, but is ${describe(value)}`;
  if (wanted === 'string')
    return typeof value === 'string' ? undefined : `must be a text, but is ${describe(value)}`;
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
  return fits ? undefined : `must be an object, but is ${describe(value)}`;
}

/** Settings by name as options of a rehearsal. They are taken as they are; see `settingProblem`. */
export function settingOptions(settings: Readonly<Record<string, unknown>>): RehearsalOptions {
  const entries = Object.entries(settings);
  const ofApi = entries.filter(([name]) => Object.hasOwn(apiSettings, name));
  const others = entries.filter(([name]) => !Object.hasOwn(apiSettings, name));
  return {
    ...(Object.fromEntries(ofApi) as RehearsalOptions),
    settings: Object.fromEntries(others),
  };
}

/**
 * Reads what `--setting` was given: `tick=5000`, `rateLimits=true`, `hookUrls={"arn:...": "http://..."}`.
 * @throws UsageError naming the first that is wrong.
 */
export function readSettings(option: string, texts: readonly string[]): RehearsalOptions {
  const settings = texts.map((text) => {
    const [, name = '', written = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (name === '') throw new UsageError(`${option} ${text}: name=value is wanted, such as tick=5000`);
    const value = typeof defaults[name] === 'string' ? written : jsonOrText(written);
    const problem = settingProblem(name, value);
    if (problem !== undefined) throw new UsageError(`${option} ${text}: "${name}" ${problem}`);
    return [name, value] as const;
  });
  return settingOptions(Object.fromEntries(settings));
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
