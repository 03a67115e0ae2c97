import { recordCalls } from '../helpers/calls';
import { FAMILY, testService, type Ran } from '../helpers/service';

const data = ({ result }: Ran) => result['data'] as Record<string, unknown>;

it('registers what differs, deploys nothing, and registers nothing when nothing differs', async () => {
  const service = await testService();
  const calls = await recordCalls(service);
  const register = (tag: string, ...argv: string[]) =>
    service.run(['register', 'staging', '--image', service.image(tag), '--json', ...argv], {
      env: calls.env,
    });

  const planned = await register('ok-1', '--dry-run');
  expect(planned).toMatchObject({ exitCode: 0, result: { kind: 'done', outcome: 'planned' } });
  expect(calls.writes()).toEqual([]);

  const first = await register('ok-1');
  expect(first).toMatchObject({ exitCode: 0, result: { outcome: 'done' } });
  expect(first.result['message']).toContain(`registered ${FAMILY}:1 (the first revision of ${FAMILY})`);
  expect(calls.writes()).toEqual(['RegisterTaskDefinition']);
  const { digest } = service.rehearsal.images.describe(service.image('ok-1'));
  expect(data(first)['taskDefinition']).toMatchObject({
    revision: 1,
    containerDefinitions: [{ image: service.image(digest) }],
  });

  const same = await register('ok-1');
  expect(same.result).toMatchObject({
    outcome: 'unchanged',
    message: `${FAMILY}:1 is the same: nothing was registered`,
  });
  expect(calls.writes()).toEqual(['RegisterTaskDefinition']);

  const second = await register('ok-2');
  expect(second.result['message']).toContain(`registered ${FAMILY}:2 (1 changes from ${FAMILY}:1)`);
  expect(await service.revisions()).toHaveLength(2);

  const { tags } = await service.ecs('DescribeTaskDefinition', { taskDefinition: FAMILY, include: ['TAGS'] });
  expect(tags).toEqual(
    expect.arrayContaining([
      { key: 'slipway:release', value: 'register' },
      { key: 'slipway:image-digest', value: service.rehearsal.images.describe(service.image('ok-2')).digest },
    ]),
  );
  expect(tags).not.toContainEqual(expect.objectContaining({ key: 'slipway:replaced' }));
});

it('prints the task definition with --output, without what is secret', async () => {
  const service = await testService({
    container: { environment: [{ name: 'DB_PASSWORD', value: 'hunter2' }] },
  });
  const ran = await service.run(['register', 'staging', '--image', service.image('ok-1'), '--output']);
  expect(ran.exitCode).toBe(0);
  const printed = JSON.parse(ran.stdout) as Record<string, unknown>;
  expect(printed).toMatchObject({ family: FAMILY, revision: 1, status: 'ACTIVE' });
  expect(ran.stdout).not.toContain('hunter2');
});

it('is neither a release of the history nor one to go back to', async () => {
  const service = await testService({ serviceDeploymentsApi: false });
  await service.deploy('ok-1');
  await service.run(['register', 'staging', '--image', service.image('ok-2')]);
  await service.deploy('crash', ['--detach']);
  const history = await service.run(['history', 'staging', '--json']);
  const releases = history.result['releases'] as Record<string, unknown>[];
  expect(releases.map(({ taskDefinition }) => taskDefinition)).toEqual([`${FAMILY}:3`, `${FAMILY}:1`]);
});

it('refuses a definition that ECS does not take, and an image that is not there', async () => {
  const service = await testService();
  const missing = await service.run(['register', 'staging', '--image', service.image('none'), '--json']);
  expect(missing).toMatchObject({ exitCode: 10, result: { code: 'IMAGE_NOT_FOUND' } });
  expect(await service.revisions()).toEqual([]);
});
