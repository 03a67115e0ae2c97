import { Patience } from '../../src/aws/patience';
import { SlipwayError } from '../../src/errors';
import type { Event } from '../../src/events';
import { baselineOf } from '../../src/release/baseline';
import { estimateOf } from '../../src/release/estimate';
import { WatchLog } from '../../src/release/watch-log';
import { testService } from '../helpers/service';

const service = (running: number) => ({
  status: 'ACTIVE',
  desiredCount: 2,
  deployments: [
    { id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'IN_PROGRESS' as const, runningCount: running },
  ],
});

it('says a change at once, and the numbers after 30 seconds without one', () => {
  const events: Event[] = [];
  const log = new WatchLog(
    'ecs-svc/2',
    baselineOf(undefined, new Set()),
    (event) => events.push(event),
    30,
    '',
  );
  for (let seconds = 0; seconds <= 100; seconds += 2)
    log.take({ service: service(seconds < 50 ? 0 : 1), deployment: undefined }, seconds);
  expect(events.map((event) => (event.type === 'heartbeat' ? event.seconds : event.type))).toEqual([
    'progress',
    30,
    'progress',
    80,
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'heartbeat', message: '1 of 2 running, 0 starting' });
});

it('expects the median of the last five deployments that went well', async () => {
  const ended = (seconds: number, status: 'SUCCESSFUL' | 'STOPPED' = 'SUCCESSFUL') => ({
    status,
    startedAt: new Date(0),
    finishedAt: new Date(seconds * 1000),
  });
  const listed = [ended(1, 'STOPPED'), ...[40, 10, 20, 90, 30, 1000, 1000].map((seconds) => ended(seconds))];
  expect(estimateOf(listed)).toEqual({ seconds: 30, deployments: 5 });
  expect(estimateOf([ended(10), ended(20)])).toEqual({ seconds: 15, deployments: 2 });
  expect(estimateOf([])).toBeUndefined();
  const deployed = await testService();
  await deployed.deploy('ok-1');
  const { lines } = await deployed.deploy('ok-2');
  expect(lines).toContainEqual(expect.objectContaining({ type: 'estimate', deployments: 1 }));
});

describe('where AWS does not answer', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());
  const failure = () => new SlipwayError('UNREACHABLE', 'no route');

  /** What is said until it gives up, where each poll takes so many seconds to fail. */
  const giveUp = (secondsEach: number) => {
    const said: string[] = [];
    const sink = (event: Event) => event.type === 'note' && said.push(event.message);
    const patience = new Patience(2, (event) => void sink(event), 'the deployment goes on');
    for (let polls = 1; ; polls += 1) {
      jest.advanceTimersByTime(secondsEach * 1000);
      try {
        patience.failed(failure());
      } catch (error) {
        return { said, polls, message: (error as Error).message };
      }
    }
  };

  it('gives up after two minutes, and says every 30 seconds that it still asks', () => {
    const { said, polls, message } = giveUp(2);
    expect(polls).toBe(60);
    expect(message).toBe('AWS did not answer for 60 polls in 118 s (no route); the deployment goes on');
    expect(said).toHaveLength(4);
    expect(said[1]).toBe('no answer from AWS since 30 s (no route); asking again');
  });

  it('gives up after five minutes where each question hangs for long', () => {
    const { said, polls } = giveUp(32);
    expect(polls).toBe(11);
    expect(said).toHaveLength(10);
  });
});
