import type { Message } from '../api/operation';
import { makeDefinitions, withNames } from './definitions';
import type { Doing, Scenario } from './file/scenario';
import { isLike } from './pattern';
import { changed, pause, type Stage } from './stage';
import { names } from './world';

/** What doings can do to the command, and how they run another. */
export interface Commands {
  kill(signal: NodeJS.Signals): void;
  /** Whether the command ended long ago, or all was interrupted: nothing that is waited for comes any more. */
  isOver(): boolean;
  /** @returns what was not as expected of it. */
  other(command: string, expected: Doing['expect']): Promise<string[]>;
}

const LOOK_MILLISECONDS = 20;

/** Whether it comes before the command, rather than while it runs. */
export function comesFirst(doing: Doing): boolean {
  return (
    doing.once === undefined &&
    doing.traffic === undefined &&
    doing.after === undefined &&
    doing.slipway === undefined &&
    doing.kill === undefined &&
    doing['continue-deployment'] === undefined
  );
}

/**
 * Waits for the moment of a doing. @param before ids of the events that do not count.
 * @returns false where `over` says, ten seconds long, that it will not come.
 */
export async function untilDue(
  doing: Doing,
  stage: Stage,
  before: ReadonlySet<string>,
  isOver: () => boolean,
): Promise<boolean> {
  const { once, traffic, after } = doing;
  const holds = async () => {
    if (
      once !== undefined &&
      !(await stage.events()).some(({ id, message }) => !before.has(id) && isLike(message, once))
    )
      return false;
    return traffic === undefined || (await productionTraffic(stage)) === traffic;
  };
  while (!(await holds())) {
    if (isOver()) return false;
    await pause(LOOK_MILLISECONDS);
  }
  const { clock } = stage.rehearsal;
  if (after !== undefined) await pause((after * 1000) / clock.speed);
  return true;
}

/** @returns what was not as it should be. @throws Error, as AWS's API words it, where something cannot be done. */
export async function perform(
  doing: Doing,
  stage: Stage,
  scenario: Scenario,
  commands: Commands,
): Promise<string[]> {
  const { rehearsal } = stage;
  const { cluster, service } = names;
  const update = (change: Message) => stage.ecs('UpdateService', { cluster, service, ...change });
  if (doing.fault !== undefined) {
    const { name, delay, ...options } = doing.fault;
    await rehearsal.faults.set(
      name,
      defined({ ...options, delay: delay === undefined ? undefined : delay * 1000 }),
    );
  }
  if (doing.clear !== undefined)
    await rehearsal.faults.clear(doing.clear === 'all' ? undefined : doing.clear);
  if (doing.release !== undefined) {
    const definitions = makeDefinitions(changed(scenario.start, scenario.change), stage.world);
    await update({ taskDefinition: await stage.register(doing.release, definitions) });
  }
  if (doing.scale !== undefined) await update({ desiredCount: doing.scale });
  if (doing['stop-task'] !== undefined) {
    const { image, reason } = doing['stop-task'];
    const [task] = await runningTasks(stage, image);
    if (task === undefined)
      return [`no task${image === undefined ? '' : ` of ${image}`} runs that could be stopped`];
    await stage.ecs('StopTask', { cluster, task: task.taskArn, ...(reason === undefined ? {} : { reason }) });
  }
  if (doing['interrupt-spot'] !== undefined) {
    const tasks = await runningTasks(stage);
    for (const { taskArn } of tasks.slice(0, doing['interrupt-spot']))
      rehearsal.controlPlane.interrupt(String(taskArn));
  }
  if (doing.alarm !== undefined) {
    const state = { AlarmName: names.alarm, StateValue: doing.alarm, StateReason: 'scenario' };
    await rehearsal.call('monitoring', 'SetAlarmState', state);
  }
  if (doing['stop-deployment'] !== undefined) {
    const [current] = await serviceDeployments(stage, ['PENDING', 'IN_PROGRESS']);
    if (current === undefined) return ['no service deployment is in progress that could be stopped'];
    await stage.ecs('StopServiceDeployment', {
      serviceDeploymentArn: current.serviceDeploymentArn,
      stopType: doing['stop-deployment'],
    });
  }
  if (doing['continue-deployment'] !== undefined)
    return continueDeployment(stage, doing['continue-deployment'], () => commands.isOver());
  if (doing.call !== undefined) {
    const { service: called = 'ecs', operation, input = {} } = doing.call;
    await rehearsal.call(called, operation, withNames(input, stage.world) as Message);
  }
  if (doing.kill !== undefined) commands.kill(doing.kill);
  return doing.slipway === undefined ? [] : commands.other(doing.slipway, doing.expect);
}

/** Newest first. */
export async function serviceDeployments(stage: Stage, status?: readonly string[]): Promise<Message[]> {
  const { cluster, service } = names;
  const listed = await stage.ecs('ListServiceDeployments', {
    cluster,
    service,
    ...(status ? { status } : {}),
  });
  const arns = (listed.serviceDeployments as Message[]).map(
    ({ serviceDeploymentArn }) => serviceDeploymentArn,
  );
  if (arns.length === 0) return [];
  const described = await stage.ecs('DescribeServiceDeployments', {
    serviceDeploymentArns: arns.slice(0, 20),
  });
  const found = described.serviceDeployments as Message[];
  return arns.flatMap((arn) => found.filter(({ serviceDeploymentArn }) => serviceDeploymentArn === arn));
}

/** Percent that the newest deployment's revision has, while it is in progress. */
async function productionTraffic(stage: Stage): Promise<unknown> {
  const [current] = await serviceDeployments(stage, ['IN_PROGRESS']);
  return (current?.targetServiceRevision as Message | undefined)?.requestedProductionTrafficWeight;
}

async function runningTasks(stage: Stage, image?: string): Promise<Message[]> {
  const running = (await stage.tasks('RUNNING')).filter(({ lastStatus }) => lastStatus === 'RUNNING');
  if (image === undefined) return running;
  const images = await Promise.all(running.map(({ taskDefinitionArn }) => stage.imageOf(taskDefinitionArn)));
  return running.filter((_, index) => images[index] === image);
}

/** Waits for a pause hook that awaits an answer. */
async function continueDeployment(
  stage: Stage,
  action: 'CONTINUE' | 'ROLLBACK',
  isOver: () => boolean,
): Promise<string[]> {
  for (;;) {
    const [current] = await serviceDeployments(stage, ['IN_PROGRESS']);
    const details = (current?.lifecycleHookDetails ?? []) as { hookId: string; status: string }[];
    const waiting = details.find(({ status }) => status === 'AWAITING_ACTION');
    if (current !== undefined && waiting !== undefined) {
      const { serviceDeploymentArn } = current;
      await stage.ecs('ContinueServiceDeployment', { serviceDeploymentArn, hookId: waiting.hookId, action });
      return [];
    }
    if (isOver()) return ['no pause hook awaits an answer'];
    await pause(LOOK_MILLISECONDS);
  }
}

function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
