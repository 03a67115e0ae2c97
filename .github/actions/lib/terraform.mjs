// Terraform on the synthesised stacks. `cdktf apply` takes no plan file; terraform does.
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { awsRequest } from './aws.mjs';
import { input, Refusal } from './workflow.mjs';

const OUT = 'cdktf.out';

/**
 * The stacks that STACKS names, in its order; between them they are all but the one that makes the state bucket, which is
 * applied on a laptop.
 */
export function stacksInOrder() {
  const file = join(OUT, 'manifest.json');
  if (!existsSync(file)) throw new Refusal(`${file} is missing: npx cdktf synth comes before this step.`);
  const wanted = input('STACKS').split(/\s+/);
  const synthesised = Object.keys(JSON.parse(readFileSync(file, 'utf8')).stacks).filter(
    (name) => name !== 'state',
  );
  const missing = wanted.filter((name) => !synthesised.includes(name));
  const unnamed = synthesised.filter((name) => !wanted.includes(name));
  if (missing.length > 0)
    throw new Refusal(`There is no stack ${missing.join(', ')}: there are ${synthesised.join(', ')}.`);
  if (unnamed.length > 0) {
    throw new Refusal(
      `The workflow does not say when to apply ${unnamed.join(', ')}: add it to STACKS in .github/workflows/infra.yml.`,
    );
  }
  return wanted;
}

/** @throws Refusal for a stack whose state would be local, since a runner forgets it, or whose bucket cannot be read */
export async function checkStateBucket(stack) {
  const file = join(OUT, 'stacks', stack, 'cdk.tf.json');
  const { bucket, region } = JSON.parse(readFileSync(file, 'utf8')).terraform?.backend?.s3 ?? {};
  if (!bucket) {
    throw new Refusal(
      `The stack ${stack} names no state bucket, and a runner forgets local state: set stateBucket in infra/environments, or SLIPWAY_STATE_BUCKET.`,
    );
  }
  const reason = await awsRequest({
    service: 's3',
    ...(region ? { region } : {}),
    method: 'HEAD',
    path: `/${bucket}`,
  }).then(
    ({ status }) => (status === 200 ? undefined : status === 404 ? 'there is none' : `S3 answered ${status}`),
    (error) => error?.cause?.message ?? error?.message ?? String(error),
  );
  if (reason === undefined) return;
  throw new Refusal(
    `The state bucket ${bucket} of the stack ${stack} cannot be read (${reason}). Where it does not exist yet, run once on a laptop: npx cdktf apply state`,
  );
}

/**
 * Plans a stack, hands the plan to `use`, and removes its file, which may hold secrets.
 * @param {string[]} lock what terraform is told about the state's lock
 * @param {(plan: any, apply: () => void) => T} use the plan as `terraform show -json` tells it, and what applies it
 * @returns {T}
 * @template T
 */
export function withPlan(stack, lock, use) {
  const cwd = resolve(OUT, 'stacks', stack);
  const scratch = mkdtempSync(join(process.env.RUNNER_TEMP || tmpdir(), 'plan-'));
  const file = join(scratch, 'plan.tfplan');
  try {
    terraform(cwd, ['init', '-input=false', '-no-color']);
    terraform(cwd, ['plan', '-input=false', '-no-color', `-out=${file}`, ...lock]);
    const { stdout, status } = spawnSync('terraform', ['show', '-json', '-no-color', file], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 512 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Refusal(`terraform show of ${stack} ended with ${status}.`);
    return use(JSON.parse(stdout), () =>
      terraform(cwd, ['apply', '-input=false', '-no-color', ...lock, file]),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What a plan would do, as one number: equal for two plans that do the same. `none` where it does nothing. */
export function digestOf({ resource_changes: resources = [], output_changes: outputs = {} }) {
  const acting = ({ change }) => !['no-op', 'read'].includes(change.actions.join());
  const changed = Object.entries(outputs).filter(([, change]) => change.actions.join() !== 'no-op');
  const does = resources.filter(acting).map(({ address, change }) => [address, change]);
  if (does.length === 0 && changed.length === 0) return 'none';
  return createHash('sha256')
    .update(JSON.stringify(sorted([does, changed])))
    .digest('hex');
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function terraform(cwd, args) {
  // What terraform prints is no workflow command.
  const token = randomUUID();
  process.stdout.write(
    `::group::terraform ${args[0]} ${cwd.split(/[\\/]/).at(-1)}\n::stop-commands::${token}\n`,
  );
  const { status, error } = spawnSync('terraform', args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  process.stdout.write(`::${token}::\n::endgroup::\n`);
  if (error) throw new Refusal(`terraform cannot be started: ${error.message}`);
  if (status !== 0)
    throw new Refusal(
      `terraform ${args[0]} of ${cwd.split(/[\\/]/).at(-1)} ended with ${status}: the log says why.`,
    );
}
