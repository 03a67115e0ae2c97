import { startCompanion } from './companion';
import { findTool } from './tools';

export interface MotoOptions {
  /** Where `moto_server` is looked for, and what it inherits. Default: this process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Default 0: a free one. */
  port?: number;
  /** Milliseconds until it must answer. Default 60,000: a cold start of Python takes its time. */
  timeout?: number;
}

/** An emulator of AWS's services, empty when it starts. */
export interface Moto {
  /** `http://127.0.0.1:PORT`: what AWS_ENDPOINT_URL is set to. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** @throws UsageError with the install hint where `moto_server` is not on PATH. */
export function findMoto(env?: Readonly<Record<string, string | undefined>>): string {
  return findTool(
    ['moto_server'],
    {
      purpose: 'it emulates the AWS services that terraform applies to',
      install: "pip install 'moto[server]'",
    },
    env,
  );
}

/** Starts `moto_server` on loopback and waits until it listens. It ends with this process at the latest. */
export async function startMoto(options: MotoOptions = {}): Promise<Moto> {
  const env = options.env ?? process.env;
  const server = startCompanion(findMoto(env), ['-H', '127.0.0.1', '-p', String(options.port ?? 0)], {
    ...env,
    // Python would keep the line that says the port in its buffer.
    PYTHONUNBUFFERED: '1',
    // Without them attaching a policy of AWS's own fails, and a certificate takes a minute.
    MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    MOTO_ACM_VALIDATION_WAIT: '0',
  });
  try {
    const [, endpoint = ''] = await server.line(
      /Running on (http:\/\/127\.0\.0\.1:\d+)/,
      options.timeout ?? 60_000,
    );
    const answer = await fetch(`${endpoint}/moto-api/data.json`);
    await answer.arrayBuffer();
    return { endpoint, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
