import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { endToEnd, type RawHeaders } from './headers';
import { countAnswer, limitConnecting, openRequest, type ProxyPlace } from './proxy';
import type { ChosenTarget } from './target-group';

/** Passes an upgrade (WebSocket) through: once the target agrees, both sides talk to each other directly. */
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  target: ChosenTarget,
  place: ProxyPlace,
): void {
  const { counters } = place;
  counters.requests += 1;
  const more = ['Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? 'websocket'];
  const upstream = openRequest(request, target, place, more, false);
  let answered = false;
  const fail = (statusCode: string): void => {
    upstream.destroy();
    if (answered || socket.destroyed) return;
    answered = true;
    counters.balancer5xx += 1;
    socket.end(
      `HTTP/1.1 ${statusCode}\r\nServer: awselb/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  };
  limitConnecting(upstream, () => fail('504 Gateway Timeout'));
  upstream.setTimeout(place.idleTimeout, () => (answered ? socket.destroy() : fail('504 Gateway Timeout')));
  upstream.on('upgrade', (answer, other, otherHead) => {
    answered = true;
    countAnswer(counters, answer.statusCode ?? 101);
    socket.write(
      statusLine(answer, ['Connection', 'Upgrade', 'Upgrade', answer.headers.upgrade ?? 'websocket']),
    );
    socket.write(otherHead);
    other.write(head);
    join(socket, other);
    join(other, socket);
  });
  upstream.on('response', (answer) => {
    answered = true;
    countAnswer(counters, answer.statusCode ?? 0);
    // The body ends with the connection, so that its framing does not matter.
    socket.write(statusLine(answer, ['Connection', 'close']));
    answer.pipe(socket);
    answer.on('error', () => socket.destroy());
  });
  upstream.on('error', () => {
    counters.connectionErrors += 1;
    fail('502 Bad Gateway');
  });
  socket.on('error', () => undefined);
  socket.on('close', () => upstream.destroy());
  upstream.end();
}

function join(from: Duplex, to: Duplex): void {
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

function statusLine(answer: IncomingMessage, more: RawHeaders): string {
  const headers = [...endToEnd(answer), ...more];
  let text = `HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2)
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${text}\r\n`;
}
