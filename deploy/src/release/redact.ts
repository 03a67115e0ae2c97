import type { Json, Outputs } from '../outputs/outputs';
import { SECRETIVE } from '../secrets';
import { textOf } from './differences';
import type { Change } from './change';

export type Redact = (text: string) => string;

const HIDDEN = '(sensitive)';

/** What stands in the place of a value that is hidden. */
type Label = (value: string) => string;

const hidden: Label = () => HIDDEN;

/** One label for each value: whether two hidden values are the same can be seen, what they are cannot. */
export function distinctLabels(): Label {
  const seen = new Map<string, number>();
  return (value) => {
    const number = seen.get(value) ?? seen.size + 1;
    seen.set(value, number);
    return `(sensitive ${number})`;
  };
}

/** Replaces every value of a sensitive output, wherever it stands. */
export function redactor({ sensitive, environment, services }: Outputs, label = hidden): Redact {
  const values = new Set<string>();
  for (const scope of [environment, ...Object.values(services)]) {
    for (const [name, value] of Object.entries(scope)) if (sensitive.has(name)) collect(value, values);
  }
  const longestFirst = [...values].sort((one, other) => other.length - one.length);
  return (text) =>
    longestFirst.reduce(
      (left, value) => (left.includes(value) ? left.replaceAll(value, label(value)) : left),
      text,
    );
}

function collect(value: Json, into: Set<string>): void {
  if (typeof value === 'string') {
    if (value.trim() !== '') into.add(value);
  } else if (Array.isArray(value)) value.forEach((element) => collect(element, into));
  else if (typeof value === 'object' && value !== null)
    Object.values(value).forEach((member) => collect(member, into));
}

/** A change without what must not be printed. */
export function redactChange(change: Change, redact: Redact): Change {
  const variable = /\.environment\[([^\]]+)\]/.exec(change.path)?.[1];
  const hide = (value: Json | undefined): Json | undefined => {
    if (value === undefined) return undefined;
    return variable !== undefined && SECRETIVE.test(variable) ? HIDDEN : redactJson(value, redact);
  };
  return { ...change, before: hide(change.before), after: hide(change.after) };
}

/** Without sensitive values, and without those of variables whose name says that they are secret. */
export function redactJson(value: Json, redact: Redact, label = hidden): Json {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((element) => redactJson(element, redact, label));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'environment' && Array.isArray(member))
        return [name, member.map((entry) => hideEntry(entry, redact, label))];
      return [name, redactJson(member, redact, label)];
    }),
  );
}

/** A container that is new as a whole has its variables inside. */
function hideEntry(entry: Json, redact: Redact, label: Label): Json {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return redactJson(entry, redact, label);
  return SECRETIVE.test(textOf(entry['name']))
    ? { ...entry, value: label(textOf(entry['value'])) }
    : redactJson(entry, redact, label);
}
