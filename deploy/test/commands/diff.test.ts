import { FAMILY, testService } from '../helpers/service';

const oneLine = (text: string) => text.replace(/\s+/g, ' ');

it('says what a deploy would change, and where it stands', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const diff = (tag: string, ...more: string[]) =>
    service.run(['diff', 'staging', '--image', service.image(tag), ...more], { env: { LOG_LEVEL: 'debug' } });
  const ran = await diff('ok-1');
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  expect(oneLine(ran.stdout)).toContain(
    `update web in slipway-staging: 1 change, a new revision (now ${FAMILY}:1)`,
  );
  expect(ran.stdout).toContain('~ containerDefinitions[web].environment[LOG_LEVEL].value');
  expect(ran.stdout).toContain('info -> debug');
  expect((await diff('ok-1', '--exit-code')).exitCode).toBe(2);
  expect((await diff('ok-2', '--json')).result).toMatchObject({
    plan: {
      action: 'update',
      changes: [
        { part: 'task definition', path: 'containerDefinitions[web].image', position: { line: 13 } },
        { path: 'containerDefinitions[web].environment[LOG_LEVEL].value', before: 'info', after: 'debug' },
      ],
    },
  });
});

it('says so where nothing would', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['diff', 'staging', '--image', service.image('ok-1'), '--exit-code']);
  expect(ran.exitCode).toBe(0);
  expect(oneLine(ran.stdout)).toContain(
    `web in slipway-staging is up to date: ${FAMILY}:1 runs what the definitions say`,
  );
});

it('of a service that does not exist is its creation', async () => {
  const service = await testService();
  const ran = await service.run(['diff', 'staging', '--image', service.image('ok-1'), '--exit-code']);
  expect(ran).toMatchObject({ exitCode: 2 });
  expect(ran.stdout).toContain('create web in slipway-staging');
});

it('hides what is named like a secret', async () => {
  const service = await testService({
    container: { environment: [{ name: 'API_TOKEN', value: '{{ env `TOKEN` `old-value` }}' }] },
  });
  await service.deploy('ok-1');
  const ran = await service.run(['diff', 'staging', '--image', service.image('ok-1')], {
    env: { TOKEN: 'hunter2' },
  });
  expect(ran.stdout).toContain('environment[API_TOKEN]');
  expect(ran.stdout).not.toMatch(/hunter2|old-value/);
});
