import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those would take a port before it is used. */
const FIRST = 20_000;
const LAST = 32_767;

/** Ports that were given out already: nobody may listen there yet. */
const given = new Set<number>();

/** Free ports of the loopback interface, never the same twice. @throws Error where none is left. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  const start = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
  for (let tried = 0; found.length < count; tried += 1) {
    if (tried > LAST - FIRST) throw new Error(`no port from ${FIRST} to ${LAST} of this machine is free`);
    const port = start + tried > LAST ? start + tried - (LAST - FIRST + 1) : start + tried;
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    found.push(port);
  }
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listening) await new Promise((resolve) => server.close(resolve));
  return listening;
}
