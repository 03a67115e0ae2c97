import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TerraformState } from '../../rehearsal/apply/applied';
import { applyEmbedded } from '../../rehearsal/apply/embedded';
import type { StackJson } from '../../rehearsal/apply/stack';
import { App } from '../../../infra/cdktf';
import { addStacks } from '../../../infra/main';
import { readVariables } from '../../../infra/settings/variables';
import { place, readSmall, scratch, smallStack } from './support';

const directory = scratch();
const apply = (json: StackJson, statePath?: string) =>
  applyEmbedded({ json, stack: 'small', ...place, ...(statePath ? { statePath } : {}) });

describe('the embedded apply', () => {
  test('evaluates references, interpolations, locals, data sources and jsonencode', async () => {
    const { outputs, resources } = await applyEmbedded({ stackDirectory: smallStack, ...place });
    const attributes = (address: string) => resources.find((one) => one.address === address)?.attributes;
    expect(outputs.port).toBe(3000);
    expect(outputs.check).toBe('/healthz');
    expect(outputs.service_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(outputs.subnet_ids).toEqual([expect.stringMatching(/^subnet-0[0-9a-f]{16}$/), expect.any(String)]);
    expect(outputs.services).toMatchObject({ web: { literal: '${kept}' } });
    expect(attributes('aws_vpc.main')?.tags_all).toEqual({ Project: 'small', Name: 'small-ap-northeast-1' });
    expect(attributes('aws_subnet.b')?.availability_zone).toBe('ap-northeast-1c');
    expect(attributes('aws_iam_role_policy.execution')?.policy).toBe(
      '{"Resource":"arn:aws:ecr:ap-northeast-1:123456789012:repository/small"}',
    );
    expect(JSON.parse(String(attributes('aws_ssm_parameter.outputs')?.value))).toEqual({
      version: 1,
      outputs: { service_url: outputs.service_url },
    });
    expect(attributes('aws_lb_target_group.web')?.arn).toMatch(
      /^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup\/small-web\/[0-9a-f]{16}$/,
    );
    expect(attributes('aws_lb_listener_rule.web')?.arn).toMatch(
      /:listener-rule\/app\/small\/[0-9a-f]{16}\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
    );
  });

  test('gives the address of the listener that serves, not of the one that redirects', async () => {
    const { outputs, resources } = await apply(readSmall());
    const port = resources.find(({ address }) => address === 'aws_lb_listener.http')?.localPort;
    expect(outputs.service_url).toBe(`http://127.0.0.1:${port}`);
  });

  test('writes a Terraform state that says the same', async () => {
    const statePath = join(directory, 'terraform.small.tfstate');
    const { outputs } = await apply(readSmall(), statePath);
    const state = JSON.parse(readFileSync(statePath, 'utf8')) as TerraformState;
    expect(state).toMatchObject({ version: 4, serial: 1, check_results: null });
    expect(state.outputs.service_url).toEqual({ value: outputs.service_url, type: 'string' });
    expect(state.outputs.subnet_ids?.type).toEqual(['tuple', ['string', 'string']]);
    const rule = state.resources.find(({ type }) => type === 'aws_lb_listener_rule');
    expect(rule?.instances[0]?.dependencies).toEqual([
      'aws_lb_listener.http',
      'aws_lb_target_group.green',
      'aws_lb_target_group.web',
    ]);
    expect(state.resources.filter(({ mode }) => mode === 'data')).toHaveLength(4);
  });

  test('applied again, changes nothing; an unrelated change leaves everything else as it was', async () => {
    const statePath = join(directory, 'terraform.again.tfstate');
    const first = await apply(readSmall(), statePath);
    const text = readFileSync(statePath, 'utf8');
    await apply(readSmall(), statePath);
    expect(readFileSync(statePath, 'utf8')).toBe(text);

    const changed = readSmall();
    const group = changed.resource?.aws_cloudwatch_log_group?.web;
    if (group) group.retention_in_days = 30;
    const second = await apply(changed, statePath);
    const others = (resources: typeof first.resources) =>
      resources.filter(({ type }) => type !== 'aws_cloudwatch_log_group');
    expect(others(second.resources)).toEqual(others(first.resources));
    expect(second.state.serial).toBe(2);
    expect(second.state.lineage).toBe(first.state.lineage);
  });

  test('two stacks with the same addresses have different ids', async () => {
    const one = await applyEmbedded({ json: readSmall(), stack: 'one', ...place });
    const two = await applyEmbedded({ json: readSmall(), stack: 'two', ...place });
    expect(one.outputs.subnet_ids).not.toEqual(two.outputs.subnet_ids);
    expect(one.outputs.service_url).not.toEqual(two.outputs.service_url);
  });

  test.each([
    [
      'a reference to nothing',
      { name: '${aws_vpc.gone.id}' },
      /stack small, aws_sns_topic.t: refers to aws_vpc.gone, which is not in this stack/,
    ],
    [
      'an attribute that is not there',
      { name: '${aws_vpc.main.colour}' },
      /aws_sns_topic.t: name = "\$\{aws_vpc.main.colour\}": aws_vpc.main has no "colour"/,
    ],
    [
      'an unknown function',
      { name: '${cidrsubnet("10.0.0.0/16", 8, 1)}' },
      /name = .*: the function cidrsubnet\(\) is not one of/,
    ],
    ['an operator', { name: 'a-${1 + 2}' }, /name = "a-\$\{1 \+ 2\}": found "\+ 2}"/],
    ['a directive', { name: '%{ if true }x%{ endif }' }, /template directives/],
    ['for_each', { for_each: ['a'] }, /aws_sns_topic.t: "for_each" is not supported/],
    ['a nested expression', { tags: [{ deep: '${nope(1)}' }] }, /tags\[0\]\.deep = "\$\{nope\(1\)\}"/],
  ])('refuses %s, naming the address and the expression', async (_, topic, message) => {
    const json: StackJson = { resource: { aws_vpc: { main: {} }, aws_sns_topic: { t: topic } } };
    await expect(apply(json)).rejects.toThrow(message);
  });

  test('refuses an unknown data source', async () => {
    const json: StackJson = { data: { aws_ami: { latest: {} } } };
    await expect(apply(json)).rejects.toThrow(/data.aws_ami.latest: the data source aws_ami is not one of/);
  });

  test('refuses a cycle, naming its members', async () => {
    const json: StackJson = {
      resource: {
        aws_sns_topic: { a: { name: '${aws_sns_topic.b.name}' }, b: { name: '${aws_sns_topic.a.name}' } },
      },
    };
    await expect(apply(json)).rejects.toThrow(
      'refers to itself: aws_sns_topic.a -> aws_sns_topic.b -> aws_sns_topic.a',
    );
  });

  test('refuses a folder without a stack, and a state that is none', async () => {
    await expect(applyEmbedded({ stackDirectory: directory, ...place })).rejects.toThrow(/npx cdktf synth/);
    const statePath = join(directory, 'broken.tfstate');
    writeFileSync(statePath, '<html>');
    await expect(apply({}, statePath)).rejects.toThrow(/broken.tfstate: is no Terraform state/);
  });

  test('applies the real stacks, each for itself', async () => {
    const outdir = join(directory, 'cdktf.out');
    const app = new App({ outdir });
    addStacks(
      app,
      readVariables({ AWS_ACCOUNT_ID: place.accountId, AWS_REGION: place.region, SLIPWAY_REHEARSAL: '1' }),
    );
    app.synth();
    for (const stack of ['state', 'foundation', 'staging', 'production']) {
      const stackDirectory = join(outdir, 'stacks', stack);
      const { resources } = await applyEmbedded({ stackDirectory, ...place });
      expect(resources.length).toBeGreaterThan(0);
      // An id of this form belongs to a resource type that the apply knows nothing of.
      expect(resources.filter(({ attributes }) => /^tf-/.test(String(attributes.id)))).toEqual([]);
    }
  });

  test('an empty stack applies to nothing', async () => {
    const { resources, outputs } = await apply({});
    expect([resources, outputs]).toEqual([[], {}]);
  });
});
