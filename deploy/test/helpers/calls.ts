import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestService } from './service';

/** Reads by name; whatever is not one writes. */
const READS = /^(Describe|List|Get|BatchGet|Simulate)/;

export interface Calls {
  /** For `run`: the same environment, with the recorder in front of the endpoint. */
  env: Record<string, string>;
  /** Operations in the order they came, e.g. `UpdateService`. */
  all: string[];
  /** Those that change something. */
  writes(): string[];
  /** Ends by itself after the test. */
  stop(): Promise<void>;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Stands between the command and the rehearsal, and writes down what it is asked. */
export async function recordCalls(service: TestService): Promise<Calls> {
  const all: string[] = [];
  const endpoint = new URL(service.rehearsal.endpoint);
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      all.push(operationOf(String(incoming.headers['x-amz-target'] ?? ''), incoming.url ?? '', body));
      const headers = { ...incoming.headers };
      delete headers.host;
      const forwarded = request(
        {
          host: endpoint.hostname,
          port: endpoint.port,
          path: incoming.url,
          method: incoming.method,
          headers,
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        },
      );
      forwarded.on('error', () => outgoing.destroy());
      forwarded.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  open.push(stop);
  return {
    env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
    all,
    writes: () => all.filter((operation) => !READS.test(operation)),
    stop,
  };
}

function operationOf(target: string, path: string, body: Buffer): string {
  if (target !== '') return target.slice(target.lastIndexOf('.') + 1);
  const [, inPath] = /\/operation\/(\w+)/.exec(path) ?? [];
  return inPath ?? new URLSearchParams(body.toString('utf8')).get('Action') ?? path;
}
