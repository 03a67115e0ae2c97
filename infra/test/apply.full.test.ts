import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMoto, type Moto } from '../../deploy/rehearsal/apply/moto';
import { missingForTerraform } from '../../deploy/rehearsal/apply/prerequisites';
import { openTerraform, type Terraform } from '../../deploy/rehearsal/apply/terraform';
import { App } from '../cdktf';
import { contract, type OutputPromise } from '../contract';
import { resolvePlatform } from '../settings/resolve';
import { EnvironmentStack } from '../stacks/environment';
import { FoundationStack } from '../stacks/foundation';
import { StateStack } from '../stacks/state';
import { everything } from './everything';
import { variables } from './synth';

/**
 * Every stack, preset and option, applied for real by terraform and the AWS provider against moto. A load balancer takes
 * the provider a minute, so that stacks are applied side by side.
 */
const missing = missingForTerraform();
// Where a tool is missing jest lists these as skipped, under a name that says which.
const suite = missing.length === 0 ? describe : describe.skip;
const platform = resolvePlatform(everything, { ...variables, rehearsal: true });
const environments = platform.environments.map(({ name }) => name);
const names = ['state', 'foundation', ...environments];
const LANES = 3;

/** What moto itself forgets of what it was told; AWS does not. */
const MOTO_FORGETS: readonly RegExp[] = [
  // Tags of the template itself come back as those of its instances.
  /^update aws_launch_template\.\w+: default_version, latest_version, tag_specifications$/,
  /^update aws_autoscaling_policy\.\w+: enabled, predictive_scaling_configuration$/,
  /^update aws_cloudfront_distribution\.\w+: default_cache_behavior, viewer_certificate$/,
];

interface Life {
  before: string[];
  after: string[];
  outputs: Record<string, unknown>;
  left: number;
}

suite(`apply against moto${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-apply-'));
  const lives = new Map<string, Life | Error>();
  let moto: Moto | undefined;

  beforeAll(async () => {
    const app = new App({ outdir: join(directory, 'cdktf.out') });
    new StateStack(app, 'state', platform.project);
    new FoundationStack(app, 'foundation', platform);
    for (const name of environments) new EnvironmentStack(app, name, platform);
    app.synth();
    const { endpoint } = (moto = await startMoto());
    const waiting = [...names];
    const lane = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
        lives.set(name, await lifeOf(name, endpoint).catch((error: Error) => error));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });

  afterAll(async () => {
    await moto?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function lifeOf(name: string, endpoint: string): Promise<Life> {
    const own = join(directory, name);
    mkdirSync(own);
    const terraform: Terraform = openTerraform({
      endpoint,
      environment: { AWS_REGION: 'ap-northeast-1' },
      directory: own,
    });
    try {
      const folder = join(directory, 'cdktf.out/stacks', name);
      await terraform.init(folder);
      const before = (await terraform.plan(folder)).summary;
      await terraform.apply(folder);
      const after = (await terraform.plan(folder)).summary;
      const outputs = await terraform.outputs(folder);
      await terraform.destroy(folder);
      return { before, after, outputs, left: (await terraform.state(folder)).resources.length };
    } finally {
      await terraform.close();
    }
  }

  function lifeNamed(name: string): Life {
    const life = lives.get(name);
    if (life === undefined || life instanceof Error) throw life ?? new Error(`${name} was not applied`);
    return life;
  }

  test.each(names)('%s applies clean, plans empty, and is destroyed whole', (name) => {
    const { before, after, left } = lifeNamed(name);
    expect(before.length).toBeGreaterThan(0);
    expect(before.filter((line) => !/^(create|output) /.test(line))).toEqual([]);
    expect(after.filter((line) => !MOTO_FORGETS.some((known) => known.test(line)))).toEqual([]);
    expect(left).toBe(0);
  });

  test.each(environments)('%s has the outputs of the contract, with their types', (name) => {
    const { outputs } = lifeNamed(name);
    const { services, ...flat } = outputs;
    expect(typesOf(flat)).toMatchObject(typesIn(contract.environment));
    for (const service of Object.values(services as Record<string, Record<string, unknown>>))
      expect(typesOf(service)).toEqual(typesIn(contract.service));
  });
});

function typesIn(scope: Readonly<Record<string, OutputPromise>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(scope)
      .filter(([, { optional }]) => !optional)
      .map(([name, { type }]) => [name, type]),
  );
}

function typesOf(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? 'list(string)' : typeof value,
    ]),
  );
}
