import { createServer, type AddressInfo } from 'node:net';

/** Ports that were given out already: the system may offer them again before anybody listens there. */
const given = new Set<number>();

/** Free ports of the loopback interface, never the same twice. */
export async function freePorts(count: number): Promise<number[]> {
  const found = (await offeredPorts(count)).filter((port) => !given.has(port));
  for (const port of found) given.add(port);
  return found.length === count ? found : [...found, ...(await freePorts(count - found.length))];
}

/** All are held until the last is found, so that no two are the same. */
async function offeredPorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
