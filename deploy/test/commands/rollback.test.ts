import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CLUSTER,
  FAMILY,
  testService,
  type Ran,
  type ServiceOptions,
  type TestService,
} from '../helpers/service';

type Members = { kind: string } & Record<string, unknown>;
const outcome = ({ result }: Ran) => result['outcome'] as Members;
const sha = (digits: string) => ({ env: { GITHUB_SHA: digits.padEnd(40, '0') } });

/** Two releases: `ok-1` from commit aaaaaaa, then `ok-2` from bbbbbbb. */
async function twoReleases(options: ServiceOptions = {}): Promise<TestService> {
  const service = await testService(options);
  await service.deploy('ok-1', [], sha('aaaaaaa'));
  await service.deploy('ok-2', [], sha('bbbbbbb'));
  return service;
}

const rollback = (service: TestService, ...argv: string[]) =>
  service.run(['rollback', 'staging', '--json', ...argv]);

async function runs(service: TestService): Promise<unknown> {
  const { result } = await service.run(['status', 'staging', '--json']);
  return (result['release'] as Members)['taskDefinition'];
}

describe.each([true, false])('with service deployments: %s', (serviceDeploymentsApi) => {
  it('goes back to the last good release, registers nothing, and needs no definitions', async () => {
    const service = await twoReleases({ serviceDeploymentsApi });
    service.write('ecs/task-definition.json', 'this is {{ not a definition');
    const ran = await rollback(service);
    expect(ran.exitCode).toBe(0);
    expect(outcome(ran)).toMatchObject({
      kind: 'live',
      release: { taskDefinition: `${FAMILY}:1`, gitSha: 'aaaaaaa'.padEnd(40, '0') },
    });
    expect(await service.revisions()).toHaveLength(2);
    expect(await runs(service)).toBe(`${FAMILY}:1`);
  });

  it('passes over a release that was rolled back', async () => {
    const service = await twoReleases({ serviceDeploymentsApi });
    expect((await service.deploy('crash')).exitCode).toBe(21);
    expect(outcome(await rollback(service))).toMatchObject({
      kind: 'live',
      release: { taskDefinition: `${FAMILY}:1` },
    });
  });

  it('stops a deployment in progress', async () => {
    const service = await twoReleases({ serviceDeploymentsApi });
    service.behave('sample/ok:1', { startsAfter: 60_000 });
    expect(outcome(await service.deploy('ok-1', ['--detach']))).toMatchObject({ kind: 'started' });
    const planned = await rollback(service, '--dry-run');
    expect(planned.result).toMatchObject({ kind: 'rollback-plan', to: { taskDefinition: `${FAMILY}:2` } });
    const ran = await rollback(service);
    expect(ran.exitCode).toBe(0);
    expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:2` } });
    expect(await runs(service)).toBe(`${FAMILY}:2`);
  });

  it('never brings back by a second rollback what the first one went back from', async () => {
    const service = await twoReleases({ serviceDeploymentsApi });
    expect((await rollback(service)).exitCode).toBe(0);
    expect((await rollback(service)).result).toMatchObject({ exitCode: 10, code: 'ROLLBACK_IMPOSSIBLE' });
    expect(await runs(service)).toBe(`${FAMILY}:1`);
  });

  it('waits for a rollback in progress instead of undoing it', async () => {
    const service = await twoReleases({ serviceDeploymentsApi });
    service.behave('sample/ok:1', { startsAfter: 20_000 });
    expect(outcome(await rollback(service, '--detach'))).toMatchObject({ kind: 'started' });
    const planned = await rollback(service, '--dry-run');
    expect(planned.result).toMatchObject({ how: 'join', to: { taskDefinition: `${FAMILY}:1` } });
    expect(outcome(await rollback(service))).toMatchObject({ kind: 'live' });
    expect(await runs(service)).toBe(`${FAMILY}:1`);
  });
});

describe('--to', () => {
  it('takes a git sha, a revision with its family, and a number', async () => {
    const service = await twoReleases();
    for (const to of ['aaaaaaa', 'aaaaaaa00000', `${FAMILY}:1`, '1']) {
      const planned = await rollback(service, '--dry-run', '--to', to);
      expect(planned.result).toMatchObject({ kind: 'rollback-plan', to: { taskDefinition: `${FAMILY}:1` } });
    }
    expect(outcome(await rollback(service, '--to', 'aaaaaaa'))).toMatchObject({
      kind: 'live',
      release: { taskDefinition: `${FAMILY}:1` },
    });
  });

  it('refuses a commit that fits several', async () => {
    const service = await testService();
    await service.deploy('ok-1', [], sha('aaaaaaa1'));
    await service.deploy('ok-2', [], sha('aaaaaaa2'));
    const ran = await rollback(service, '--to', 'aaaaaaa');
    expect(ran).toMatchObject({ exitCode: 40, result: { code: 'USAGE' } });
    expect(ran.result['message']).toContain('fits 2 commits');
    expect((await rollback(service, '--to', 'aaaaaaa1')).exitCode).toBe(0);
  });

  it('refuses a revision of another family, which this service never ran', async () => {
    const service = await twoReleases();
    const containerDefinitions = [{ name: 'web', image: service.image('ok-1'), memory: 128 }];
    await service.ecs('RegisterTaskDefinition', { family: 'other', containerDefinitions });
    const ran = await rollback(service, '--to', 'other:1');
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
    expect(await runs(service)).toBe(`${FAMILY}:2`);
  });

  it('changes nothing where that runs already', async () => {
    const service = await twoReleases();
    const ran = await rollback(service, '--to', '2');
    expect(ran.exitCode).toBe(0);
    expect(outcome(ran)).toMatchObject({ kind: 'unchanged' });
  });

  it('refuses what does not exist, what was never released, and what is neither', async () => {
    const service = await twoReleases();
    const refusals: [string, number, string][] = [
      ['9', 10, 'ROLLBACK_IMPOSSIBLE'],
      ['ccccccc', 10, 'ROLLBACK_IMPOSSIBLE'],
      ['yesterday', 40, 'USAGE'],
    ];
    for (const [to, exitCode, code] of refusals)
      expect(await rollback(service, '--to', to)).toMatchObject({ exitCode, result: { code } });
    expect(await runs(service)).toBe(`${FAMILY}:2`);
  });
});

describe('says first whether the target can run', () => {
  it('and refuses one that was deregistered', async () => {
    const service = await twoReleases();
    await service.ecs('DeregisterTaskDefinition', { taskDefinition: `${FAMILY}:1` });
    const ran = await rollback(service);
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
    expect(ran.result['message']).toContain(`${FAMILY}:1 cannot run: it was deregistered`);
  });

  it('and refuses one whose image is gone', async () => {
    const service = await twoReleases();
    const { taskDefinition } = await service.ecs('DescribeTaskDefinition', { taskDefinition: FAMILY });
    const gone = service.image(`sha256:${'0'.repeat(64)}`);
    const { family, networkMode, cpu, memory, requiresCompatibilities, executionRoleArn } =
      taskDefinition as Members;
    const containerDefinitions = [{ name: 'web', image: gone }];
    await service.ecs('RegisterTaskDefinition', {
      family,
      networkMode,
      cpu,
      memory,
      requiresCompatibilities,
      executionRoleArn,
      containerDefinitions,
    });
    const ran = await rollback(service, '--to', '3');
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
    expect(ran.result['message']).toContain(`ECR no longer has ${gone}`);
    expect(await runs(service)).toBe(`${FAMILY}:2`);
  });

  it('and with --dry-run no more than that', async () => {
    const service = await twoReleases();
    const ran = await rollback(service, '--dry-run', '--reason', 'errors in checkout');
    expect(ran).toMatchObject({
      exitCode: 0,
      result: {
        kind: 'rollback-plan',
        how: 'update-service',
        from: { taskDefinition: `${FAMILY}:2` },
        to: { taskDefinition: `${FAMILY}:1` },
      },
    });
    expect(await runs(service)).toBe(`${FAMILY}:2`);
  });
});

it('says why it was done', async () => {
  const service = await twoReleases();
  const ran = await rollback(service, '--reason', 'errors in checkout');
  expect(ran.result).toMatchObject({ reason: 'errors in checkout', exitCode: 0 });
});

it('reports a rollback that fails itself', async () => {
  const service = await twoReleases();
  service.behave('sample/ok:1', { output: ['Error: it worked yesterday'], exits: { after: 300, code: 1 } });
  const ran = await rollback(service);
  expect(ran.exitCode).toBe(21);
  expect(outcome(ran)).toMatchObject({ kind: 'rolled-back', back: { taskDefinition: `${FAMILY}:2` } });
});

it('is refused where there is nothing to go back to', async () => {
  const service = await testService();
  expect(await rollback(service)).toMatchObject({ exitCode: 10, result: { code: 'SERVICE_NOT_FOUND' } });
  await service.deploy('ok-1');
  expect(await rollback(service)).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
});

it('goes by the revision before, with a warning, where no record says what ran', async () => {
  const service = await testService({ serviceDeploymentsApi: false });
  const definition = {
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    requiresCompatibilities: ['FARGATE'],
  };
  const containers = (tag: string) => [
    { name: 'web', image: service.image(tag), portMappings: [{ containerPort: 8080 }] },
  ];
  const executionRoleArn = 'arn:aws:iam::123456789012:role/slipway-staging-web-execution';
  for (const tag of ['ok-1', 'ok-2']) {
    await service.ecs('RegisterTaskDefinition', {
      ...definition,
      executionRoleArn,
      family: FAMILY,
      containerDefinitions: containers(tag),
    });
  }
  await service.ecs('CreateService', {
    cluster: CLUSTER,
    serviceName: 'web',
    taskDefinition: FAMILY,
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  });
  const ran = await rollback(service);
  expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:1` } });
  expect(ran.lines).toContainEqual(
    expect.objectContaining({
      type: 'note',
      level: 'warning',
      message: expect.stringContaining('only the revision before it') as string,
    }),
  );
});

describe('what else of the service goes back', () => {
  const withGroups = (securityGroups: string[]) => ({
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups } },
  });
  async function changedService(): Promise<TestService> {
    const service = await testService();
    await service.deploy('ok-1');
    service.write('ecs/service.json', withGroups([]));
    await service.deploy('ok-2');
    await service.run(['scale', 'staging', '--tasks', '3']);
    return service;
  }
  async function live(service: TestService): Promise<Members> {
    const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
    return (services as Members[])[0] as Members;
  }

  it('is what the release was deployed with, and not the count', async () => {
    const service = await changedService();
    const planned = await rollback(service, '--dry-run');
    expect(planned.result).toMatchObject({ changes: [{ path: 'networkConfiguration' }] });
    expect((await rollback(service)).exitCode).toBe(0);
    expect(await live(service)).toMatchObject({
      desiredCount: 3,
      networkConfiguration: { awsvpcConfiguration: { securityGroups: ['sg-1'] } },
    });
  });

  it('is nothing with --task-definition-only', async () => {
    const service = await changedService();
    expect((await rollback(service, '--task-definition-only')).exitCode).toBe(0);
    const { networkConfiguration, taskDefinition } = await live(service);
    expect(networkConfiguration).toMatchObject({ awsvpcConfiguration: { securityGroups: [] } });
    expect(taskDefinition).toMatch(/:1$/);
  });
});

it('takes the revision of a commit that was live, of several of that commit', async () => {
  const service = await testService();
  await service.deploy('ok-1', [], sha('aaaaaaa'));
  await service.deploy('crash', [], sha('aaaaaaa'));
  await service.deploy('ok-2', [], sha('bbbbbbb'));
  expect(outcome(await rollback(service, '--to', 'aaaaaaa', '--detach'))).toMatchObject({
    release: { taskDefinition: `${FAMILY}:1` },
  });
});

it('says of a commit whose revision was deregistered that it was', async () => {
  const service = await twoReleases();
  await service.ecs('DeregisterTaskDefinition', { taskDefinition: `${FAMILY}:1` });
  const ran = await rollback(service, '--to', 'aaaaaaa');
  expect(ran).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
  expect(ran.result['message']).toContain(`${FAMILY}:1 cannot run: it was deregistered`);
});

it('needs slipway.yml alone: neither definitions nor a contract are read', async () => {
  const service = await twoReleases();
  rmSync(join(service.directory, 'app/ecs'), { recursive: true });
  expect(readdirSync(join(service.directory, 'app'))).toEqual(['slipway.yml']);
  const ran = await rollback(service);
  expect(ran.exitCode).toBe(0);
  expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:1` } });
});

describe('where nothing was ever live', () => {
  const failed = async () => {
    const service = await testService();
    const first = await service.deploy('crash', ['--no-fail-fast']);
    return { service, first };
  };

  it('says of the first release that there is nothing to go back to', async () => {
    const { service, first } = await failed();
    expect(first).toMatchObject({ exitCode: 20 });
    expect(outcome(first)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(
        /^no release before it was ever live, so there is nothing to go back to/,
      ) as string,
    });
    const { stderr } = await service.run(['wait', 'staging']);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'the last deployment failed, and there was nothing to go back to',
    );
  });

  it('goes back to no release that failed as well, unless it is named', async () => {
    const { service } = await failed();
    service.write('ecs/task-definition.json', definition(service).replace('"512"', '"1024"'));
    await service.deploy('crash', ['--no-fail-fast', '--skip-check', 'all']);
    expect(await runs(service)).toBe(`${FAMILY}:2`);
    const ran = await rollback(service);
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'ROLLBACK_IMPOSSIBLE' } });
    expect(ran.result['message']).toContain('no deployment of it was ever completed');
    expect((await rollback(service, '--to', '1', '--dry-run')).exitCode).toBe(0);
    const { result } = await service.run(['revisions', 'staging', '--json']);
    expect(JSON.stringify(result)).not.toMatch(/last good|in progress/);
  });

  const definition = ({ directory }: TestService) =>
    readFileSync(join(directory, 'app/ecs/task-definition.json'), 'utf8');
});
