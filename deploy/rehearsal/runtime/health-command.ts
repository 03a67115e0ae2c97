import type { ContainerLaunch } from './runtime';

/** A health check command as a command line: `CMD` and `CMD-SHELL` as in a container definition, or plain words. */
export function healthCommandLine(command: readonly string[]): readonly string[] {
  const [first = '', ...rest] = command;
  if (first === 'CMD') return rest;
  if (first === 'CMD-SHELL') return shell(rest.join(' '));
  return command.length === 1 ? shell(first) : command;
}

function shell(text: string): string[] {
  return process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', text] : ['/bin/sh', '-c', text];
}

const loopback = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

/**
 * In its network namespace a container reaches itself at `localhost`; here it listens at the task's address. So
 * `localhost:PORT` in a check means that address, where PORT is a container port, unless the container was told to
 * listen on localhost only; and the port that stands for PORT, where another one does.
 */
export function atTaskAddress(
  words: readonly string[],
  launch: ContainerLaunch,
  environment: Readonly<Record<string, string>>,
  hostPort: (containerPort: number) => number,
): readonly string[] {
  const localOnly = loopback.has(environment.HOST ?? '');
  return words.map((word) =>
    word.replace(
      /(?<![\w.-])(localhost|127\.0\.0\.1|\[::1\]):(\d+)/g,
      (all, host: string, digits: string) => {
        const port = Number(digits);
        if (!launch.containerPorts.includes(port)) return all;
        return `${localOnly ? host : launch.address}:${hostPort(port)}`;
      },
    ),
  );
}
