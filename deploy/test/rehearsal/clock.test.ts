import { RealClock } from '../../rehearsal/real-clock';
import { TimerQueue } from '../../rehearsal/timer-queue';
import { VirtualClock } from '../../rehearsal/virtual-clock';

describe('a virtual clock', () => {
  test('runs what is due in the order of time, and of asking', () => {
    const clock = new VirtualClock(1000);
    const ran: string[] = [];
    clock.after(20, () => ran.push(`c ${clock.now()}`));
    clock.after(10, () => {
      ran.push(`a ${clock.now()}`);
      clock.after(0, () => ran.push(`b2 ${clock.now()}`));
    });
    clock.afterReal(10, () => ran.push(`b ${clock.now()}`));
    const cancel = clock.after(15, () => ran.push('never'));
    cancel();
    cancel();
    clock.advance(15);
    expect(ran).toEqual(['a 1010', 'b 1010', 'b2 1010']);
    expect(clock.now()).toBe(1015);
    clock.advance(100);
    expect(ran.at(-1)).toBe('c 1020');
  });

  test('runs until a condition holds, until a limit, or until nothing is left', () => {
    const clock = new VirtualClock(0);
    let count = 0;
    const again = () => {
      count += 1;
      if (count < 10) clock.after(10, again);
    };
    clock.after(10, again);
    expect(clock.runUntil(() => count === 3)).toBe(true);
    expect(clock.now()).toBe(30);
    expect(clock.runUntil(() => count === 99, 55)).toBe(false);
    expect(clock.now()).toBe(55);
    expect(clock.runUntil(() => count === 99)).toBe(false);
    expect(count).toBe(10);
  });
});

test('a queue of many timers keeps their order through cancellations', () => {
  const queue = new TimerQueue();
  const ran: number[] = [];
  const cancels: (() => void)[] = [];
  for (let i = 0; i < 5000; i += 1) {
    const due = (i * 7919) % 1000;
    cancels.push(queue.add(due, () => ran.push(due)));
  }
  cancels.forEach((cancel, index) => {
    if (index % 3 !== 0) cancel();
  });
  while (queue.nextDue() !== undefined) queue.take()?.();
  expect(ran).toHaveLength(1667);
  expect([...ran].sort((a, b) => a - b)).toEqual(ran);
});

describe('a real clock', () => {
  test('divides waits by its speed, but not those of real processes; the wire shows wall time', async () => {
    const clock = new RealClock(1000);
    try {
      const wallStart = Date.now();
      const start = clock.now();
      const fast = new Promise<number>((resolve) => clock.after(50_000, () => resolve(clock.now() - start)));
      const slow = new Promise<number>((resolve) => clock.afterReal(100, () => resolve(clock.now() - start)));
      // Its own timers do not keep the process alive.
      const keep = setInterval(() => undefined, 1000);
      const order: string[] = [];
      void fast.then(() => order.push('fast'));
      expect(await slow).toBeGreaterThanOrEqual(100_000);
      expect(await fast).toBeGreaterThanOrEqual(50_000);
      clearInterval(keep);
      expect(order).toEqual(['fast']);
      const shown = clock.toWire(clock.now());
      expect(shown).toBeGreaterThanOrEqual(wallStart);
      expect(shown).toBeLessThanOrEqual(Date.now() + 5);
    } finally {
      clock.close();
    }
    clock.after(0, () => {
      throw new Error('a closed clock runs nothing');
    });
  });

  test('refuses a speed that is none', () => {
    expect(() => new RealClock(0)).toThrow('The speed of a clock must be a number above 0, not 0.');
  });
});
