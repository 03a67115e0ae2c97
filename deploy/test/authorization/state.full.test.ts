import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingForTerraform } from '../../rehearsal/apply/prerequisites';
import { openTerraform, type Terraform } from '../../rehearsal/apply/terraform';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { synthesise } from '../../../infra/test/synth';
import { enforce, type Enforcement } from './enforcement';
import { assume } from './sign-in';

/** State in its bucket, by the roles for infrastructure: who may read it, write it, and lock it. */
const missing = missingForTerraform().filter((tool) => !tool.includes('moto'));
const suite = missing.length === 0 ? describe : describe.skip;
const BUCKET = 'slipway-state-123456789012-ap-northeast-1';

suite(
  `terraform with its state in S3${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`,
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'slipway-state-'));
    const stack = join(directory, 'staging');
    const opened: Terraform[] = [];
    let rehearsal: Rehearsal;
    let enforcement: Enforcement;

    beforeAll(async () => {
      const stackOf = synthesise();
      enforcement = enforce(...['foundation', 'staging', 'production'].map(stackOf));
      rehearsal = await startRehearsal({ runtime: 'simulated', authorize: enforcement.authorize });
      rehearsal.store.buckets.set(BUCKET, { objects: new Map(), createdAt: 0, settings: new Map() });
      mkdirSync(stack);
      writeFileSync(join(stack, 'cdk.tf.json'), JSON.stringify(small(rehearsal.endpoint)));
    });

    afterAll(async () => {
      for (const one of opened) await one.close();
      await rehearsal.stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    });

    async function terraformAs(role: string, subject: string): Promise<Terraform> {
      const terraform = openTerraform({
        endpoint: rehearsal.endpoint,
        environment: {
          AWS_REGION: 'ap-northeast-1',
          ...(await assume(rehearsal.endpoint, role, { subject })),
        },
        directory: join(directory, role),
      });
      opened.push(terraform);
      return terraform;
    }

    test('the apply role locks, writes and reads it; the plan role reads it, and can neither write nor lock', async () => {
      const apply = await terraformAs('slipway-apply', 'environment:infrastructure');
      await apply.init(stack);
      expect(await apply.apply(stack)).toMatchObject({ added: 1 });
      const plan = await terraformAs('slipway-plan', 'environment:infrastructure-plan');
      await plan.init(stack);
      expect(await plan.plan(stack)).toEqual({ empty: true, summary: [] });
      expect(enforcement.refused).toEqual([]);

      await expect(plan.apply(stack)).rejects.toThrow(
        /slipway-plan\/GitHubActions is not\s+authorized to perform: s3:PutObject/,
      );
      expect(enforcement.refused).toContain('slipway-plan s3:PutObject');
      const deploy = await terraformAs('slipway-staging-web-deploy', 'environment:staging');
      await expect(deploy.init(stack)).rejects.toThrow('StatusCode: 403');
      expect(enforcement.refused).toContain('slipway-staging-web-deploy s3:GetObject');
      expect(enforcement.mistaken).toEqual([]);
    });
  },
);

/** What every stack has of its backend and provider, and one parameter. */
function small(endpoint: string): object {
  const skips = {
    skip_credentials_validation: true,
    skip_metadata_api_check: 'true',
    skip_requesting_account_id: true,
  };
  return {
    terraform: {
      required_providers: { aws: { source: 'aws', version: '5.100.0' } },
      backend: {
        s3: {
          bucket: BUCKET,
          key: 'slipway/staging.tfstate',
          region: 'ap-northeast-1',
          use_lockfile: true,
          use_path_style: true,
          endpoints: { s3: endpoint },
          ...skips,
        },
      },
    },
    provider: { aws: [{ region: 'ap-northeast-1', ...skips }] },
    resource: {
      aws_ssm_parameter: {
        outputs: {
          name: '/slipway/staging/outputs',
          type: 'String',
          value: '{}',
          tags: { Project: 'slipway' },
        },
      },
    },
  };
}
