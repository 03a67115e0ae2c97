import { widthOf } from './width';

/** The terminal that the live lines are on. */
export interface Terminal {
  columns: () => number;
  rows: () => number;
  /** Returns what ends the listening. */
  onResize: (listener: () => void) => () => void;
}

export const standardError: Terminal = {
  columns: () => process.stderr.columns || 80,
  rows: () => process.stderr.rows || 24,
  onResize: (listener) => {
    process.stderr.on('resize', listener);
    return () => void process.stderr.off('resize', listener);
  },
};

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const TO_END_OF_LINE = '\u001B[K';
const TO_END_OF_SCREEN = '\u001B[J';
const up = (rows: number) => (rows > 0 ? `\u001B[${rows}A` : '');

/**
 * A block of lines at the foot of the terminal that is overwritten in place, in one write and without being cleared
 * first, so that it never flickers. What is said meanwhile goes above it. The cursor is hidden while it is there, and
 * comes back however the process ends.
 */
export class Screen {
  private lines: readonly string[] = [];
  private unfinished = '';
  private isOpen = false;
  private stopListening = () => {};
  private readonly restore = () => this.out(SHOW_CURSOR);

  constructor(
    private readonly out: (text: string) => void,
    private readonly terminal: Terminal,
    /** Gives the block for the size that the terminal has now. */
    private readonly render: () => readonly string[],
  ) {}

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.stopListening = this.terminal.onResize(() => this.draw());
    process.once('exit', this.restore);
    this.out(HIDE_CURSOR);
  }

  draw(): void {
    if (this.isOpen) this.write('');
  }

  /** Text that stays; what has no line end yet waits for it. */
  above(text: string): void {
    if (!this.isOpen) return this.out(text);
    const all = this.unfinished + text;
    const end = all.lastIndexOf('\n') + 1;
    this.unfinished = all.slice(end);
    if (end > 0) this.write(all.slice(0, end));
  }

  /** Lets something else be printed, perhaps to another stream of the same terminal. */
  aside(print: () => void): void {
    if (!this.isOpen) return print();
    this.out(`\r${up(this.height())}${TO_END_OF_SCREEN}`);
    this.lines = [];
    print();
    this.draw();
  }

  /** Takes the block away. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.stopListening();
    process.off('exit', this.restore);
    const rest = this.unfinished === '' ? '' : `${this.unfinished}\n`;
    this.out(`\r${up(this.height())}${TO_END_OF_SCREEN}${rest}${SHOW_CURSOR}`);
    this.lines = [];
    this.unfinished = '';
  }

  private write(above: string): void {
    const back = `\r${up(this.height())}`;
    this.lines = this.render();
    const all = above.replaceAll('\n', `${TO_END_OF_LINE}\n`);
    const block = this.lines.map((line) => `${line}${TO_END_OF_LINE}\n`).join('');
    this.out(`${back}${all}${block}${TO_END_OF_SCREEN}`);
  }

  /** Rows that the block takes now: in a window that has become narrower, a line takes more than one. */
  private height(): number {
    const columns = Math.max(1, this.terminal.columns());
    return this.lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  }
}
