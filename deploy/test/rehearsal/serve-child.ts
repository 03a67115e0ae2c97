import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  ECSClient,
  RunTaskCommand,
  CreateClusterCommand,
  RegisterTaskDefinitionCommand,
  DescribeTasksCommand,
} from '@aws-sdk/client-ecs';
import { repository } from './front-door';

/** Starts what it is given and waits for it, as npm and a shell do. */
const parent = `
const [file, ...args] = process.argv.slice(1);
require('node:child_process').spawn(file, args, { stdio: 'inherit' }).once('exit', (code) => process.exit(code ?? 1));
`;

/** `slipway rehearse serve` in a process of its own: the bundle, as people run it. */
export interface Server {
  process: ChildProcess;
  /** Of the server itself, which may be the child of `process`. */
  pid: number;
  endpoint: string;
  /** Resolves with exit code or signal. */
  ended: Promise<number | NodeJS.Signals | null>;
  stderr(): string;
}

const started: ChildProcess[] = [];

/** @param between starts the server as a child of another process, which is what `process` then is. */
export async function startServer(args: readonly string[], between = false): Promise<Server> {
  const bin = join(repository, 'deploy', 'bin', 'slipway.js');
  const command = [process.execPath, bin, 'rehearse', 'serve', '--json', '--speed', '100', ...args];
  const [file = '', ...rest] = between ? [process.execPath, '-e', parent, ...command] : command;
  // A group of its own, as a shell gives to a job: what it starts is then seen as its own.
  const child = spawn(file, rest, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'], detached: between });
  started.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void ended.then((code) => reject(new Error(`serve ended with ${code}: ${stderr}`)));
  });
  const { endpoint, pid } = JSON.parse(line) as { endpoint: string; pid: number };
  return { process: child, pid, endpoint, ended, stderr: () => stderr };
}

/** For `afterAll`: a failed test leaves nothing behind either. */
export function killServers(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}

export function clientFor(endpoint: string): ECSClient {
  return new ECSClient({
    endpoint,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
}

/** Runs tasks until they run. */
export async function runTasks({ endpoint }: Server, image: string, count: number): Promise<void> {
  const ecs = clientFor(endpoint);
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image, portMappings: [{ containerPort: 3000 }] }],
    }),
  );
  const { tasks = [] } = await ecs.send(
    new RunTaskCommand({
      cluster: 'main',
      taskDefinition: 'web',
      count,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-12345678'] } },
    }),
  );
  const arns = tasks.map(({ taskArn }) => taskArn ?? '');
  for (;;) {
    const described = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: arns }));
    if (described.tasks?.every(({ lastStatus }) => lastStatus === 'RUNNING')) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  ecs.destroy();
}

/** Processes whose ancestor is this one, by /proc; Linux only. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entryName) => /^\d+$/.test(entryName))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (one: number): boolean => {
    const parent = parents.get(one);
    return parent !== undefined && (parent === pid || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}
