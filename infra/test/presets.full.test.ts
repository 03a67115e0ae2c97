import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMoto, type Moto } from '../../deploy/rehearsal/apply/moto';
import { missingForTerraform } from '../../deploy/rehearsal/apply/prerequisites';
import { openTerraform, type Terraform } from '../../deploy/rehearsal/apply/terraform';
import { App } from '../cdktf';
import { resolvePlatform } from '../settings/resolve';
import { EnvironmentStack } from '../stacks/environment';
import { everything } from './everything';
import { variables } from './synth';

/**
 * Every preset and option, applied for real by terraform and the AWS provider against moto: each environment beside the
 * others, since a load balancer alone takes the provider a minute.
 */
const missing = missingForTerraform();
const suite = missing.length === 0 ? describe : describe.skip;
const platform = resolvePlatform(everything, { ...variables, rehearsal: true });
const names = platform.environments.map(({ name }) => name);

/** What moto itself answers differently from what it was told; AWS does not. */
const MOTO_FORGETS: readonly RegExp[] = [
  // It answers the tags of the template itself as those of its instances.
  /^update aws_launch_template\.instances_template: default_version, latest_version, tag_specifications$/,
];

suite(`presets against moto${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-presets-'));
  const lives = new Map<string, Promise<{ before: string[]; after: string[]; left: number }>>();
  const terraforms: Terraform[] = [];
  let moto: Moto | undefined;

  beforeAll(async () => {
    const app = new App({ outdir: join(directory, 'cdktf.out') });
    for (const name of names) new EnvironmentStack(app, name, platform);
    app.synth();
    const { endpoint } = (moto = await startMoto());
    for (const name of names) {
      const life = lifeOf(name, endpoint);
      // The test of its name tells.
      life.catch(() => undefined);
      lives.set(name, life);
    }
  });

  afterAll(async () => {
    await Promise.allSettled(lives.values());
    for (const terraform of terraforms) await terraform.close();
    await moto?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function lifeOf(name: string, endpoint: string) {
    const own = join(directory, name);
    mkdirSync(own);
    const terraform = openTerraform({
      endpoint,
      environment: { AWS_REGION: 'ap-northeast-1' },
      directory: own,
    });
    terraforms.push(terraform);
    const folder = join(directory, 'cdktf.out/stacks', name);
    await terraform.init(folder);
    const before = (await terraform.plan(folder)).summary;
    await terraform.apply(folder);
    const after = (await terraform.plan(folder)).summary;
    await terraform.destroy(folder);
    return { before, after, left: (await terraform.state(folder)).resources.length };
  }

  test.each(names)('%s applies clean, plans empty, and is destroyed whole', async (name) => {
    const life = await lives.get(name);
    expect(life?.before.length).toBeGreaterThan(0);
    expect(life?.before.filter((line) => !/^(create|output) /.test(line))).toEqual([]);
    expect(life?.after.filter((line) => !MOTO_FORGETS.some((known) => known.test(line)))).toEqual([]);
    expect(life?.left).toBe(0);
  });
});
