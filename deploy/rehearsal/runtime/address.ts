import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { randomInt } from 'node:crypto';

/** Where tasks can be reached on this machine. */
export interface AddressBook {
  /** The same task gets the same address until it is released. */
  allocate(taskId: string): string;
  release(taskId: string): void;
  hostPort(taskId: string, containerPort: number): number;
  close(): void;
}

/**
 * `own`: each task has an address in 127.0.0.0/8, and listens on its container ports.
 * `mapped`: all tasks are at 127.0.0.1, and a free port stands for each container port.
 * Default: `own` where the whole of 127.0.0.0/8 is this machine's, which is so on Linux.
 */
export function createAddressBook(kind?: 'own' | 'mapped'): AddressBook {
  return (kind ?? defaultKind()) === 'own' ? new OwnAddresses() : new MappedPorts();
}

/** macOS names the same netmask, but answers for 127.0.0.1 only. */
function defaultKind(): 'own' | 'mapped' {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const whole = addresses.some(({ address, netmask }) => address === '127.0.0.1' && netmask === '255.0.0.0');
  return process.platform === 'linux' && whole ? 'own' : 'mapped';
}

class OwnAddresses implements AddressBook {
  private readonly block = claimBlock();
  private readonly used = new Map<string, string>();
  private last = randomInt(0xffff);

  allocate(taskId: string): string {
    const present = this.used.get(taskId);
    if (present !== undefined) return present;
    const taken = new Set(this.used.values());
    // Round the block, so that an address comes back as late as possible: others may still know its last task.
    for (let attempt = 0; attempt <= 0xffff; attempt += 1) {
      this.last = (this.last + 1) & 0xffff;
      const host = this.last & 0xff;
      const address = `127.${this.block.second}.${this.last >> 8}.${host}`;
      if (host === 0 || host === 255 || taken.has(address)) continue;
      this.used.set(taskId, address);
      return address;
    }
    throw new Error(`All addresses of 127.${this.block.second}.0.0/16 are in use by ${taken.size} tasks.`);
  }

  release(taskId: string): void {
    this.used.delete(taskId);
  }

  hostPort(_taskId: string, containerPort: number): number {
    return containerPort;
  }

  close(): void {
    this.block.lock?.close();
  }
}

/**
 * Takes 127.n.0.0/16 for this runtime. An abstract socket stands for it: it belongs to the same network namespace as
 * the loopback addresses, is bound at once, and is gone with this process however that ends.
 */
function claimBlock(): { second: number; lock: Server | undefined } {
  const first = randomInt(254);
  for (let offset = 0; offset < 254; offset += 1) {
    const second = 1 + ((first + offset) % 254);
    const lock = createServer();
    lock.on('error', () => undefined);
    lock.listen({ path: `\0slipway-rehearsal-127.${second}`, exclusive: true });
    if (lock.listening) {
      lock.unref();
      return { second, lock };
    }
  }
  return { second: 1 + first, lock: undefined };
}

/** Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152). */
const lowestPort = 20_000;
const portCount = 12_000;

class MappedPorts implements AddressBook {
  private readonly ports = new Map<string, Map<number, number>>();
  private readonly used = new Set<number>();

  allocate(taskId: string): string {
    if (!this.ports.has(taskId)) this.ports.set(taskId, new Map());
    return '127.0.0.1';
  }

  release(taskId: string): void {
    for (const port of this.ports.get(taskId)?.values() ?? []) this.used.delete(port);
    this.ports.delete(taskId);
  }

  hostPort(taskId: string, containerPort: number): number {
    this.allocate(taskId);
    const ports = this.ports.get(taskId) as Map<number, number>;
    const present = ports.get(containerPort);
    if (present !== undefined) return present;
    const port = this.freePort();
    ports.set(containerPort, port);
    this.used.add(port);
    return port;
  }

  close(): void {
    this.ports.clear();
    this.used.clear();
  }

  private freePort(): number {
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      const port = lowestPort + randomInt(portCount);
      if (!this.used.has(port) && isFree(port)) return port;
    }
    throw new Error(`No free port between ${lowestPort} and ${lowestPort + portCount} was found.`);
  }
}

/** Without a host a server binds at once, so the answer is there when `listen` returns. */
function isFree(port: number): boolean {
  const server = createServer();
  server.on('error', () => undefined);
  server.listen({ port, exclusive: true });
  const free = server.listening;
  if (free) server.close();
  return free;
}
