import { SSMClient, StartSessionCommand } from '@aws-sdk/client-ssm';
import { createClient } from '../aws/clients';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { PluginCall } from './session-manager-plugin';

export interface PortForward {
  /** On this machine. */
  local: number;
  /** As the task reaches it; undefined for the task itself. */
  host: string | undefined;
  remote: number;
}

/** `LOCAL:REMOTE` or `LOCAL:HOST:REMOTE`. @throws SlipwayError USAGE */
export function parsePortForward(text: string): PortForward {
  const [, local, host, remote] = /^(\d{1,5}):(?:([^:\s]+):)?(\d{1,5})$/.exec(text) ?? [];
  const isPort = (port: string | undefined) => Number(port) >= 1 && Number(port) <= 65_535;
  if (isPort(local) && isPort(remote)) return { local: Number(local), host, remote: Number(remote) };
  throw new SlipwayError('USAGE', `--port-forward ${text} is neither LOCAL:REMOTE nor LOCAL:HOST:REMOTE`, {
    hint: 'for example --port-forward 8080:8080',
  });
}

/** Asks Session Manager for a session that forwards one port. */
export async function startForwarding(
  { env }: Context,
  region: string,
  target: string,
  { local, host, remote }: PortForward,
): Promise<Omit<PluginCall, 'region'>> {
  const client = createClient(SSMClient, { region, env });
  const request = {
    Target: target,
    DocumentName:
      host === undefined ? 'AWS-StartPortForwardingSession' : 'AWS-StartPortForwardingSessionToRemoteHost',
    Parameters: {
      portNumber: [String(remote)],
      localPortNumber: [String(local)],
      ...(host === undefined ? {} : { host: [host] }),
    },
  };
  try {
    const { SessionId, StreamUrl, TokenValue } = await client.send(new StartSessionCommand(request));
    return { session: { SessionId, StreamUrl, TokenValue }, request };
  } finally {
    client.destroy();
  }
}
