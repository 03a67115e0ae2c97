import type { Json, Outputs } from '../outputs/outputs';
import { textOf } from './differences';
import type { Change } from './change';

export type Redact = (text: string) => string;

const HIDDEN = '(sensitive)';

/** Replaces every value of a sensitive output, wherever it stands. */
export function redactor({ sensitive, environment, services }: Outputs): Redact {
  const values = new Set<string>();
  for (const scope of [environment, ...Object.values(services)]) {
    for (const [name, value] of Object.entries(scope)) if (sensitive.has(name)) collect(value, values);
  }
  const longestFirst = [...values].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((hidden, value) => hidden.replaceAll(value, HIDDEN), text);
}

function collect(value: Json, into: Set<string>): void {
  if (typeof value === 'string') {
    if (value.trim() !== '') into.add(value);
  } else if (Array.isArray(value)) value.forEach((element) => collect(element, into));
  else if (typeof value === 'object' && value !== null)
    Object.values(value).forEach((member) => collect(member, into));
}

/** Variables whose name says that nobody should read the value, although it is no secret of ECS. */
const SECRETIVE = /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL/i;

/** A change without what must not be printed. */
export function redactChange(change: Change, redact: Redact): Change {
  const variable = /\.environment\[([^\]]+)\]/.exec(change.path)?.[1];
  const hide = (value: Json | undefined): Json | undefined => {
    if (value === undefined) return undefined;
    return variable !== undefined && SECRETIVE.test(variable) ? HIDDEN : redactJson(value, redact);
  };
  return { ...change, before: hide(change.before), after: hide(change.after) };
}

function redactJson(value: Json, redact: Redact): Json {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((element) => redactJson(element, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'environment' && Array.isArray(member))
        return [name, member.map((entry) => hideEntry(entry, redact))];
      return [name, redactJson(member, redact)];
    }),
  );
}

/** A container that is new as a whole has its variables inside. */
function hideEntry(entry: Json, redact: Redact): Json {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return redactJson(entry, redact);
  return SECRETIVE.test(textOf(entry['name'])) ? { ...entry, value: HIDDEN } : redactJson(entry, redact);
}
