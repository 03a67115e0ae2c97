import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { testService, type Ran } from '../helpers/service';

/** The command behind `follow`, as words; it must stand in one line, to be copied. */
function followIn({ stderr }: Ran): string[] {
  const [, line = ''] = /^ {2}follow +slipway (.+)$/m.exec(stderr) ?? [];
  return line.split(' ');
}

it('says with which command a deployment is followed, and that one ends as the deploy would have', async () => {
  const service = await testService();
  const argv = ['deploy', 'staging', '--detach', '--image'];
  const first = await service.run([...argv, service.image('ok-1')]);
  expect(first.exitCode).toBe(0);
  expect(followIn(first)).toEqual([
    'wait',
    'staging',
    '--deployment',
    expect.stringMatching(/^ecs-svc\/\d+$/),
  ]);
  expect((await service.run(followIn(first))).exitCode).toBe(0);
  const second = await service.run([...argv, service.image('crash'), '--skip-check', 'all']);
  const ended = await service.run([...followIn(second), '--json']);
  expect(ended).toMatchObject({ exitCode: 21, result: { outcome: { kind: 'rolled-back' } } });
  // Long after it has ended, too.
  expect((await service.run(followIn(second))).exitCode).toBe(21);
});

it('says it where the time is up, and names the config that is not found by itself', async () => {
  const service = await testService();
  service.behave('sample/ok:1', { startsAfter: 600_000 });
  mkdirSync(join(service.directory, 'app/my configs'));
  renameSync(join(service.directory, 'app/slipway.yml'), join(service.directory, 'app/my configs/prod.yml'));
  renameSync(join(service.directory, 'app/ecs'), join(service.directory, 'app/my configs/ecs'));
  const ran = await service.run([
    'deploy',
    'staging',
    '--config',
    'my configs/prod.yml',
    '--image',
    service.image('ok-1'),
    '--timeout',
    '200ms',
  ]);
  expect(ran.exitCode).toBe(23);
  expect(followIn(ran).join(' ')).toMatch(
    /^wait staging --config "my configs\/prod\.yml" --deployment ecs-svc\/\d+$/,
  );
});

it('a refresh and a rollback say it too', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  await service.deploy('ok-2');
  const refreshed = await service.run(['refresh', 'staging', '--detach']);
  expect((await service.run(followIn(refreshed))).exitCode).toBe(0);
  const back = await service.run(['rollback', 'staging', '--detach']);
  expect((await service.run([...followIn(back), '--json'])).result).toMatchObject({
    outcome: { kind: 'live', release: { taskDefinition: expect.stringMatching(/:1$/) as string } },
  });
});
