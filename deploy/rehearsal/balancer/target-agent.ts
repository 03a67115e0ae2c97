import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Milliseconds that a connection to a target is kept unused. Shorter than the five seconds of a Node server, so that
 * a target seldom closes one at the very moment at which it is used again.
 */
const idleLimit = 3_000;

export interface TargetAgent {
  agent: http.Agent;
  /** From now on connections are closed after the answer instead of kept; unused ones at once. */
  retire(): void;
}

/** The connections to one target. */
export function createTargetAgent(protocol: 'HTTP' | 'HTTPS'): TargetAgent {
  const options = { keepAlive: true, maxFreeSockets: 256 };
  const agent: http.Agent =
    protocol === 'HTTPS'
      ? new https.Agent({ ...options, rejectUnauthorized: false })
      : new http.Agent(options);
  const keep = agent.keepSocketAlive.bind(agent) as (socket: Duplex) => boolean;
  const reuse = agent.reuseSocket.bind(agent);
  let retired = false;
  agent.keepSocketAlive = (socket) => {
    if (retired) return false;
    const kept = keep(socket);
    (socket as Socket).setTimeout(idleLimit);
    return kept;
  };
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    (socket as Socket).setTimeout(0);
  };
  return {
    agent,
    retire() {
      retired = true;
      for (const sockets of Object.values(agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
    },
  };
}
