import type { Message } from '../api/operation';
import { serviceDeployments } from './doings';
import type { ExpectedDeployment, ExpectedService, ExpectedTask, Scenario } from './file/scenario';
import { contains, firstMissing, isLike } from './pattern';
import { pause, type Stage } from './stage';

const PATIENCE_MILLISECONDS = 10_000;

/** What was there before the command began, and does not count. */
export interface Before {
  events: ReadonlySet<string>;
  stoppedTasks: ReadonlySet<string>;
}

export async function whatIsBefore(stage: Stage): Promise<Before> {
  return {
    events: new Set((await stage.events()).map(({ id }) => id)),
    stoppedTasks: new Set((await stage.tasks('STOPPED')).map(({ taskArn }) => String(taskArn))),
  };
}

/** @returns what is not as expected: one line each. */
export async function checkService(stage: Stage, expected: ExpectedService): Promise<string[]> {
  const service = await stage.service();
  if (service === undefined) return ['there is no service'];
  const deployments = service.deployments as Message[];
  const found = {
    image: await stage.imageOf(service.taskDefinition),
    running: service.runningCount,
    desired: service.desiredCount,
    rollout: deployments.find(({ status }) => status === 'PRIMARY')?.rolloutState,
    deployments: deployments.length,
  };
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const actual = found[name as keyof typeof found];
    return wanted === undefined || wanted === actual
      ? []
      : [`${name} of the service: expected ${wanted}, found ${String(actual)}`];
  });
}

/** The checks that may take a moment to come true: looked at again until they do, for ten seconds. */
export async function checkAfterwards(
  stage: Stage,
  expect: Scenario['expect'],
  before: Before,
): Promise<string[]> {
  const look = async () => [
    ...(expect.afterwards === undefined ? [] : await checkService(stage, expect.afterwards)),
    ...checkEvents(await messages(stage, before), expect),
    ...(await checkTasks(stage, expect.tasks ?? [], before)),
    ...(await checkDeployments(stage, expect.deployments ?? [])),
  ];
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const failures = await look();
    if (failures.length === 0 || performance.now() > deadline) return failures;
    await pause(50);
  }
}

export function checkReport(printed: string, texts: readonly string[] = []): string[] {
  return texts.filter((text) => !contains(printed, text)).map((text) => `the report does not say "${text}"`);
}

function checkEvents(events: readonly string[], expect: Scenario['expect']): string[] {
  const missing = firstMissing(events, expect.events ?? []);
  const unwanted = (expect['no-events'] ?? []).flatMap((pattern) =>
    events.filter((event) => isLike(event, pattern)),
  );
  return [
    ...(missing === undefined ? [] : [`no event in its place like: ${missing}${listed('events', events)}`]),
    ...unwanted.map((event) => `an event that must not be: ${event}`),
  ];
}

async function messages(stage: Stage, before: Before): Promise<string[]> {
  return (await stage.events()).filter(({ id }) => !before.events.has(id)).map(({ message }) => message);
}

async function checkTasks(
  stage: Stage,
  expected: readonly ExpectedTask[],
  before: Before,
): Promise<string[]> {
  if (expected.length === 0) return [];
  const stopped = (await stage.tasks('STOPPED')).filter(
    ({ taskArn, lastStatus }) => lastStatus === 'STOPPED' && !before.stoppedTasks.has(String(taskArn)),
  );
  const found = await Promise.all(stopped.map((task) => taskAsExpected(stage, task)));
  return expected.flatMap(({ least = 1, ...wanted }) => {
    const alike = found.filter((task) => matches(task, wanted));
    if (alike.length >= least) return [];
    const lines = [...new Set(found.map(oneLine))];
    return [
      `stopped tasks like ${oneLine(wanted)}: expected ${least} or more, found ${alike.length}${listed('stopped tasks', lines)}`,
    ];
  });
}

async function taskAsExpected(stage: Stage, task: Message): Promise<Record<string, unknown>> {
  const container = (task.containers as { name: string; exitCode?: number; reason?: string }[]).find(
    ({ name }) => name === 'web',
  );
  return {
    image: await stage.imageOf(task.taskDefinitionArn),
    code: task.stopCode,
    reason: task.stoppedReason,
    exit: container?.exitCode,
    'container-reason': container?.reason,
  };
}

async function checkDeployments(stage: Stage, expected: readonly ExpectedDeployment[]): Promise<string[]> {
  if (expected.length === 0) return [];
  const found = await Promise.all(
    (await serviceDeployments(stage)).map(async ({ status, statusReason, lifecycleStage, ...deployment }) => {
      const { arn, requestedProductionTrafficWeight: traffic } = deployment.targetServiceRevision as Message;
      const { serviceRevisions } = await stage.ecs('DescribeServiceRevisions', {
        serviceRevisionArns: [arn],
      });
      const [revision] = serviceRevisions as Message[];
      return {
        status,
        image: await stage.imageOf(revision?.taskDefinition),
        reason: statusReason,
        stage: lifecycleStage,
        traffic,
      };
    }),
  );
  return expected.flatMap((wanted, index) => {
    const actual = found[index];
    if (actual !== undefined && matches(actual, wanted)) return [];
    return [
      `service deployment ${index + 1}: expected ${oneLine(wanted)}, found ${actual === undefined ? 'none' : oneLine(actual)}`,
    ];
  });
}

/** Numbers are equal, texts are alike. */
function matches(
  found: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    if (value === undefined) return true;
    const actual = found[name];
    return typeof value === 'string' ? typeof actual === 'string' && isLike(actual, value) : actual === value;
  });
}

function oneLine(value: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{ ${members.map(([name, member]) => `${name}: ${String(member)}`).join(', ')} }`;
}

function listed(what: string, lines: readonly string[]): string {
  if (lines.length === 0) return `\n  there are no ${what}`;
  return `\n  the ${what}:\n${lines.map((line) => `    ${line}`).join('\n')}`;
}
