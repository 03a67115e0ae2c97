import { FAMILY, type Ran } from '../helpers/service';
import { deploy, outcome, serviceOf, serviceWith, strategies } from './service-with';

interface Played {
  live: Ran;
  unchanged: Ran;
  crashed: Ran;
  after: Record<string, unknown> | undefined;
}

describe.each([true, false])('each strategy, service deployments: %s', (serviceDeploymentsApi) => {
  const names = Object.keys(strategies);
  const played = new Map<string, Promise<Played>>();
  beforeAll(async () => {
    for (const name of names) played.set(name, play(name));
    await Promise.allSettled(played.values());
  }, 60_000);

  async function play(name: string): Promise<Played> {
    const service = await serviceWith(name, { serviceDeploymentsApi });
    const live = await deploy(service, 'ok-1');
    const unchanged = await deploy(service, 'ok-1');
    const crashed = await deploy(service, 'crash');
    return { live, unchanged, crashed, after: await serviceOf(service) };
  }

  it.each(names)('%s: live, unchanged, rolled back by the circuit breaker', async (name) => {
    const { live, unchanged, crashed, after } = await (played.get(name) as Promise<Played>);
    expect([live.exitCode, outcome(live).kind]).toEqual([0, 'live']);
    expect([unchanged.exitCode, outcome(unchanged).kind]).toEqual([0, 'unchanged']);
    expect(outcome(crashed)).toMatchObject({
      kind: 'rolled-back',
      by: 'circuit-breaker',
      back: { taskDefinition: `${FAMILY}:1` },
      explanation: { known: 'crash' },
    });
    expect(crashed.exitCode).toBe(21);
    expect(after).toMatchObject({
      taskDefinition: expect.stringMatching(/:1$/) as string,
      runningCount: 1,
    });
  });
});
