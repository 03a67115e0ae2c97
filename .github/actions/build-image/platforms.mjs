// The platforms that an image is built for, from the task definition as it is written: JSON, YAML or Jsonnet, with
// templates in it. Each architecture that it names counts, since a template may choose between them.
import { existsSync, readFileSync } from 'node:fs';
import { arch } from 'node:process';
import { input, Refusal, runStep, setOutputs } from '../lib/workflow.mjs';

const PLATFORMS = { X86_64: 'linux/amd64', ARM64: 'linux/arm64' };

await runStep(() => {
  const platforms = process.env.PLATFORMS?.replace(/\s/g, '') || platformsOf(input('DEFINITION'));
  const own = arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  setOutputs({ platforms, foreign: platforms.split(',').some((platform) => platform !== own) });
  process.stdout.write(`built for ${platforms}\n`);
});

function platformsOf(file) {
  if (!existsSync(file))
    throw new Refusal(`The task definition ${file} is not there: correct the input definition.`);
  const values = [
    ...readFileSync(file, 'utf8').matchAll(
      /["']?cpuArchitecture["']?\s*:{1,3}\s*(\{\{.*?\}\}|["']?[^\s,"'}]+)/g,
    ),
  ].map(([, value]) => value.replace(/^["']/, ''));
  // Fargate's own default.
  if (values.length === 0) return PLATFORMS.X86_64;
  const found = new Set(values.map((value) => PLATFORMS[value]));
  if (!found.has(undefined)) return [...found].sort().join(',');
  const unknown = values.find((value) => PLATFORMS[value] === undefined);
  throw new Refusal(
    `${file} says cpuArchitecture ${unknown}: expected X86_64 or ARM64. Where a template decides it, give the input platforms.`,
  );
}
