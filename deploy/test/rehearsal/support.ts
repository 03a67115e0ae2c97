import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppliedState } from '../../rehearsal/apply/applied';
import { applyEmbedded } from '../../rehearsal/apply/embedded';
import type { StackJson } from '../../rehearsal/apply/stack';
import { startRehearsal, type Rehearsal, type RehearsalOptions } from '../../rehearsal/rehearsal';

export const place = { accountId: '123456789012', region: 'ap-northeast-1' };

export const smallStack = join(__dirname, '..', 'fixtures', 'stacks', 'small');

export const readSmall = () => JSON.parse(readFileSync(join(smallStack, 'cdk.tf.json'), 'utf8')) as StackJson;

/** A folder that is gone when the test file ends. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** A rehearsal for all tests of a file, with the small stack applied. */
export function rehearsalOf(options: RehearsalOptions = {}): {
  get(): Rehearsal;
  applied(): AppliedState;
  /** Applies the small stack once more, with a change. */
  applyChanged(change: (json: StackJson) => void): Promise<void>;
} {
  const statePath = join(scratch(), 'terraform.small.tfstate');
  const applySmall = (json: StackJson) => applyEmbedded({ json, stack: 'small', statePath, ...place });
  let rehearsal: Rehearsal | undefined;
  let applied: AppliedState | undefined;
  beforeAll(async () => {
    applied = await applySmall(readSmall());
    rehearsal = await startRehearsal({ runtime: 'simulated', applied: [applied], ...options });
  });
  afterAll(() => rehearsal?.stop());
  const expectStarted = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the rehearsal has not been started');
    return value;
  };
  return {
    get: () => expectStarted(rehearsal),
    applied: () => expectStarted(applied),
    applyChanged: async (change) => {
      const json = readSmall();
      change(json);
      await expectStarted(rehearsal).apply(await applySmall(json));
    },
  };
}

/** Settings of an AWS SDK client for a rehearsal. */
export function clientOf(rehearsal: Rehearsal) {
  return {
    endpoint: rehearsal.endpoint,
    region: rehearsal.region,
    credentials: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' },
    maxAttempts: 1,
  };
}

/** Whether a program can be started from PATH. */
export function onPath(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}
