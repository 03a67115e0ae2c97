// `npm run bench`: the main job as a whole: wall time and the most memory that all its processes held at once.
// Memory is read from /proc every 100 ms: resident (counts shared pages once a process) and proportional.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';

const args = process.argv.slice(2);
const started = performance.now();
const child = spawn(process.execPath, ['deploy/bin/slipway.js', 'rehearse', '--json', ...args], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
let stdout = '';
child.stdout.on('data', (text) => (stdout += text));

const peak = { resident: 0, proportional: 0, processes: 0 };
const timer = setInterval(() => {
  const members = descendants(child.pid);
  const sum = (file, pattern) =>
    members.reduce((total, pid) => total + Number(pattern.exec(read(`/proc/${pid}/${file}`))?.[1] ?? 0), 0) /
    1024;
  peak.resident = Math.max(peak.resident, sum('status', /^VmRSS:\s+(\d+)/m));
  peak.proportional = Math.max(peak.proportional, sum('smaps_rollup', /^Pss:\s+(\d+)/m));
  peak.processes = Math.max(peak.processes, members.length);
}, 100);

child.on('close', (exitCode) => {
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  const { ok, steps, requests } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  for (const step of steps)
    process.stdout.write(`${String(step.seconds).padStart(6)} s  ${step.name}: ${step.outcome}\n`);
  process.stdout.write(
    `${seconds.toFixed(1)} s in all, exit code ${exitCode}, ok ${ok}, ${requests.total} requests, ${requests.failed} failed\n` +
      `peak of ${peak.processes} processes: ${peak.resident.toFixed(0)} MiB resident, ${peak.proportional.toFixed(0)} MiB proportional\n` +
      `Node ${process.version}, ${cpus().length} cores\n`,
  );
  process.exitCode = exitCode;
});

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The process and all below it. */
function descendants(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name))
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1] ?? 0));
  }
  const found = [root];
  for (let index = 0; index < found.length; index += 1) {
    for (const [pid, parent] of parents) if (parent === found[index]) found.push(pid);
  }
  return found;
}
