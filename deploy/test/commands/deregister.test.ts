import { recordCalls } from '../helpers/calls';
import { CLUSTER, FAMILY, testService, type Ran, type TestService } from '../helpers/service';

const data = ({ result }: Ran) => result['data'] as Record<string, unknown>;
const deregister = (service: TestService, ...argv: string[]) =>
  service.run(['deregister', 'staging', '--json', ...argv]);
const active = async (service: TestService) =>
  (await service.revisions()).map((arn) => Number(arn.slice(arn.lastIndexOf(':') + 1)));

/** Revision 1 and 5 were released, 5 runs; 2, 3, 4, 6 and 7 were only registered. */
async function sevenRevisions(): Promise<TestService> {
  const service = await testService();
  await service.deploy('ok-1');
  const { taskDefinition } = await service.ecs('DescribeTaskDefinition', { taskDefinition: FAMILY });
  const {
    family,
    networkMode,
    cpu,
    memory,
    requiresCompatibilities,
    executionRoleArn,
    containerDefinitions,
  } = taskDefinition as Record<string, unknown>;
  const again = {
    family,
    networkMode,
    cpu,
    memory,
    requiresCompatibilities,
    executionRoleArn,
    containerDefinitions,
  };
  for (let revision = 2; revision <= 4; revision += 1) await service.ecs('RegisterTaskDefinition', again);
  await service.deploy('ok-2');
  for (let revision = 6; revision <= 7; revision += 1) await service.ecs('RegisterTaskDefinition', again);
  return service;
}

it('takes the old ones away, but never what runs, was good last, or has running tasks', async () => {
  const service = await sevenRevisions();
  await service.ecs('RunTask', {
    cluster: CLUSTER,
    taskDefinition: `${FAMILY}:3`,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  });
  const calls = await recordCalls(service);
  const planned = await service.run(['deregister', 'staging', '--keep', '1', '--dry-run', '--json'], {
    env: calls.env,
  });
  expect(planned).toMatchObject({
    exitCode: 0,
    result: { outcome: 'planned', message: `would deregister ${FAMILY}:2, ${FAMILY}:4, ${FAMILY}:6` },
  });
  expect(calls.writes()).toEqual([]);
  expect(await active(service)).toHaveLength(7);

  const ran = await deregister(service, '--keep', '1', '--yes');
  expect(ran).toMatchObject({ exitCode: 0, result: { outcome: 'done' } });
  expect(await active(service)).toEqual([1, 3, 5, 7]);
  expect(data(ran)).toMatchObject({
    deregistered: [`${FAMILY}:2`, `${FAMILY}:4`, `${FAMILY}:6`],
    protected: [
      { taskDefinition: `${FAMILY}:1`, reasons: ['last good: "slipway rollback" goes back to it'] },
      { taskDefinition: `${FAMILY}:3`, reasons: ['1 running task'] },
      { taskDefinition: `${FAMILY}:5` },
    ],
  });
  expect(await deregister(service, '--keep', '1', '--yes')).toMatchObject({
    exitCode: 0,
    result: { outcome: 'unchanged' },
  });
  expect((await service.run(['rollback', 'staging'])).exitCode).toBe(0);
});

it('keeps both ends of a deployment in progress', async () => {
  const service = await sevenRevisions();
  service.behave('sample/ok:1', { startsAfter: 60_000 });
  await service.deploy('ok-1', ['--detach']);
  await deregister(service, '--keep', '0', '--yes');
  expect(await active(service)).toEqual([5, 8]);
});

it('takes one away, and deletes it too', async () => {
  const service = await sevenRevisions();
  const calls = await recordCalls(service);
  const ran = await service.run(['deregister', 'staging', '--revision', '2', '--delete', '--yes', '--json'], {
    env: calls.env,
  });
  expect(ran).toMatchObject({
    exitCode: 0,
    result: { message: `deregistered ${FAMILY}:2, and deleted ${FAMILY}:2` },
  });
  expect(calls.writes()).toEqual(['DeregisterTaskDefinition', 'DeleteTaskDefinitions']);
  const { taskDefinition } = await service.ecs('DescribeTaskDefinition', { taskDefinition: `${FAMILY}:2` });
  expect(taskDefinition).toMatchObject({ status: 'DELETE_IN_PROGRESS' });
  expect(await deregister(service, '--revision', `${FAMILY}:2`, '--yes')).toMatchObject({
    exitCode: 0,
    result: { outcome: 'unchanged' },
  });
});

const refusals: [string, string[], number, string][] = [
  ['one that runs', ['--revision', '5', '--yes'], 10, 'REVISION_IN_USE'],
  ['the last good one', ['--revision', '1', '--yes'], 10, 'REVISION_IN_USE'],
  ['one that does not exist', ['--revision', '99', '--yes'], 10, 'REVISION_NOT_FOUND'],
  ['one of another family', ['--revision', 'other:1', '--yes'], 40, 'USAGE'],
  ['both', ['--revision', '2', '--keep', '3'], 40, 'USAGE'],
  ['neither', [], 40, 'USAGE'],
  ['without being told so', ['--keep', '1'], 40, 'USAGE'],
];

it(`refuses ${refusals.map(([what]) => what).join(', ')}`, async () => {
  const service = await sevenRevisions();
  for (const [, argv, exitCode, code] of refusals)
    expect(await deregister(service, ...argv)).toMatchObject({ exitCode, result: { code } });
  expect(await active(service)).toHaveLength(7);
});

describe('revisions', () => {
  it('lists them with what each is needed for', async () => {
    const service = await sevenRevisions();
    await deregister(service, '--revision', '2', '--yes');
    const ran = await service.run(['revisions', 'staging', '--json']);
    const items = ran.result['items'] as Record<string, unknown>[];
    expect(items.map(({ taskDefinition }) => taskDefinition)).toEqual(
      [7, 6, 5, 4, 3, 2, 1].map((revision) => `${FAMILY}:${revision}`),
    );
    expect(items[2]).toMatchObject({ status: 'ACTIVE', gitSha: '4f2c9e1'.padEnd(40, '0') });
    expect(items[2]?.['protectedBy']).toEqual(
      expect.arrayContaining(['in use', 'last good', '2 running tasks']),
    );
    expect(items[5]).toMatchObject({ status: 'INACTIVE', protectedBy: [] });
    const { stdout } = await service.run(['revisions', 'staging', '--limit', '3']);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^revision +registered +commit +image +status +needed$/);
    expect(lines[3]).toMatch(
      new RegExp(`^${FAMILY}:5 +2\\S+Z +4f2c9e1 +sha256:[0-9a-f]{12} +ACTIVE +in use, `),
    );
  });

  it('prints one as JSON, and refuses one that is not there', async () => {
    const service = await sevenRevisions();
    for (const [which, revision] of Object.entries({ current: 5, latest: 7, 3: 3, [`${FAMILY}:1`]: 1 })) {
      const ran = await service.run(['revisions', 'staging', '--revision', which]);
      expect(ran.exitCode).toBe(0);
      expect(JSON.parse(ran.stdout)).toMatchObject({ family: FAMILY, revision });
    }
    expect(await service.run(['revisions', 'staging', '--revision', '12', '--json'])).toMatchObject({
      exitCode: 10,
      result: { code: 'REVISION_NOT_FOUND' },
    });
  });
});
