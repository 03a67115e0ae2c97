/** Task memory that goes with each task CPU on Fargate, in MiB. Source: "Task CPU and memory", developer guide. */
const sizes: Readonly<
  Record<number, { memory: readonly number[] } | { from: number; to: number; step: number }>
> = {
  256: { memory: [512, 1024, 2048] },
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16384, step: 1024 },
  4096: { from: 8192, to: 30720, step: 1024 },
  8192: { from: 16384, to: 61440, step: 4096 },
  16384: { from: 32768, to: 122880, step: 8192 },
};

/** @param cpu CPU units; 1024 are one vCPU. @param memory MiB. */
export function isFargateSize(cpu: number, memory: number): boolean {
  const size = sizes[cpu];
  if (size === undefined) return false;
  if ('memory' in size) return size.memory.includes(memory);
  return memory >= size.from && memory <= size.to && (memory - size.from) % size.step === 0;
}

/** Task CPU in units: `256`, `.25 vCPU`, `1 vCPU`. Undefined where it is none. */
export function parseCpu(text: string): number | undefined {
  const vcpu = /^\s*(\d*\.?\d+)\s*vcpu\s*$/i.exec(text);
  if (vcpu) return Math.round(Number(vcpu[1]) * 1024);
  return /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** Task memory in MiB: `512`, `1GB`, `0.5 GB`. Undefined where it is none. */
export function parseMemory(text: string): number | undefined {
  const gigabytes = /^\s*(\d*\.?\d+)\s*gb\s*$/i.exec(text);
  if (gigabytes) return Math.round(Number(gigabytes[1]) * 1024);
  return /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}
