/**
 * CBOR (RFC 8949) as far as smithy-rpc-v2-cbor uses it: botocore speaks it to CloudWatch.
 * Instants are `Date`, written as tag 1 with epoch seconds.
 */
export function encodeCbor(value: unknown): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

/** @throws Error where the bytes are not CBOR, or hold a kind of value that no AWS request has. */
export function decodeCbor(bytes: Buffer): unknown {
  return new Reader(bytes).read();
}

function head(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) return Buffer.from([type | length]);
  if (length < 0x100) return Buffer.from([type | 24, length]);
  if (length < 0x10000) return Buffer.from([type | 25, length >> 8, length & 0xff]);
  const wide = length >= 0x1_0000_0000;
  const buffer = Buffer.alloc(wide ? 9 : 5);
  buffer[0] = type | (wide ? 27 : 26);
  if (wide) buffer.writeBigUInt64BE(BigInt(length), 1);
  else buffer.writeUInt32BE(length, 1);
  return buffer;
}

function double(value: number): Buffer {
  const buffer = Buffer.alloc(9);
  buffer[0] = 0xfb;
  buffer.writeDoubleBE(value, 1);
  return buffer;
}

function write(value: unknown, parts: Buffer[]): void {
  if (value === null || value === undefined) parts.push(Buffer.from([0xf6]));
  else if (typeof value === 'boolean') parts.push(Buffer.from([value ? 0xf5 : 0xf4]));
  else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) parts.push(double(value));
    else parts.push(value >= 0 ? head(0, value) : head(1, -1 - value));
  } else if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    parts.push(head(3, text.length), text);
  } else if (value instanceof Date) parts.push(head(6, 1), double(value.getTime() / 1000));
  else if (Buffer.isBuffer(value)) parts.push(head(2, value.length), value);
  else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const entry of value) write(entry, parts);
  } else {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    parts.push(head(5, entries.length));
    for (const [name, entry] of entries) {
      write(name, parts);
      write(entry, parts);
    }
  }
}

const BREAK = Symbol('break');

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  read(): unknown {
    const first = this.bytes.readUInt8(this.at++);
    const major = first >> 5;
    const info = first & 31;
    if (major === 7) return this.simple(info);
    const length = info === 31 ? undefined : this.length(info);
    if (length === undefined) return this.indefinite(major);
    if (major === 0) return length;
    if (major === 1) return -1 - length;
    if (major === 2) return Buffer.from(this.take(length));
    if (major === 3) return this.take(length).toString('utf8');
    if (major === 4) return Array.from({ length }, () => this.read());
    if (major === 5)
      return Object.fromEntries(Array.from({ length }, () => [String(this.read()), this.read()]));
    const tagged = this.read();
    return length === 1 && typeof tagged === 'number' ? new Date(tagged * 1000) : tagged;
  }

  private indefinite(major: number): unknown {
    const values: unknown[] = [];
    for (let value = this.read(); value !== BREAK; value = this.read()) values.push(value);
    if (major === 2) return Buffer.concat(values as Buffer[]);
    if (major === 3) return values.join('');
    if (major === 4) return values;
    return Object.fromEntries(
      Array.from({ length: values.length / 2 }, (_, index) => [
        String(values[2 * index]),
        values[2 * index + 1],
      ]),
    );
  }

  private simple(info: number): unknown {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22 || info === 23) return undefined;
    if (info === 26) return this.take(4).readFloatBE(0);
    if (info === 27) return this.take(8).readDoubleBE(0);
    if (info === 31) return BREAK;
    throw new Error(`CBOR: simple value ${info} at byte ${this.at - 1} is not supported`);
  }

  private length(info: number): number {
    if (info < 24) return info;
    if (info === 24) return this.take(1).readUInt8(0);
    if (info === 25) return this.take(2).readUInt16BE(0);
    if (info === 26) return this.take(4).readUInt32BE(0);
    if (info === 27) return Number(this.take(8).readBigUInt64BE(0));
    throw new Error(`CBOR: length ${info} at byte ${this.at - 1} is not valid`);
  }

  private take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error(`CBOR: ends after ${this.bytes.length} bytes`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
