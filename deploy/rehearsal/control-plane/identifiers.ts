/** Ids in AWS's shapes from a seed: the same seed and the same calls give the same ids. */
export class Identifiers {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Where the sequence is: set to what it was, the same ids follow. */
  get position(): number {
    return this.state;
  }

  set position(position: number) {
    this.state = position >>> 0;
  }

  /** At least 0, below 1. */
  random(): number {
    // mulberry32, by Tommy Ettinger (public domain).
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  hex(length: number): string {
    let result = '';
    while (result.length < length) {
      result += Math.floor(this.random() * 0x10000000)
        .toString(16)
        .padStart(7, '0');
    }
    return result.slice(0, length);
  }

  /** Of service events. */
  uuid(): string {
    const hex = this.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  taskId(): string {
    return this.hex(32);
  }

  /** 19 digits: shared by a deployment (`ecs-svc/<n>`) and its service revision. */
  revisionNumber(): string {
    return String(1 + Math.floor(this.random() * 8)) + this.digits(18);
  }

  digits(length: number): string {
    let result = '';
    for (let i = 0; i < length; i += 1) result += Math.floor(this.random() * 10);
    return result;
  }

  /** 21 characters: of a service deployment. */
  serviceDeploymentId(): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
    let result = '';
    for (let i = 0; i < 21; i += 1) result += alphabet[Math.floor(this.random() * alphabet.length)];
    return result;
  }

  macAddress(): string {
    return `0a:${(this.hex(10).match(/../g) as string[]).join(':')}`;
  }
}
