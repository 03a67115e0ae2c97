import type { CommandSpec, OptionSpec } from '../command';
import { detach, dryRun, image, timeout } from './options';

const container: OptionSpec = {
  flags: '--container <name>',
  description: 'which container; otherwise the first essential one',
};
const task: OptionSpec = {
  flags: '--task <id>',
  description: 'which task; the first letters of its id are enough',
};

/** What has to do with single tasks: run one, list them, read their logs, enter them. */
export const tasks: readonly CommandSpec[] = [
  {
    name: 'run',
    summary: "run a one-off task with the service's network; ends with its exit status",
    words: 'command of the container, instead of its own',
    options: [
      container,
      { flags: '--command <line>', description: 'the command as one text, split at spaces' },
      { ...image, description: 'the definitions with this image, instead of what the service runs' },
      { flags: '--revision <revision>', description: 'this revision: a number, or family:number' },
      { flags: '--latest', description: 'the newest revision of the family' },
      { flags: '--count <number>', description: 'how many tasks, at most 10', default: '1' },
      { flags: '--cpu <units>', description: 'CPU units of the task' },
      { flags: '--memory <MiB>', description: 'memory of the task' },
      {
        flags: '--env <NAME=VALUE>',
        description: 'a variable of the container; NAME alone hands on the value of this process',
        multiple: true,
      },
      { flags: '--tags <KEY=VALUE,...>', description: 'tags of the task', multiple: true },
      {
        flags: '--wait-until <state>',
        description: 'running or stopped',
        default: 'stopped',
      },
      { ...detach, description: 'start it and do not wait' },
      timeout,
      dryRun,
    ],
    load: () => import('../run.ts'),
  },
  {
    name: 'tasks',
    summary: 'list the tasks of the service, look at one, or stop some',
    positionals: { name: '[action...]', description: 'list (the default), find ID..., or stop ID...' },
    options: [
      { flags: '--stopped', description: 'list: also those that stopped in the last hour' },
      { flags: '--reason <text>', description: 'stop: why; ECS shows it with the task' },
      { flags: '--yes', description: 'stop: do not ask' },
      dryRun,
    ],
    load: () => import('../tasks.ts'),
  },
  {
    name: 'logs',
    summary: 'what the containers of the service write, in order of time',
    options: [
      { flags: '-f, --follow', description: 'go on with what comes, of new tasks too, until Ctrl-C' },
      { flags: '--since <duration>', description: 'how far to look back', default: '10m' },
      task,
      { ...container, description: 'only this container' },
      { flags: '--filter <pattern>', description: 'only lines that fit a filter pattern of CloudWatch Logs' },
    ],
    load: () => import('../logs.ts'),
  },
  {
    name: 'exec',
    summary: 'a shell, or one command, in a container that runs',
    words: 'the command, instead of a shell',
    options: [
      task,
      container,
      { flags: '--command <line>', description: 'the command as one text; "sh" without' },
      {
        flags: '--port-forward <ports>',
        description: 'instead: LOCAL:REMOTE or LOCAL:HOST:REMOTE, a port of this machine that leads there',
      },
    ],
    load: () => import('../exec.ts'),
  },
];
