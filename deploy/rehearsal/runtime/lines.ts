/** The awslogs driver cuts a line at an event's 256 KiB less the 26 bytes that CloudWatch Logs counts for each. */
export const longestLine = 256 * 1024 - 26;

/**
 * Makes lines of the bytes of a stream, however they are cut up. Line ends (`\n`, `\r\n`) are taken off; a line
 * longer than `longestLine` bytes comes in pieces, none of which parts a character.
 */
export class LineSplitter {
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  constructor(private readonly emit: (line: string) => void) {}

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      this.add(chunk.subarray(start, end));
      this.flush(true);
      start = end + 1;
    }
    this.add(chunk.subarray(start));
  }

  /** The stream has ended: what is left is a line too. */
  end(): void {
    if (this.pendingBytes > 0) this.flush(true);
  }

  private add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes > longestLine) this.flush(false);
  }

  private flush(whole: boolean): void {
    let rest = this.pending.length === 1 ? (this.pending[0] as Buffer) : Buffer.concat(this.pending);
    while (rest.length > longestLine) {
      const cut = characterStart(rest, longestLine);
      this.emit(rest.toString('utf8', 0, cut));
      rest = rest.subarray(cut);
    }
    if (whole) this.emit(rest.toString('utf8', 0, rest.at(-1) === 0x0d ? rest.length - 1 : rest.length));
    this.pending = whole || rest.length === 0 ? [] : [rest];
    this.pendingBytes = whole ? 0 : rest.length;
  }
}

/** The last index up to `index` at which a character of UTF-8 begins; `index` itself where it is no UTF-8. */
function characterStart(bytes: Buffer, index: number): number {
  for (let start = index; start > index - 4 && start > 0; start -= 1) {
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start;
  }
  return index;
}
