import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTerraform, openTerraform, type Terraform } from '../../deploy/rehearsal/apply/terraform';
import { App } from '../cdktf';
import { resolvePlatform } from '../settings/resolve';
import { EnvironmentStack } from '../stacks/environment';
import { everything } from './everything';
import { variables } from './synth';

/** By the schema of the AWS provider, which terraform must have at hand: to download it takes longer than all tests. */
const missing = missingTools();
const suite = missing === undefined ? describe : describe.skip;

suite(`terraform validate${missing === undefined ? '' : ` (missing: ${missing})`}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-validate-'));
  let terraform: Terraform | undefined;
  afterAll(async () => {
    await terraform?.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  test('finds nothing wrong in the environment with the most options', async () => {
    const app = new App({ outdir: join(directory, 'cdktf.out') });
    new EnvironmentStack(app, 'domain', resolvePlatform(everything, variables));
    app.synth();
    const folder = join(directory, 'cdktf.out/stacks/domain');
    terraform = openTerraform({ endpoint: 'http://127.0.0.1:1', environment: {}, directory });
    await terraform.init(folder);
    expect(await terraform.validate(folder)).toEqual([]);
  }, 60_000);
});

function missingTools(): string | undefined {
  try {
    findTerraform();
  } catch {
    return 'terraform or tofu';
  }
  const atHand = process.env.SLIPWAY_PLUGIN_MIRROR || existsSync(process.env.TF_CLI_CONFIG_FILE ?? '');
  return atHand ? undefined : 'the AWS provider: SLIPWAY_PLUGIN_MIRROR is not set';
}
