import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyEmbedded } from '../../rehearsal/apply/embedded';
import { missingForTerraform } from '../../rehearsal/apply/prerequisites';
import { runMainJob } from '../../rehearsal/scenario/main-job';
import type { Platform } from '../../rehearsal/scenario/platform';
import { runChild } from '../../rehearsal/scenario/child';

const repository = join(__dirname, '..', '..', '..');
const slipway = join(repository, 'deploy', 'bin', 'slipway.js');
const missing = missingForTerraform();

/** The type of a value with all its parts, so that two values of one shape are equal. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members.map(([name, member]) => [name, shape(member)]));
  }
  return typeof value;
}

// Where a tool is missing jest lists these as skipped, under a name that says which.
const suite = missing.length === 0 ? describe : describe.skip;

suite(`the main job with terraform${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`, () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'slipway-test-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function running(platform: Platform): Promise<unknown> {
    const child = await runChild(process.execPath, [slipway, 'status', 'staging', '--json'], {
      cwd: repository,
      env: { ...process.env, ...platform.environment },
      signal: new AbortController().signal,
    });
    const { release, desiredCount, runningCount } = JSON.parse(
      child.stdout.trim().split('\n').at(-1) ?? '',
    ) as Record<string, unknown>;
    return { release, desiredCount, runningCount };
  }

  test('ends well, and terraform and deploys leave each other alone', async () => {
    const seen: Record<string, unknown> = {};
    const lines: string[] = [];
    const result = await runMainJob({
      repository,
      slipway,
      terraform: true,
      speed: 20,
      requestsPerSecond: 120,
      env: process.env,
      signal: new AbortController().signal,
      log: (line) => lines.push(line),
      beforeEnd: async (platform) => {
        // WHEN infrastructure changes in something that has nothing to do with the service
        const staging = platform.stacks.find(({ name }) => name === 'staging')?.directory ?? '';
        seen.before = await running(platform);
        const path = join(staging, 'cdk.tf.json');
        const text = readFileSync(path, 'utf8');
        const changed = text.replace(/"retention_in_days": \d+/g, '"retention_in_days": 5');
        expect(changed).not.toBe(text);
        writeFileSync(path, changed);
        seen.changes = await platform.terraform?.apply(staging);
        seen.after = await running(platform);

        // AND the same stacks go through the embedded apply
        writeFileSync(path, text);
        seen.real = {};
        seen.embedded = {};
        for (const { name, directory: stackDirectory } of platform.stacks) {
          const embedded = await applyEmbedded({
            stackDirectory,
            accountId: '123456789012',
            region: platform.environment.AWS_REGION ?? '',
            statePath: join(directory, `${name}.tfstate`),
          });
          (seen.real as Record<string, unknown>)[name] = shape(platform.applied(name).outputs);
          (seen.embedded as Record<string, unknown>)[name] = shape(embedded.outputs);
        }
      },
    });

    // THEN every deployment ended as in the embedded rehearsal, and no plan had anything to do
    expect(result.ok ? [] : lines).toEqual([]);
    expect(result.steps.map(({ outcome, exitCode }) => `${outcome} ${exitCode}`)).toEqual([
      'done 0',
      'done 0',
      'done 0',
      'live 0',
      'done 0',
      'live 0',
      'done 0',
      'rolled-back 21',
      'live 0',
      'live 0',
      'done 0',
    ]);
    // AND the change of infrastructure left what runs as it was
    expect(seen.changes).toMatchObject({ added: 0, destroyed: 0 });
    expect((seen.changes as { changed: number }).changed).toBeGreaterThan(0);
    expect(seen.before).toMatchObject({ desiredCount: 2, runningCount: 2 });
    expect(seen.after).toEqual(seen.before);
    // AND the two ways to apply agree on names, types and shapes
    expect(seen.embedded).toEqual(seen.real);
  });
});
