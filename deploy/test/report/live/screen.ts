/** A terminal as far as the live display uses one: what a person would see after all that was written. */
export class VirtualTerminal {
  private lines: string[] = [''];
  private row = 0;
  private column = 0;
  cursorHidden = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private width = 80,
    private readonly height = 24,
  ) {}

  readonly terminal = {
    columns: () => this.width,
    rows: () => this.height,
    onResize: (listener: () => void) => {
      this.listeners.add(listener);
      return () => void this.listeners.delete(listener);
    },
  };

  /** Lines wrap anew, as most terminals do it. */
  resize(width: number): void {
    const rest = this.lines.slice(this.row);
    const folded = this.lines.slice(0, this.row).flatMap((line) => {
      const parts = [];
      for (let at = 0; at === 0 || at < line.length; at += width) parts.push(line.slice(at, at + width));
      return parts;
    });
    this.lines = [...folded, ...rest];
    this.row = folded.length;
    this.width = width;
    this.listeners.forEach((listener) => listener());
  }

  get listening(): boolean {
    return this.listeners.size > 0;
  }

  write(text: string): void {
    // eslint-disable-next-line no-control-regex -- these are what a terminal is told
    for (const part of text.match(/\u001B\[\??[\d;]*[A-Za-z]|[\s\S]/gu) ?? []) this.take(part);
  }

  /** Without the empty rows below. */
  get text(): string {
    return this.lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  private take(part: string): void {
    if (part === '\n') {
      this.row += 1;
      this.column = 0;
      this.lines[this.row] ??= '';
    } else if (part === '\r') this.column = 0;
    else if (part.startsWith('\u001B[')) this.control(part);
    else {
      if (this.column >= this.width) {
        this.row += 1;
        this.column = 0;
      }
      const line = (this.lines[this.row] ?? '').padEnd(this.column);
      this.lines[this.row] = line.slice(0, this.column) + part + line.slice(this.column + 1);
      this.column += 1;
    }
  }

  private control(sequence: string): void {
    if (sequence === '\u001B[?25l') this.cursorHidden = true;
    else if (sequence === '\u001B[?25h') this.cursorHidden = false;
    else if (sequence === '\u001B[K')
      this.lines[this.row] = (this.lines[this.row] ?? '').slice(0, this.column);
    else if (sequence === '\u001B[J') {
      this.lines[this.row] = (this.lines[this.row] ?? '').slice(0, this.column);
      this.lines.length = this.row + 1;
    } else if (sequence.endsWith('A')) this.row = Math.max(0, this.row - Number(sequence.slice(2, -1)));
    else if (!sequence.endsWith('m')) throw new Error(`the terminal knows no ${JSON.stringify(sequence)}`);
  }
}
