import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyEmbedded } from '../../deploy/rehearsal/apply/embedded';
import { App } from '../cdktf';
import { resolvePlatform } from '../settings/resolve';
import { EnvironmentStack } from '../stacks/environment';
import { FoundationStack } from '../stacks/foundation';
import { StateStack } from '../stacks/state';
import { everything } from './everything';
import { ACCOUNT, variables } from './synth';

/** The rehearsal makes up what AWS would answer: a resource type that it does not know is an error. */
const directory = mkdtempSync(join(tmpdir(), 'slipway-embedded-'));
const platform = resolvePlatform(everything, { ...variables, rehearsal: true });
const names = ['state', 'foundation', ...platform.environments.map(({ name }) => name)];

beforeAll(() => {
  const app = new App({ outdir: directory });
  new StateStack(app, 'state', platform.project);
  new FoundationStack(app, 'foundation', platform);
  for (const { name } of platform.environments) new EnvironmentStack(app, name, platform);
  app.synth();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(names)('%s can be applied without terraform', async (name) => {
  const stackDirectory = join(directory, 'stacks', name);
  const applied = await applyEmbedded({ stackDirectory, accountId: ACCOUNT, region: 'ap-northeast-1' });
  expect(applied.resources.length).toBeGreaterThan(0);
  expect(JSON.stringify(applied.outputs)).not.toContain('${');
});
