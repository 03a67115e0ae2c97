import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from 'constructs';
import { App, type TerraformElement } from '../cdktf';
import { MOVES, type Move } from '../moved';
import { resolvePlatform } from '../settings/resolve';
import { StateStack } from '../stacks/state';
import { committedAddresses, lostBy } from './golden';
import { variables, type StackDocument } from './synth';

/** The state stack after somebody gave the bucket's block of public access another name. */
class RenamedStateStack extends StateStack {
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    return super.allocateLogicalId(element).replace('state_closed', 'state_locked');
  }
}

const OLD = 'aws_s3_bucket_public_access_block.state_closed';
const NEW = 'aws_s3_bucket_public_access_block.state_locked';
const before = committedAddresses().main?.state ?? [];

/** @param own moves; those of the project where they are left out. */
function renamed(own?: readonly Move[]): StackDocument {
  const outdir = mkdtempSync(join(tmpdir(), 'slipway-moved-'));
  try {
    const app = new App({ outdir, ...(own === undefined ? {} : { context: { [MOVES]: own } }) });
    const platform = resolvePlatform({ project: { name: 'slipway' }, environments: [] }, variables);
    new RenamedStateStack(app, 'state', platform.project);
    app.synth();
    return JSON.parse(readFileSync(join(outdir, 'stacks/state/cdk.tf.json'), 'utf8')) as StackDocument;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

test('a rename without a line is noticed', () => {
  const document = renamed();
  expect(document.moved).toBeUndefined();
  expect(lostBy(document, before)).toEqual([OLD]);
});

test('with one, terraform is told, and nothing is missed', () => {
  const document = renamed([{ from: OLD, to: NEW }]);
  expect(document.moved).toEqual([{ from: OLD, to: NEW }]);
  expect(lostBy(document, before)).toEqual([]);
});

test('what was renamed twice has both steps', () => {
  const steps = [
    { from: 'aws_s3_bucket_public_access_block.state_shut', to: OLD },
    { from: OLD, to: NEW },
  ];
  const document = renamed(steps);
  expect(document.moved).toEqual(steps);
  expect(lostBy(document, [steps[0]?.from ?? '', OLD])).toEqual([]);
});

test('a line to nowhere explains nothing, and a stack without the resource has no block', () => {
  const document = renamed([{ from: OLD, to: 'aws_s3_bucket_public_access_block.elsewhere' }]);
  expect(document.moved).toBeUndefined();
  expect(lostBy(document, before)).toEqual([OLD]);
});

test('what is gone on purpose has a reason', () => {
  const removals = [{ address: OLD, reason: 'the account blocks public access to all buckets' }];
  expect(lostBy(renamed(), before, removals)).toEqual([]);
});
