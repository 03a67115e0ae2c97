import { outcomes, threeServices, type Members } from './services';

describe('rollback of several services', () => {
  it('takes back what the last release changed, and nothing else', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    await services.ship({ api: 'ok-2', web: 'ok-2', worker: 'ok-1' });
    expect(await services.running()).toEqual({ api: '2', web: '2', worker: '1' });
    const planned = await services.run(['rollback', 'staging', '--dry-run', '--json']);
    expect(planned).toMatchObject({ exitCode: 0, result: { kind: 'many' } });
    const results = planned.result['results'] as Record<string, Members>[];
    expect(results.map(({ place, to }) => [place?.['service'], to?.['taskDefinition']])).toEqual([
      ['api', 'slipway-staging-api:1'],
      ['web', 'slipway-staging-web:1'],
    ]);

    const ran = await services.run(['rollback', 'staging', '--json', '--reason', 'too slow']);
    expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'deployments', command: 'rollback' } });
    expect(outcomes(ran)).toEqual({ api: 'live', web: 'live', worker: 'not started' });
    expect(await services.running()).toEqual({ api: '1', web: '1', worker: '1' });
    // Those that depend on others go first.
    const rollback = (service: string) =>
      ran.lines.findIndex((line) => line['service'] === service && line['phase'] === 'rollback');
    expect(rollback('api')).toBeGreaterThan(rollback('web'));
  });

  it('moves nothing when one of them cannot go back', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    await services.ship('ok-2');
    await services.ecs('DeregisterTaskDefinition', { taskDefinition: 'slipway-staging-web:1' });
    const ran = await services.run(['rollback', 'staging', '--json', '--to', '1']);
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
    expect(await services.running()).toEqual({ api: '2', web: '2', worker: '2' });
  });

  it('says in text what became of each', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    await services.ship('ok-2');
    const ran = await services.run(['rollback', 'staging']);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/\nLIVE {2}3 services are back\n {2}api +LIVE slipway-staging-api:1 serves/);
  });
});
