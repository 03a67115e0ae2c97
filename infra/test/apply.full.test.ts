import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMoto } from '../../deploy/rehearsal/apply/moto';
import type { AuthorizationRequest } from '../../deploy/rehearsal/api/authorization/authorization';
import { missingForTerraform } from '../../deploy/rehearsal/apply/prerequisites';
import { startRehearsal } from '../../deploy/rehearsal/rehearsal';
import { enforceSynthesised, type Enforcement } from '../../deploy/test/authorization/enforcement';
import { assume, roleArn } from '../../deploy/test/authorization/sign-in';
import { App } from '../cdktf';
import { contract, type OutputPromise } from '../contract';
import { movedBlocks, type Move } from '../moved';
import { resolvePlatform } from '../settings/resolve';
import { EnvironmentStack } from '../stacks/environment';
import { FoundationStack } from '../stacks/foundation';
import { StateStack } from '../stacks/state';
import { destroyUnderService, type DestroyUnderService } from './destroy-under-service';
import { judge } from './evaluate';
import { everything } from './everything';
import { StackUnderTerraform, type Life } from './life';
import { addresses, variables, type StackDocument } from './synth';

/**
 * Every stack, preset and option, applied for real by terraform and the AWS provider against the rehearsal, which has
 * moto behind it. The provider waits most of the time (a minute for a load balancer, whatever AWS says), so that stacks
 * are applied side by side. Terraform has the apply role, and every request is held to its policies.
 */
const missing = missingForTerraform();
// Where a tool is missing jest lists these as skipped, under a name that says which.
const suite = missing.length === 0 ? describe : describe.skip;
const platform = resolvePlatform(everything, { ...variables, rehearsal: true });
const environments = platform.environments.map(({ name }) => name);
const names = ['state', 'foundation', ...environments];
/** The longest first; those that are not named come last. CloudFront and Route 53 make `domain` take twice the time. */
const LONGEST = ['domain', 'small', 'isolated', 'instances', 'standard', 'graviton'];
/** A provider and a terraform each: about 700 MB together. */
const LANES = 6;

const MOVE: Move = {
  from: 'aws_s3_bucket_public_access_block.state_closed',
  to: 'aws_s3_bucket_public_access_block.state_locked',
};

/** What moto itself forgets of what it was told; AWS does not. */
const MOTO_FORGETS: readonly RegExp[] = [
  /^update aws_autoscaling_group\.\w+: capacity_reservation_specification, max_instance_lifetime$/,
  // Tags of the template itself come back as those of its instances.
  /^update aws_launch_template\.\w+: default_version, latest_version, tag_specifications$/,
  /^update aws_autoscaling_policy\.\w+: enabled, predictive_scaling_configuration$/,
  /^update aws_cloudfront_distribution\.\w+: default_cache_behavior, viewer_certificate$/,
];

suite(`apply by terraform${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-apply-'));
  const closing: (() => unknown)[] = [
    () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  ];
  const lives = new Map<string, Life | Error>();
  let underService: DestroyUnderService | undefined;
  let renamed: string[][] = [];
  let enforcement: Enforcement;

  beforeAll(async () => {
    const outdir = join(directory, 'cdktf.out');
    const app = new App({ outdir });
    new StateStack(app, 'state', platform.project);
    new FoundationStack(app, 'foundation', platform);
    for (const name of environments) new EnvironmentStack(app, name, platform);
    app.synth();
    const moto = await startMoto();
    closing.push(() => moto.stop());
    enforcement = enforceSynthesised(outdir);
    const rehearsal = await startRehearsal({
      moto,
      speed: 100,
      directory: join(directory, 'rehearsal'),
      authorize: (request) => enforcement.authorize(withTags(request)),
    });
    closing.push(() => rehearsal.stop());
    const { endpoint } = rehearsal;
    const credentials = await assume(endpoint, 'slipway-apply', { subject: 'environment:infrastructure' });
    const world = { endpoint, outdir, directory, credentials };

    const waiting = [...names].sort((a, b) => placeOf(a) - placeOf(b));
    const lane = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const stack = new StackUnderTerraform(world, name);
        const life = stack.life(async () => {
          if (name === 'state') {
            renamed = [await stack.planWith((document) => rename(document))];
            renamed.push(await stack.planWith((document) => rename(document, [MOVE])));
          }
          if (name === 'small') underService = await destroyUnderService(stack, name, rehearsal);
        });
        lives.set(name, await life.catch((error: Error) => error));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });

  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  function lifeNamed(name: string): Life {
    const life = lives.get(name);
    if (life === undefined || life instanceof Error) throw life ?? new Error(`${name} was not applied`);
    return life;
  }

  test.each(names)('%s applies clean, plans empty, and is destroyed whole', (name) => {
    const { applied, after, left } = lifeNamed(name);
    expect(applied).toMatchObject({ changed: 0, destroyed: 0 });
    expect(applied.added).toBeGreaterThan(0);
    expect(after.filter((line) => !MOTO_FORGETS.some((known) => known.test(line)))).toEqual([]);
    expect(left).toEqual([]);
  });

  test.each(environments)('%s has the outputs of the contract, with their types', (name) => {
    const { outputs } = lifeNamed(name);
    const { services, ...flat } = outputs;
    expect(typesOf(flat)).toMatchObject(typesIn(contract.environment));
    for (const service of Object.values(services as Record<string, Record<string, unknown>>))
      expect(typesOf(service)).toEqual(typesIn(contract.service));
  });

  test('a resource with another address is made anew without a move, and stays as it is with one', () => {
    lifeNamed('state');
    expect(renamed).toEqual([[`delete ${MOVE.from}`, `create ${MOVE.to}`], []]);
  });

  test('an environment that carries a service is not destroyed: it stops at the cluster, with nothing gone from under it', () => {
    lifeNamed('small');
    const { deployed, before, said, after, answer, deleted } = underService ?? {};
    expect(deployed).toMatchObject({ code: 0 });
    expect(said?.join('\n')).toContain('ClusterContainsServicesException');
    // The cluster's own list of capacity providers is no thing of its own: what runs stays as it is.
    expect(before?.filter((address) => !after?.includes(address))).toEqual([
      'aws_ecs_cluster_capacity_providers.cluster_capacity',
    ]);
    expect(answer).toBe('200 sample/ok:1');
    expect(deleted).toMatchObject({ code: 0 });
  });

  test('the apply role may do all of that', () => {
    expect(enforcement.mistaken).toEqual([]);
    expect([...new Set(enforcement.refused)].filter((one) => !GOES_ON_WITHOUT.includes(one))).toEqual([]);
  });

  test('the plan role may read all that terraform reads, and write nothing of what it writes', async () => {
    const plan = enforcement.roles.get(roleArn('slipway-plan'));
    if (plan === undefined) throw new Error('there is no plan role');
    const wrong = new Set<string>();
    for (const { action, resources, conditionContext: context } of enforcement.done()) {
      const reads = /:(BatchGet|Describe|Get|List|View)/.test(action);
      // How the deletion of a role goes on is asked by who deletes it.
      if (action === 'iam:GetServiceLinkedRoleDeletionStatus') continue;
      if (GOES_ON_WITHOUT.includes(`slipway-apply ${action}`)) continue;
      for (const resource of resources) {
        const { refused } = await judge(plan, { action, resource, context });
        if ((refused === undefined) !== reads) wrong.add(`${action} on ${resource}`);
      }
    }
    expect([...wrong]).toEqual([]);
  });
});

/** The provider asks for its own name, and takes no answer for one. */
const GOES_ON_WITHOUT = ['slipway-apply iam:GetUser'];

/** Tags of connections are moto's, and every resource of these stacks has this one. */
function withTags(request: AuthorizationRequest): AuthorizationRequest {
  if (!request.action.startsWith('codeconnections:')) return request;
  const conditionContext = { ...request.conditionContext, 'aws:ResourceTag/Project': 'slipway' };
  return { ...request, conditionContext };
}

/** As if somebody had renamed the construct. */
function rename(document: StackDocument, moves: readonly Move[] = []): object {
  const text = JSON.stringify(document).replaceAll('"state_closed"', '"state_locked"');
  const changed = JSON.parse(text.replaceAll(MOVE.from, MOVE.to)) as StackDocument;
  return { ...changed, moved: movedBlocks(new Set(addresses(changed)), moves) };
}

function placeOf(name: string): number {
  const place = LONGEST.indexOf(name);
  return place < 0 ? LONGEST.length : place;
}

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
