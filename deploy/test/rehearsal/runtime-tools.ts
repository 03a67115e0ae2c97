import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Image } from '../../rehearsal/images/image';
import type {
  ContainerLaunch,
  ContainerListener,
  RunningContainer,
  Runtime,
} from '../../rehearsal/runtime/runtime';

export const onLinux = process.platform === 'linux';

export function temporaryFolder(): { path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-runtime-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** An image with the given files, by their path in it. */
export function imageOf(
  folder: string,
  files: Readonly<Record<string, string>>,
  more: Partial<Image> = {},
): Image {
  const root = mkdtempSync(join(folder, 'image-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o755 });
  }
  return {
    digest: `sha256:${'0'.repeat(64)}`,
    repository: 'test/image',
    tags: ['1'],
    architecture: 'amd64',
    root,
    workingDirectory: '/srv',
    entryPoint: [],
    command: ['node', 'main.js'],
    environment: {},
    pushedAt: 0,
    sizeInBytes: 0,
    ...more,
  };
}

let count = 0;

export function launchOf(
  runtime: Runtime,
  image: Image,
  more: Partial<ContainerLaunch> = {},
): ContainerLaunch {
  count += 1;
  const taskId = more.taskId ?? `task-${process.pid}-${count}`;
  return {
    taskId,
    taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/test/${taskId}`,
    name: 'web',
    image,
    entryPoint: undefined,
    command: undefined,
    workingDirectory: undefined,
    environment: {},
    address: runtime.allocateAddress(taskId),
    containerPorts: [3000],
    memoryLimit: undefined,
    ...more,
  };
}

export interface Watched extends RunningContainer {
  lines: string[];
  started: Promise<void>;
  /** Resolves with the end, whichever it was. */
  ended: Promise<{ exitCode?: number; reason?: string | undefined; failed?: string }>;
  /** Resolves with the first line that matches, also one that came before. */
  line(pattern: RegExp): Promise<string>;
}

/** Starts a container and remembers what it says. */
export function startWatched(runtime: Runtime, launch: ContainerLaunch): Watched {
  const lines: string[] = [];
  const waiting: { pattern: RegExp; resolve: (line: string) => void }[] = [];
  let onStarted: () => void = () => undefined;
  let onEnded: (end: Awaited<Watched['ended']>) => void = () => undefined;
  const started = new Promise<void>((resolve) => (onStarted = resolve));
  const ended = new Promise<Awaited<Watched['ended']>>((resolve) => (onEnded = resolve));
  const listener: ContainerListener = {
    started: () => onStarted(),
    output(line) {
      lines.push(line);
      for (const { pattern, resolve } of waiting) if (pattern.test(line)) resolve(line);
    },
    exited: (exitCode, reason) => onEnded({ exitCode, reason }),
    failed: (failed) => onEnded({ failed }),
  };
  const container = runtime.start(launch, listener);
  return {
    lines,
    started,
    ended,
    line(pattern) {
      const present = lines.find((line) => pattern.test(line));
      if (present !== undefined) return Promise.resolve(present);
      return new Promise((resolve) => waiting.push({ pattern, resolve }));
    },
    signal: (signal) => container.signal(signal),
    check: (command, timeout) => container.check(command, timeout),
  };
}

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!onLinux) return true;
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves once a condition holds; asks every few milliseconds, and gives up just before the test's own time-out. */
export async function until(condition: () => boolean): Promise<void> {
  for (let asked = 0; asked < 4_000; asked += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`It did not come to pass: ${condition.toString()}`);
}
