/** The syntax tree of Go's text/template. `at` is an offset in the source. */
export interface Pipeline {
  at: number;
  /** `$a`, or `$i, $v` in a range, with the `$`. */
  declares: readonly string[];
  /** `=` to a variable that is there, where `:=` makes a new one. */
  assigns: boolean;
  commands: readonly Command[];
}

export interface Command {
  at: number;
  /** The first may be a function, the rest are its arguments. */
  operands: readonly Operand[];
}

export type Operand =
  | { type: 'dot'; at: number }
  | { type: 'nil'; at: number }
  | { type: 'literal'; at: number; value: string | number | boolean }
  | { type: 'function'; at: number; name: string }
  | { type: 'field'; at: number; names: readonly string[] }
  | { type: 'variable'; at: number; name: string }
  | { type: 'pipeline'; at: number; pipeline: Pipeline }
  /** `(...).Name`, `$variable.Name` */
  | { type: 'chain'; at: number; base: Operand; names: readonly string[] };

export type Node =
  | { type: 'text'; at: number; text: string }
  | { type: 'action'; at: number; pipeline: Pipeline }
  | {
      type: 'if' | 'with' | 'range';
      at: number;
      pipeline: Pipeline;
      body: readonly Node[];
      otherwise: readonly Node[];
    }
  | { type: 'template'; at: number; name: string; pipeline: Pipeline | undefined }
  | { type: 'break' | 'continue'; at: number };

export interface Template {
  body: readonly Node[];
  /** By `define` and `block`. */
  named: ReadonlyMap<string, readonly Node[]>;
}
