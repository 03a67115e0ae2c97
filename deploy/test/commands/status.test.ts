import { FAMILY, testService } from '../helpers/service';

it('says what runs, its deployments, counts, events and record', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['status', 'staging', '--json']);
  const { digest } = service.rehearsal.images.describe(service.image('ok-1'));
  expect(ran.exitCode).toBe(0);
  expect(ran.lines).toHaveLength(1);
  expect(ran.result).toMatchObject({
    kind: 'status',
    status: 'ACTIVE',
    release: { taskDefinition: `${FAMILY}:1`, images: { web: service.image(digest) } },
    record: { gitSha: '4f2c9e1'.padEnd(40, '0'), actor: 'mira', imageDigest: digest },
    desiredCount: 2,
    runningCount: 2,
    deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: `${FAMILY}:1` }],
  });
  expect(ran.result['events']).not.toHaveLength(0);
});

it('is data for a pipe, not a log', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['status', 'staging']);
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toMatch(
    new RegExp(`^web in slipway-staging \\(ap-northeast-1\\): ACTIVE\n  runs      ${FAMILY}:1\n`),
  );
  expect(ran.stdout).toContain('tasks     2 of 2 running, 0 pending');
});

it('says so where there is no service', async () => {
  const service = await testService();
  const ran = await service.run(['status', 'staging', '--json']);
  expect(ran).toMatchObject({ exitCode: 0, result: { status: 'MISSING', deployments: [] } });
});
