// `npx tsx scripts/bench-rehearsal.ts`: how fast the rehearsal is, against what it should be.
// Virtual time: 1,000 services of 10 tasks roll in under 20 s and 1 GB, on one core (this process has one thread).
// Real time: 200 task processes without a missed health check.
import { cpus } from 'node:os';
import { keepTasks, rollServices } from '../deploy/test/rehearsal/load';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const verdict = (holds: boolean) => (holds ? 'ok' : 'MISSED');

async function main(): Promise<void> {
  const roll = rollServices(1000, 10);
  const fast = roll.rolled === 1000 && roll.seconds < 20 && roll.resident < 1e9;
  process.stdout.write(
    `virtual time: ${roll.rolled} of 1000 services of 10 tasks rolled in ${roll.seconds.toFixed(1)} s ` +
      `(${roll.virtualSeconds.toFixed(0)} s of ECS's time), heap ${megabytes(roll.heap)}, ` +
      `resident ${megabytes(roll.resident)}: ${verdict(fast)}\n`,
  );
  const keep = await keepTasks(200, 30, 10);
  const kept = keep.healthy === 200 && keep.failedChecks === 0;
  process.stdout.write(
    `real time: ${keep.healthy} of 200 processes healthy ${keep.startSeconds.toFixed(1)} s after CreateService; ` +
      `then ${keep.checks} health checks in 30 s (${keep.dueChecks} due), ${keep.failedChecks} failed: ${verdict(kept)}\n`,
  );
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores\n`);
  process.exitCode = fast && kept ? 0 : 1;
}

void main();
