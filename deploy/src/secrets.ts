import type { Json, Outputs } from './outputs/outputs';
import type { TerraformState } from './outputs/terraform-state';
import type { TemplateFunction } from './template/builtins';
import { Unread, unwrap } from './template/value';

const HIDDEN = '(sensitive)';

/** Shorter values are hidden only where they are the whole text: "on" or "1" stands in too many words. */
const LEAST = 4;

/** Names of variables whose value nobody should read. */
export const SECRETIVE =
  /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL/i;

/**
 * Values that must not be printed, gathered while a run reads them: sensitive outputs, sensitive attributes and
 * SecureString parameters that a template uses, variables with a secretive name. Whatever is printed passes here.
 */
export class Secrets {
  private readonly values = new Set<string>();
  private longestFirst: readonly string[] | undefined;
  private revealed = false;

  /** A text, or all texts and numbers in a list or an object. */
  add(value: Json): void {
    if (Array.isArray(value)) return value.forEach((element) => this.add(element));
    if (typeof value === 'object' && value !== null)
      return Object.values(value).forEach((member) => this.add(member));
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || text.trim() === '') return;
    this.addText(text);
    // A key of several lines is logged line by line.
    if (text.includes('\n'))
      text
        .split(/\r?\n/)
        .filter((line) => line.length >= 8)
        .forEach((line) => this.addText(line));
    this.longestFirst = undefined;
  }

  addOutputs({ sensitive, environment, services }: Outputs): void {
    for (const scope of [environment, ...Object.values(services)])
      for (const [name, value] of Object.entries(scope)) if (sensitive.has(name)) this.add(value);
  }

  /** Prints everything as it is from now on: for `render --show-sensitive`. */
  reveal(): void {
    this.revealed = true;
  }

  hide(text: string): string {
    if (this.revealed || this.values.size === 0) return text;
    if (this.values.has(text)) return HIDDEN;
    this.longestFirst ??= [...this.values]
      .filter(({ length }) => length >= LEAST)
      .sort((one, other) => other.length - one.length);
    return this.longestFirst.reduce((shown, value) => shown.replaceAll(value, HIDDEN), text);
  }

  /** The same value with every text in it hidden where it must be; names of members stay. */
  hideIn<T>(value: T): T {
    return this.revealed || this.values.size === 0 ? value : (this.copy(value) as T);
  }

  private copy(value: unknown): unknown {
    if (typeof value === 'string') return this.hide(value);
    if (Array.isArray(value)) return value.map((element) => this.copy(element));
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.copy(member)]));
  }

  private addText(text: string): void {
    this.values.add(text);
    // As it stands in JSON.
    this.values.add(JSON.stringify(text).slice(1, -1));
  }
}

/** The same functions; what `env` and `must_env` give for a variable with a secretive name is kept secret. */
export function watchVariables(
  functions: [string, TemplateFunction][],
  secrets: Secrets | undefined,
): [string, TemplateFunction][] {
  return watch(functions, ['env', 'must_env'], (arguments_, value) => {
    if (arguments_.some((name) => typeof name === 'string' && SECRETIVE.test(name))) secrets?.add(value);
  });
}

/** The same functions; a value that Terraform holds sensitive is kept secret once a template has read it. */
export function watchState(
  functions: [string, TemplateFunction][],
  state: TerraformState,
  secrets: Secrets | undefined,
): [string, TemplateFunction][] {
  const sensitive = new Set(sensitiveTexts(state));
  const names = functions.map(([name]) => name);
  return watch(functions, names, (_arguments, value) => {
    if (sensitive.has(value)) secrets?.add(value);
    // Within a list or an object it stands between quotes. Most values are neither, and a state may hold thousands.
    if (!value.includes('"')) return;
    for (const text of sensitive) if (value.includes(JSON.stringify(text))) secrets?.add(text);
  });
}

function watch(
  functions: [string, TemplateFunction][],
  names: readonly string[],
  seen: (arguments_: readonly unknown[], value: string) => void,
): [string, TemplateFunction][] {
  return functions.map(([name, each]) => {
    if (!names.includes(name)) return [name, each];
    const watched =
      (called: TemplateFunction['call']): TemplateFunction['call'] =>
      async (...arguments_) => {
        const value = await called(...arguments_);
        // A native function of Jsonnet may give a list or an object.
        if (value !== null && !(value instanceof Unread))
          seen(arguments_, typeof value === 'string' ? value : JSON.stringify(unwrap(value)));
        return value;
      };
    const { call, native } = each;
    return [name, { ...each, call: watched(call), ...(native && { native: watched(native) }) }];
  });
}

/** One step of a path in `sensitive_attributes` of a Terraform state. */
interface Step {
  value?: unknown;
}

function* sensitiveTexts({ outputs, resources }: TerraformState): Generator<string> {
  for (const { value, sensitive } of Object.values(outputs)) if (sensitive === true) yield* textsIn(value);
  for (const instance of resources.flatMap(({ instances }) => instances)) {
    const { sensitive_attributes: paths = [] } = instance as { sensitive_attributes?: readonly Step[][] };
    for (const path of paths) {
      let value: unknown = instance.attributes;
      for (const { value: key } of path)
        value = (value as Record<string, unknown> | null | undefined)?.[String(key)];
      yield* textsIn(value as Json | undefined);
    }
  }
}

function* textsIn(value: Json | undefined): Generator<string> {
  if (typeof value === 'string' && value.trim() !== '') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) yield* textsIn(member);
}
