import type { CommandSpec } from '../command';
import { detach, dryRun, image, timeout, until } from './options';

/** What is done to a service between releases: scale, refresh, wait, revisions. */
export const operations: readonly CommandSpec[] = [
  {
    name: 'scale',
    summary: 'change how many tasks run, or what autoscaling may do',
    options: [
      { flags: '--tasks <number>', description: 'how many tasks are to run' },
      { flags: '--min <number>', description: 'the least that autoscaling may go down to' },
      { flags: '--max <number>', description: 'the most that autoscaling may go up to' },
      { flags: '--suspend', description: 'stop autoscaling from changing the count' },
      { flags: '--resume', description: 'let autoscaling change the count again' },
      dryRun,
      timeout,
      detach,
    ],
    load: () => import('../scale.ts'),
  },
  {
    name: 'refresh',
    summary: 'replace all tasks by new ones of the same release',
    options: [dryRun, timeout, until, detach],
    load: () => import('../refresh.ts'),
  },
  {
    name: 'wait',
    summary: 'follow the deployment in progress to its end',
    options: [
      {
        flags: '--deployment <id>',
        description: 'the deployment to follow, as "deploy --detach" gave it; also one that has ended',
      },
      timeout,
      until,
    ],
    load: () => import('../wait.ts'),
  },
  {
    name: 'continue',
    summary: 'answer a pause hook that a deployment waits for',
    options: [
      { flags: '--rollback', description: 'answer that the deployment is to be rolled back' },
      { flags: '--hook <id>', description: 'only this hook; without it, every one that waits' },
      dryRun,
      timeout,
      until,
      detach,
    ],
    load: () => import('../continue.ts'),
  },
  {
    name: 'register',
    summary: 'register the task definition, and deploy nothing',
    options: [image, { flags: '--output', description: 'print the task definition as JSON' }, dryRun],
    load: () => import('../register.ts'),
  },
  {
    name: 'revisions',
    summary: 'the revisions of the task definition, and which of them are needed',
    options: [
      { flags: '--revision <revision>', description: 'print one as JSON: a number, current or latest' },
      { flags: '--limit <number>', description: 'how many', default: '20' },
    ],
    load: () => import('../revisions.ts'),
  },
  {
    name: 'deregister',
    summary: 'deregister old revisions of the task definition that nothing needs',
    options: [
      { flags: '--revision <revision>', description: 'only this one: a number, or family:number' },
      { flags: '--keep <number>', description: 'all but so many of the newest' },
      { flags: '--delete', description: 'delete them too: they cannot be looked at afterwards' },
      { flags: '--yes', description: 'do not ask' },
      dryRun,
    ],
    load: () => import('../deregister.ts'),
  },
  {
    name: 'appspec',
    summary: 'print the AppSpec with which CodeDeploy would deploy the service',
    options: [
      {
        flags: '--task-definition <revision>',
        description: 'latest, current, a number, family:number or an ARN',
        default: 'latest',
      },
    ],
    load: () => import('../appspec.ts'),
  },
];
