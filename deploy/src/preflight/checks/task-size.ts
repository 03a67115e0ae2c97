import type { Check, Problem } from '../check';
import { number, object, text } from '../values';

/**
 * Task memory that goes with each task CPU on Fargate, in MiB: from, to, step.
 * Source: "Task CPU and memory", ECS developer guide.
 */
const sizes: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1024, 4096, 1024),
  1024: range(2048, 8192, 1024),
  2048: range(4096, 16_384, 1024),
  4096: range(8192, 30_720, 1024),
  8192: range(16_384, 61_440, 4096),
  16_384: range(32_768, 122_880, 8192),
};

export const taskSize: Check = {
  name: 'task-size',
  summary: 'Fargate has the pair of CPU and memory, and the ephemeral storage',
  actions: [],
  run: ({ task, taskAt, launch }) => {
    const problems: Problem[] = [];
    const error = (member: string, message: string, hint: string) =>
      problems.push({ level: 'error', message, hint, position: taskAt(member) });
    const written = { cpu: text(task['cpu']), memory: text(task['memory']) };
    const cpu = written.cpu === undefined ? undefined : parseCpu(written.cpu);
    const memory = written.memory === undefined ? undefined : parseMemory(written.memory);

    if (written.cpu !== undefined && cpu === undefined)
      error('cpu', `cpu "${written.cpu}" is no amount of CPU`, 'write units ("256") or vCPUs (".25 vCPU")');
    if (written.memory !== undefined && memory === undefined)
      error(
        'memory',
        `memory "${written.memory}" is no amount of memory`,
        'write MiB ("512") or GB ("0.5 GB")',
      );
    if (launch === 'FARGATE') {
      for (const member of ['cpu', 'memory'] as const) {
        if (task[member] !== undefined && task[member] !== '') continue;
        const message = `Fargate wants "${member}" at the level of the task, and there is none`;
        const hint = `set "${member}" of the task, beside "family"`;
        problems.push({ level: 'error', message, hint, position: taskAt('family'), absence: true });
      }
      if (cpu !== undefined && sizes[cpu] === undefined) {
        error('cpu', `Fargate has no tasks with ${cpu} CPU units`, `it has ${Object.keys(sizes).join(', ')}`);
      } else if (cpu !== undefined && memory !== undefined && !sizes[cpu]?.includes(memory)) {
        error('memory', `Fargate has no ${memory} MiB with ${cpu} CPU units`, choices(cpu, memory));
      }
      const family = text(object(task['runtimePlatform'])?.['operatingSystemFamily']) ?? 'LINUX';
      if (family.startsWith('WINDOWS') && cpu !== undefined && cpu < 1024)
        error('cpu', `Windows on Fargate needs 1024 CPU units, and there are ${cpu}`, 'set "cpu" to "1024"');
    }
    const storage = number(object(task['ephemeralStorage'])?.['sizeInGiB']);
    if (storage !== undefined && (storage < 21 || storage > 200)) {
      problems.push({
        level: 'error',
        message: `ephemeralStorage of ${storage} GiB is out of range`,
        hint: 'it goes from 21 to 200 GiB; 20 GiB are there without it',
        position: taskAt('ephemeralStorage', 'sizeInGiB'),
      });
    }
    return problems;
  },
};

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

/** What is nearest, by memory and by CPU. */
function choices(cpu: number, memory: number): string {
  const own = sizes[cpu] ?? [];
  const first = own[0] ?? 0;
  const step = (own[1] ?? first) - first;
  const list = own.length <= 3 ? own.join(', ') : `${first} to ${own.at(-1)} in steps of ${step}`;
  const others = Object.keys(sizes).filter((other) => sizes[Number(other)]?.includes(memory));
  const instead = others.length === 0 ? '' : `; ${memory} MiB go with ${others.join(', ')} CPU units`;
  return `with ${cpu} go ${list}${instead}`;
}

/** `256`, `.25 vCPU`, `1 vCPU`, in units. */
export function parseCpu(written: string): number | undefined {
  const vcpu = /^\s*(\d*\.?\d+)\s*vcpu\s*$/i.exec(written);
  if (vcpu) return Math.round(Number(vcpu[1]) * 1024);
  return /^\s*\d+\s*$/.test(written) ? Number(written) : undefined;
}

/** `512`, `1GB`, `0.5 GB`, in MiB. */
export function parseMemory(written: string): number | undefined {
  const gigabytes = /^\s*(\d*\.?\d+)\s*gb\s*$/i.exec(written);
  if (gigabytes) return Math.round(Number(gigabytes[1]) * 1024);
  return /^\s*\d+\s*$/.test(written) ? Number(written) : undefined;
}
