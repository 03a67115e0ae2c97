import { recordCalls } from '../../helpers/calls';
import { outcomes, threeServices, type Members } from './services';

const tagsOf = async (services: Awaited<ReturnType<typeof threeServices>>, taskDefinition: string) => {
  const { tags } = await services.ecs('DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] });
  return Object.fromEntries((tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
};

describe('several services', () => {
  it('are deployed together, as one release, each after those that it depends on', async () => {
    const services = await threeServices();
    const ran = await services.ship('ok-1');
    expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'deployments', command: 'deploy' } });
    expect(outcomes(ran)).toEqual({ api: 'live', web: 'live', worker: 'live' });

    const of = (service: string, type: string, more: (line: Members) => boolean = () => true) =>
      ran.lines.findIndex((line) => line['service'] === service && line['type'] === type && more(line));
    const update = ({ phase }: Members) => phase === 'update';
    expect(of('web', 'phase', update)).toBeGreaterThan(of('api', 'milestone'));
    expect(of('worker', 'phase', update)).toBeLessThan(of('web', 'phase', update));
    // Whatever may refuse comes before anything is registered.
    const plans = ran.lines.flatMap(({ type, phase }, index) =>
      type === 'phase' && phase === 'plan' ? index : [],
    );
    const registered = ran.lines.findIndex(({ phase }) => phase === 'register');
    expect(plans).toHaveLength(3);
    expect(Math.max(...plans)).toBeLessThan(registered);

    const ids = await Promise.all(
      ['api', 'web', 'worker'].map(
        async (name) => (await tagsOf(services, `slipway-staging-${name}`))['slipway:release-id'],
      ),
    );
    expect(new Set(ids)).toEqual(new Set([ran.result['releaseId']]));
  });

  it('register and update once each; what is unchanged is left alone', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    const calls = await recordCalls(services);
    const { env } = calls;
    const same = await services.ship('ok-1', [], { env });
    expect(outcomes(same)).toEqual({ api: 'unchanged', web: 'unchanged', worker: 'unchanged' });
    expect(calls.writes()).toEqual([]);
    const one = await services.ship({ api: 'ok-1', web: 'ok-2', worker: 'ok-1' }, [], { env });
    expect(outcomes(one)).toEqual({ api: 'unchanged', web: 'live', worker: 'unchanged' });
    expect(calls.writes()).toEqual(['RegisterTaskDefinition', 'UpdateService']);
    calls.all.length = 0;
    await services.ship('ok-2', [], { env });
    expect(calls.writes().sort()).toEqual([
      'RegisterTaskDefinition',
      'RegisterTaskDefinition',
      'UpdateService',
      'UpdateService',
    ]);
  });

  it('go back together when one of them fails', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    const ran = await services.ship({ api: 'ok-2', web: 'crash', worker: 'ok-2' });
    expect(ran.exitCode).toBe(21);
    const { api, web, worker } = outcomes(ran);
    expect(web).toBe('rolled-back');
    expect(api).toBe('live, back live');
    expect(worker).toMatch(/^(live, back live|cancelled)$/);
    expect(await services.running()).toEqual({ api: '1', web: '1', worker: '1' });
  });

  it('are not started when what they depend on fails', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    const ran = await services.run([
      ...['deploy', 'staging'],
      ...['--image', `api=${services.image('crash')}`, '--image', services.image('ok-2')],
    ]);
    expect(ran.exitCode).toBe(21);
    const report = ran.stderr.slice(ran.stderr.indexOf('\nROLLED BACK')).replace(/\s+/g, ' ');
    expect(report).toContain('ROLLED BACK api decided it');
    expect(report).toContain('web NOT TOUCHED it was not started, since api failed');
    expect(report).toContain('cause container api exits at start with exit status 1');
    expect(await services.running()).toEqual({ api: '1', web: '1', worker: '1' });
  });

  it('--keep-going leaves alone what does not depend on the one that fails', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    const ran = await services.ship({ api: 'crash', web: 'ok-2', worker: 'ok-2' }, ['--keep-going']);
    expect(ran.exitCode).toBe(21);
    expect(outcomes(ran)).toEqual({ api: 'rolled-back', web: 'not started', worker: 'live' });
    expect(await services.running()).toEqual({ api: '1', web: '1', worker: '2' });
  });

  it('are refused as a whole before anything is registered', async () => {
    const services = await threeServices();
    const ran = await services.ship({ api: 'ok-1', web: 'nowhere', worker: 'ok-1' });
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'IMAGE_NOT_FOUND' } });
    expect(await services.revisions()).toEqual([]);
    expect(await services.running()).toEqual({});
  });

  it('--dry-run says what each would do, and does nothing', async () => {
    const services = await threeServices();
    const ran = await services.ship('ok-1', ['--dry-run']);
    expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'many', command: 'deploy' } });
    const results = ran.result['results'] as { plan: Members }[];
    expect(results.map(({ plan }) => [plan['service'], plan['action'], plan['registers']])).toEqual([
      ['api', 'create', true],
      ['web', 'create', true],
      ['worker', 'create', true],
    ]);
    expect(await services.running()).toEqual({});
  });

  it('--service deploys one of them, and the way back names it', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    const ran = await services.ship('ok-2', ['--service', 'worker']);
    expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'deployment' } });
    expect(ran.result['goBack']).toBe(
      'slipway rollback staging --service worker --to slipway-staging-worker:1',
    );
    expect(await services.running()).toEqual({ api: '1', web: '1', worker: '2' });
  });

  it('Ctrl-C takes all of them back', async () => {
    const services = await threeServices();
    await services.ship('ok-1');
    const interrupt = new AbortController();
    services.behave('sample/ok:2', { output: ['listening'], startsAfter: 60_000 });
    const ran = await services.ship({ api: 'ok-2', web: 'ok-2', worker: 'ok-2' }, [], {
      signal: interrupt.signal,
      onLine: (line) => {
        if (line.type === 'progress' && line.service === 'worker') interrupt.abort();
      },
    });
    expect(ran.exitCode).toBe(130);
    expect(outcomes(ran)).toMatchObject({ web: 'not started', worker: 'cancelled' });
    expect(await services.running()).toEqual({ api: '1', web: '1', worker: '1' });
  });

  it('--detach waits only for what others depend on', async () => {
    const services = await threeServices();
    const ran = await services.ship('ok-1', ['--detach']);
    expect(ran.exitCode).toBe(0);
    expect(outcomes(ran)).toEqual({ api: 'live', web: 'started', worker: 'started' });
  });
});
