import { faultNames } from '../../faults';
import { settingProblem } from '../../setting-values';
import {
  flag,
  json,
  list,
  members,
  number,
  object,
  oneOf,
  optional,
  plain,
  record,
  report,
  required,
  seconds,
  text,
  type ReadKeys,
  type Reader,
} from './reader';

/** What a service's own definitions say, beside what every scenario's have. */
export const definitionKeys = {
  count: optional('How many tasks are wanted; 2 without.', number(0)),
  'load-balancer': optional('Whether it stands behind the load balancer; true without.', flag),
  'launch-type': optional('FARGATE without.', oneOf('FARGATE', 'EC2', 'EXTERNAL')),
  grace: optional('Seconds of real time in which failed health checks do not count; 0 without.', number(0)),
  deployment: optional(
    '`deploymentConfiguration` as ECS has it; circuit breaker with rollback without.',
    members,
  ),
  container: optional('More members of the one container, `web`, as ECS has them.', members),
  task: optional('More members of the task definition, as ECS has them.', members),
  service: optional('More members of the service, as ECS has them.', members),
} as const;

export type Definition = ReadKeys<typeof definitionKeys>;

export const startKeys = {
  releases: optional(
    'Images that were released before, oldest first; the last one runs. Without any there is no service yet.',
    list(text),
  ),
  ...definitionKeys,
  'target-group': optional('More arguments of the target group, as Terraform has them.', members),
} as const;

export const faultKeys = {
  name: required('Which fault.', oneOf(...faultNames)),
  service: optional('The one AWS service it concerns, such as ecs.', text),
  operations: optional('The operations it concerns, such as UpdateService.', list(text)),
  times: optional('It ends by itself after so many.', number(1)),
  every: optional('Only every n-th call meets it.', number(1)),
  delay: optional('Of slow-api, slow-start, crash-later and out-of-memory: real time.', seconds),
  subject: optional('A part of the image, secret or container that it concerns.', text),
} as const;

export const stopTaskKeys = {
  image: optional('Of a release with this image; any without.', text),
  reason: optional('The reason that is given.', text),
} as const;

export const callKeys = {
  service: optional('Signing name; ecs without.', text),
  operation: required('Such as DeleteService.', text),
  input: optional('As the API has it.', members),
} as const;

export const endKeys = {
  exit: required('The exit code.', number(0)),
  outcome: optional('The outcome, as the command tells GitHub.', text),
} as const;

/** What somebody does, or what goes wrong, while the command runs. */
export const doings = {
  fault: optional('Something goes wrong from now on.', object(faultKeys)),
  clear: optional('This fault is over, or `all` are.', oneOf(...faultNames, 'all')),
  release: optional('Somebody releases this image past slipway: a new revision and UpdateService.', text),
  scale: optional('Somebody sets the desired count.', number(0)),
  'stop-task': optional('Somebody stops a running task.', object(stopTaskKeys)),
  'interrupt-spot': optional('Spot capacity takes this many running tasks back.', number(1)),
  alarm: optional(
    'The state that the alarm `slipway-staging-web-errors` takes.',
    oneOf('OK', 'ALARM', 'INSUFFICIENT_DATA'),
  ),
  'stop-deployment': optional(
    'Somebody stops the service deployment in progress.',
    oneOf('ROLLBACK', 'ABORT'),
  ),
  'continue-deployment': optional(
    'Somebody answers a pause hook, as soon as one waits.',
    oneOf('CONTINUE', 'ROLLBACK'),
  ),
  call: optional('Any other call of an AWS API.', object(callKeys)),
  slipway: optional('Somebody else runs this command of slipway at the same time.', text),
  kill: optional('The command gets this signal.', oneOf('SIGINT', 'SIGTERM', 'SIGKILL')),
} as const;

export const meanwhileKeys = {
  once: optional('Waits for an event of the service like this one, `*` being anything.', text),
  traffic: optional('Waits until the new release has this percentage of production traffic.', number(0)),
  after: optional(
    "Waits so long, in ECS's time: after `once` and `traffic`, else after the start of the command.",
    seconds,
  ),
  ...doings,
  expect: optional('Of `slipway`: how that command ends.', object(endKeys)),
} as const;

export type Doing = ReadKeys<typeof meanwhileKeys>;

export const serviceKeys = {
  image: optional('The image of its task definition.', text),
  running: optional('How many tasks run.', number(0)),
  desired: optional('How many are wanted.', number(0)),
  rollout: optional('rolloutState of its primary deployment.', oneOf('COMPLETED', 'IN_PROGRESS', 'FAILED')),
  deployments: optional('How many deployments it has.', number(0)),
} as const;

export type ExpectedService = ReadKeys<typeof serviceKeys>;

export const taskKeys = {
  image: optional('The image that it ran.', text),
  code: optional('stopCode, such as EssentialContainerExited.', text),
  reason: optional('stoppedReason.', text),
  exit: optional('Exit code of its container.', number(0)),
  'container-reason': optional('Reason of its container.', text),
  least: optional('How many there are like this, at least; 1 without.', number(1)),
} as const;

export type ExpectedTask = ReadKeys<typeof taskKeys>;

export const deploymentKeys = {
  status: required('Such as SUCCESSFUL or ROLLBACK_SUCCESSFUL.', text),
  image: optional('The image that it was to bring.', text),
  reason: optional('statusReason.', text),
  stage: optional('lifecycleStage, of those that shift traffic.', text),
  traffic: optional('Percentage of production traffic that its revision has.', number(0)),
} as const;

export type ExpectedDeployment = ReadKeys<typeof deploymentKeys>;

export const expectKeys = {
  ...endKeys,
  service: optional('What the service runs at the moment in which the command ends.', object(serviceKeys)),
  afterwards: optional('What it comes to run within ten seconds of the end.', object(serviceKeys)),
  events: optional(
    'Events of the service since the command began, in this order; others may lie between.',
    list(text),
  ),
  'no-events': optional('Events that must not be among them.', list(text)),
  tasks: optional('Stopped tasks that ECS tells of.', list(object(taskKeys))),
  deployments: optional('The latest service deployments, newest first.', list(object(deploymentKeys))),
  report: optional('Texts that the command prints.', list(text)),
} as const;

const settings = record(json, settingProblem);

/** One doing each, and all that belongs to it. */
const meanwhile: Reader<Doing> = (value) => {
  const found = object(meanwhileKeys)(value);
  if (found === undefined) return undefined;
  const named = Object.keys(doings).filter((name) => found[name as keyof typeof doings] !== undefined);
  if (named.length !== 1) {
    const known = Object.keys(doings).join(', ');
    return report(value, `must do exactly one of ${known}, but does ${named.join(', ') || 'none'}`);
  }
  if (found.expect !== undefined && found.slipway === undefined)
    return report(value, 'has "expect", which only "slipway" can have');
  return found;
};

const command: Reader<string> = (value) => {
  const found = plain(value);
  if (typeof found === 'string' && /^slipway\s+(?!rehearse\b)\S/.test(found)) return found;
  return report(
    value,
    'must be a command of slipway, such as "slipway deploy staging --image $REPOSITORY:ok-2"',
  );
};

export const scenarioKeys = {
  title: required('One line: what happens.', text),
  learn: required('A paragraph: what there is to learn, in plain words.', text),
  speed: optional("How many seconds of ECS's waiting pass in one of ours; 50 without.", number(1)),
  settings: optional('Constants of ECS and limits of its API that are different here.', settings),
  images: optional('Images beside the samples: by tag, the Node program that each runs.', record(text)),
  hooks: optional(
    'Functions of lifecycle hooks, by name, with the status that each answers.',
    record(oneOf('SUCCEEDED', 'FAILED', 'IN_PROGRESS')),
  ),
  start: required('What is there before the command runs.', object(startKeys)),
  change: optional(
    'What the definitions say when the command runs, where that differs from `start`.',
    object(definitionKeys),
  ),
  meanwhile: optional(
    'What others do and what goes wrong; what waits for nothing comes before the command.',
    list(meanwhile),
  ),
  env: optional('Variables of the command.', record(text)),
  run: required('The command. $REPOSITORY is the repository with all images.', command),
  expect: required('How it must end.', object(expectKeys)),
} as const;

export type Scenario = ReadKeys<typeof scenarioKeys>;
