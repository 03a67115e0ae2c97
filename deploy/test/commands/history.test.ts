import { FAMILY, testService, type Ran } from '../helpers/service';

const releases = ({ result }: Ran) => result['releases'] as Record<string, unknown>[];

it('lists releases with how they ended, newest first', async () => {
  const service = await testService();
  await service.deploy('ok-1', [], { env: { GITHUB_SHA: 'a'.repeat(40) } });
  await service.deploy('crash', [], { env: { GITHUB_SHA: 'b'.repeat(40) } });
  await service.deploy('ok-2', [], { env: { GITHUB_SHA: 'c'.repeat(40), GITHUB_ACTOR: 'noa' } });
  await service.run(['rollback', 'staging', '--to', 'aaaaaaa']);
  const ran = await service.run(['history', 'staging', '--json']);
  expect(ran.exitCode).toBe(0);
  expect(releases(ran)).toMatchObject([
    { taskDefinition: `${FAMILY}:1`, outcome: 'live', gitSha: 'a'.repeat(40), current: true },
    { taskDefinition: `${FAMILY}:3`, outcome: 'live', gitSha: 'c'.repeat(40), actor: 'noa', current: false },
    { taskDefinition: `${FAMILY}:2`, outcome: 'rolled-back', gitSha: 'b'.repeat(40), current: false },
    { taskDefinition: `${FAMILY}:1`, outcome: 'live', gitSha: 'a'.repeat(40), current: false },
  ]);
  expect(releases(await service.run(['history', 'staging', '--json', '--limit', '2']))).toHaveLength(2);
  const { stdout } = await service.run(['history', 'staging']);
  expect(stdout.split('\n')[0]).toMatch(/^when +outcome +revision +commit +image +by$/);
  expect(stdout.split('\n')[1]).toMatch(
    /^2\S+Z +live \* +slipway-staging-web:1 +aaaaaaa +sha256:[0-9a-f]{12} +mira$/,
  );
});

it('goes by revisions where the endpoint keeps no service deployments', async () => {
  const service = await testService({ serviceDeploymentsApi: false });
  await service.deploy('ok-1');
  await service.deploy('ok-2');
  const ran = await service.run(['history', 'staging', '--json']);
  expect(releases(ran)).toMatchObject([
    { taskDefinition: `${FAMILY}:2`, outcome: 'live', current: true },
    { taskDefinition: `${FAMILY}:1`, outcome: 'unknown', current: false },
  ]);
});

it('is empty before the first release', async () => {
  const service = await testService();
  expect(releases(await service.run(['history', 'staging', '--json']))).toEqual([]);
  expect((await service.run(['history', 'staging'])).stdout).toBe(
    'no release of web in slipway-staging is on record\n',
  );
});

it('refuses a limit that is none', async () => {
  const service = await testService();
  expect(await service.run(['history', 'staging', '--json', '--limit', 'all'])).toMatchObject({
    exitCode: 40,
    result: { code: 'USAGE' },
  });
});
