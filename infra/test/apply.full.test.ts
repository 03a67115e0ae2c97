import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startMoto, type Moto } from '../../deploy/rehearsal/apply/moto';
import { missingForTerraform } from '../../deploy/rehearsal/apply/prerequisites';
import { openTerraform, type Terraform } from '../../deploy/rehearsal/apply/terraform';
import { contract, type OutputPromise } from '../contract';
import { ACCOUNT } from './synth';

/**
 * All stacks, applied for real by terraform and the AWS provider against moto. A load balancer takes the provider a
 * minute, so production is applied beside the other stacks, by a provider of its own.
 */
const missing = missingForTerraform();
// Where a tool is missing jest lists these as skipped, under a name that says which.
const suite = missing.length === 0 ? describe : describe.skip;

suite(`apply against moto${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`, () => {
  const repository = resolve(__dirname, '../..');
  const directory = mkdtempSync(join(tmpdir(), 'slipway-apply-'));
  const folder = (stack: string) => join(directory, 'cdktf.out/stacks', stack);
  const runs = new Map<
    string,
    { outputs: Record<string, unknown>; before: string[]; after: string[]; left: number }
  >();
  const terraforms: Terraform[] = [];
  let moto: Moto | undefined;

  beforeAll(async () => {
    const { app } = JSON.parse(readFileSync(join(repository, 'cdktf.json'), 'utf8')) as { app: string };
    const [file = '', ...args] = app.split(' ');
    const variables = { AWS_ACCOUNT_ID: ACCOUNT, AWS_REGION: 'ap-northeast-1', SLIPWAY_REHEARSAL: '1' };
    const env = { ...process.env, ...variables, CDKTF_OUTDIR: join(directory, 'cdktf.out') };
    execFileSync(file, args, { cwd: repository, env });
    const { endpoint } = (moto = await startMoto());

    const lifeOf = async (name: string, stacks: readonly string[]) => {
      const terraform = openTerraform({
        endpoint,
        environment: { AWS_REGION: variables.AWS_REGION },
        directory: join(directory, name),
      });
      terraforms.push(terraform);
      for (const stack of stacks) {
        await terraform.init(folder(stack));
        const before = (await terraform.plan(folder(stack))).summary;
        await terraform.apply(folder(stack));
        const after = (await terraform.plan(folder(stack))).summary;
        runs.set(stack, { outputs: await terraform.outputs(folder(stack)), before, after, left: -1 });
      }
      for (const stack of [...stacks].reverse()) {
        await terraform.destroy(folder(stack));
        const run = runs.get(stack);
        if (run) run.left = (await terraform.state(folder(stack))).resources.length;
      }
    };
    await Promise.all([lifeOf('one', ['state', 'foundation', 'staging']), lifeOf('other', ['production'])]);
  });

  afterAll(async () => {
    for (const terraform of terraforms) await terraform.close();
    await moto?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each(['state', 'foundation', 'staging', 'production'])(
    '%s applies clean, plans empty, and is destroyed whole',
    (stack) => {
      const run = runs.get(stack);
      expect(run?.before.length).toBeGreaterThan(0);
      expect(run?.before.every((line) => line.startsWith('create '))).toBe(true);
      expect(run?.after).toEqual([]);
      expect(run?.left).toBe(0);
    },
  );

  test.each(['staging', 'production'])('%s has the outputs of the contract, with their types', (stack) => {
    const { services, ...flat } = runs.get(stack)?.outputs ?? {};
    expect(typesOf(flat)).toEqual(typesIn(contract.environment));
    const ofServices = services as Record<string, Record<string, unknown>>;
    expect(Object.keys(ofServices)).toEqual(['web']);
    expect(typesOf(ofServices.web ?? {})).toEqual(typesIn(contract.service));
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
