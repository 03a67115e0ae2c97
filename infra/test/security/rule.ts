import type { StackDocument } from '../synth';

/** One resource of a stack. */
export interface One {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A statement of an IAM or resource policy. */
export interface Statement {
  /** `address Sid`. */
  readonly place: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a rule asks of a synthesised stack. */
export class Stack {
  readonly all: readonly One[];

  constructor(private readonly document: StackDocument) {
    this.all = Object.entries(document.resource).flatMap(([type, byName]) =>
      Object.entries(byName).map(([name, values]) => ({ address: `${type}.${name}`, type, values })),
    );
  }

  of(...types: readonly string[]): One[] {
    return this.all.filter(({ type }) => types.includes(type));
  }

  /** Resources of a type that refer to this one, such as the flow log of a VPC. */
  about(one: One, ...types: readonly string[]): One[] {
    const reference = `\${${one.address}.`;
    return this.of(...types).filter(
      (other) => other !== one && JSON.stringify(other.values).includes(reference),
    );
  }

  /** Outputs, which a deploy reads, as text. */
  published(): string {
    return JSON.stringify(this.document.output ?? {});
  }

  /** Statements of every policy in a member of these types. */
  statements(member: string, ...types: readonly string[]): Statement[] {
    return this.of(...types).flatMap(({ address, values }) => {
      const text = values[member];
      if (typeof text !== 'string') return [];
      const { Statement } = JSON.parse(text) as { Statement: RawStatement[] };
      return Statement.map((raw) => ({
        place: `${address} ${raw.Sid ?? ''}`.trim(),
        effect: raw.Effect,
        actions: [raw.Action ?? []].flat(),
        resources: [raw.Resource ?? []].flat(),
        principal: raw.Principal,
        condition: raw.Condition ?? {},
      }));
    });
  }
}

interface RawStatement {
  Sid?: string;
  Effect: string;
  Action?: string | string[];
  Resource?: string | string[];
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** One rule, of however many tools. */
export interface Rule {
  /** Ours, for exceptions. */
  readonly id: string;
  /** Ids of AWS's Foundational Security Best Practices, Checkov (CKV) and Trivy (AVD-AWS) that it stands for. */
  readonly checks: string;
  /** What holds, as a sentence. */
  readonly says: string;
  /** Where it does not: addresses, of a statement with its Sid. */
  readonly broken: (stack: Stack) => readonly string[];
}

/** A rule on every resource of some types. */
export function every(
  types: string | readonly string[],
  rule: Omit<Rule, 'broken'>,
  holds: (one: One, stack: Stack) => boolean,
): Rule {
  const broken = (stack: Stack) =>
    stack
      .of(...[types].flat())
      .filter((one) => !holds(one, stack))
      .map(({ address }) => address);
  return { ...rule, broken };
}

/** `metadata_options.http_tokens`. A block may be written as a list of one. */
export function at(one: One, path: string): unknown {
  return path.split('.').reduce<unknown>((value, member) => {
    const inner: unknown = Array.isArray(value) && !/^\d+$/.test(member) ? value[0] : value;
    return typeof inner === 'object' && inner !== null
      ? (inner as Record<string, unknown>)[member]
      : undefined;
  }, one.values);
}

export function list(one: One, path: string): readonly Readonly<Record<string, unknown>>[] {
  const value = at(one, path);
  return (Array.isArray(value) ? value : []) as Record<string, unknown>[];
}
