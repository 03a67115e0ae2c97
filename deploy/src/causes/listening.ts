import { readLogLine } from '../release/log-line';

export interface Listening {
  /** As the line writes it: `127.0.0.1:3000`. */
  address: string;
  port: number;
  /** Nobody outside of the container reaches it. */
  isLocal: boolean;
}

const SAYS_SO =
  /listen|running (?:on|at)|serving|started|ready|bound|bind|accepting|server (?:on|at)|available/i;
const HOST_AND_PORT = /(localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]*\]|\*)?:(\d{2,5})\b(?!:)/gi;
const PORT = /\bport\W{0,4}(\d{2,5})\b/gi;
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/i;

/** Where a program says that it listens, by its log: "listening on 127.0.0.1:3000", "Tomcat started on port 8080". */
export function listeningOn(lines: readonly string[]): Listening[] {
  return lines
    .map((line) => readLogLine(line).text)
    .filter((line) => SAYS_SO.test(line))
    .flatMap((line) => {
      const text = line.replace(/\d{4}-\d\d-\d\dT?[\d:.,Z+ ]*|\b\d\d:\d\d:\d\d[.,\d]*/g, ' ');
      const pairs = [...text.matchAll(HOST_AND_PORT)].map(([all, host = '', port]) => ({
        address: all,
        port: Number(port),
        isLocal: LOCAL.test(host),
      }));
      if (pairs.length > 0) return pairs;
      return [...text.matchAll(PORT)].map(([all, port]) => ({
        address: all,
        port: Number(port),
        isLocal: false,
      }));
    });
}
