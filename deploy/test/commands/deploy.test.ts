import { CLUSTER, FAMILY, testService, type Ran, type TestService } from '../helpers/service';

type Members = { kind: string } & Record<string, unknown>;
const outcome = ({ result }: Ran) => result['outcome'] as Members;
const types = (ran: Ran) => ran.lines.map(({ type }) => type);

const serviceOf = async (service: TestService) => {
  const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
  return (services as Record<string, unknown>[])[0];
};

describe('the first deploy', () => {
  it('creates the service, pins the image and keeps the record', async () => {
    const service = await testService();
    const ran = await service.deploy('ok-1');
    expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:1` } });
    expect(ran.exitCode).toBe(0);
    const { taskDefinition, tags } = await service.ecs('DescribeTaskDefinition', {
      taskDefinition: FAMILY,
      include: ['TAGS'],
    });
    const { digest } = service.rehearsal.images.describe(service.image('ok-1'));
    expect(taskDefinition).toMatchObject({ containerDefinitions: [{ image: service.image(digest) }] });
    expect(tags).toEqual(
      expect.arrayContaining([
        { key: 'slipway:git-sha', value: '4f2c9e1'.padEnd(40, '0') },
        { key: 'slipway:actor', value: 'mira' },
        { key: 'slipway:image-digest', value: digest },
        { key: 'slipway:contract-hash', value: 'abc' },
      ]),
    );
  });

  it('fails with its cause when it crashes: there is nothing to go back to', async () => {
    const service = await testService();
    const ran = await service.deploy('crash');
    expect(ran.exitCode).toBe(20);
    expect(outcome(ran)).toMatchObject({
      kind: 'failed',
      explanation: {
        cause: 'container web exits at start with exit status 1: Error: DATABASE_URL is not set',
      },
    });
    // The same again is tried again: what failed is not "unchanged".
    expect((await service.deploy('crash')).exitCode).toBe(20);
    expect((await service.deploy('ok-1')).exitCode).toBe(0);
  });

  it('is refused without a definition of the service', async () => {
    const service = await testService();
    service.write(
      'slipway.yml',
      'service: web\ncluster: slipway-staging\ntask_definition: ecs/task-definition.json\nenvironments:\n  staging: { outputs: "ssm:///slipway/staging" }\n',
    );
    const ran = await service.deploy('ok-1');
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'SERVICE_NOT_FOUND' } });
    expect(await service.revisions()).toEqual([]);
  });

  it('is refused in a cluster that does not exist', async () => {
    const service = await testService();
    await service.ecs('DeleteCluster', { cluster: CLUSTER });
    expect(await service.deploy('ok-1')).toMatchObject({
      exitCode: 10,
      result: { code: 'CLUSTER_NOT_FOUND' },
    });
  });
});

describe('the next deploy', () => {
  it('changes nothing when nothing changed, by whatever tag', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    const { images } = service.rehearsal;
    images.tag(service.image('ok-1'), 'same');
    const again = await service.deploy('same', [], { env: { GITHUB_SHA: 'another'.padEnd(40, '1') } });
    expect(again.exitCode).toBe(0);
    expect(outcome(again)).toMatchObject({ kind: 'unchanged', release: { taskDefinition: `${FAMILY}:1` } });
    expect(await service.revisions()).toHaveLength(1);
    const { serviceDeployments } = await service.ecs('ListServiceDeployments', {
      cluster: CLUSTER,
      service: 'web',
    });
    expect(serviceDeployments).toHaveLength(1);
  });

  it('is live once it serves and the old tasks are gone', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    const ran = await service.deploy('ok-2');
    expect(ran.exitCode).toBe(0);
    const live = outcome(ran) as Members & { servingSeconds: number; drainedSeconds: number };
    expect(live.kind).toBe('live');
    expect(live.drainedSeconds).toBeGreaterThanOrEqual(live.servingSeconds);
    expect(ran.lines.flatMap(({ milestone }) => milestone ?? [])).toEqual(['serving', 'drained']);
    expect(ran.result).toMatchObject({
      serving: [{ taskDefinition: `${FAMILY}:2`, runningCount: 2 }],
      goBack: `slipway rollback staging --to ${FAMILY}:1`,
      changes: [{ path: 'containerDefinitions[web].image', position: { line: 13, column: 16 } }],
    });
  });

  it('may end as soon as it serves', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    const ran = await service.deploy('ok-2', ['--until', 'serving']);
    expect(outcome(ran)).toMatchObject({ kind: 'live' });
    expect(ran.lines.flatMap(({ milestone }) => milestone ?? [])).toEqual(['serving']);
  });

  it('is rolled back when it crashes, and the report says why', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    const ran = await service.run(['deploy', 'staging', '--image', service.image('crash')]);
    expect(ran.exitCode).toBe(21);
    expect(ran.stdout).toBe('');
    const report = ran.stderr.slice(ran.stderr.lastIndexOf('ROLLED BACK'));
    expect(report).toContain(
      `${FAMILY}:2 was rolled back by the circuit breaker;\n  ${FAMILY}:1 has 2 running tasks now`,
    );
    expect(report.replace(/\s+/g, ' ')).toContain(
      'cause container web exits at start with exit status 1: Error: DATABASE_URL is not set',
    );
    expect(report).toContain('| Error: DATABASE_URL is not set\n            |     at main.js:3:9\n');
    expect(report).toContain('container web, exit status 1, ran');
    expect(report).toMatch(/changed {3}~ containerDefinitions\[web\]\.image .*task-definition\.json:13:16\)/);
    expect(await serviceOf(service)).toMatchObject({
      taskDefinition: expect.stringMatching(/:1$/) as string,
      runningCount: 2,
    });
  });

  it('registers nothing when only the service changes', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    const definition = { desiredCount: 3, launchType: 'FARGATE', enableExecuteCommand: true };
    service.write('ecs/service.json', definition);
    // The task has no role that could open the channels.
    const ran = await service.deploy('ok-1', ['--skip-check', 'exec']);
    expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:1` } });
    expect(await service.revisions()).toHaveLength(1);
    expect(await serviceOf(service)).toMatchObject({
      desiredCount: 3,
      runningCount: 3,
      enableExecuteCommand: true,
    });
    expect(outcome(await service.deploy('ok-1', ['--skip-check', 'exec']))).toMatchObject({
      kind: 'unchanged',
    });
  });

  it('rolls all tasks on --force-new-deployment', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    const ran = await service.deploy('ok-1', ['--force-new-deployment']);
    expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:1` } });
    expect(await service.revisions()).toHaveLength(1);
  });

  it('creates the service anew after it was deleted', async () => {
    const service = await testService();
    await service.deploy('ok-1');
    expect((await service.run(['delete', 'staging', '--yes'])).exitCode).toBe(0);
    expect(outcome(await service.deploy('ok-1'))).toMatchObject({
      kind: 'live',
      release: { taskDefinition: `${FAMILY}:2` },
    });
  });

  it('is refused while the service is being deleted', async () => {
    const service = await testService({ settings: { deactivate: 36_000_000 } });
    await service.deploy('ok-1');
    await service.ecs('DeleteService', { cluster: CLUSTER, service: 'web', force: true });
    expect(await service.deploy('ok-2', ['--skip-check', 'all'])).toMatchObject({
      exitCode: 10,
      result: { code: 'SERVICE_DRAINING' },
    });
  });
});

describe('what is refused before anything is registered', () => {
  it('an image that is not there, with its place', async () => {
    const service = await testService();
    const ran = await service.deploy('gone');
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'IMAGE_NOT_FOUND' } });
    expect(ran.result['message']).toContain('task-definition.json:13:16: ECR has no image');
    expect(await service.revisions()).toEqual([]);
  });

  it('an output that the definitions use and infrastructure no longer exports', async () => {
    const service = await testService({
      container: {
        command: ['node', '{{ if eq (env `DEBUG` `no`) `yes` }}{{ output `debug_host` }}{{ end }}main.js'],
      },
    });
    const ran = await service.deploy('ok-1');
    expect(ran).toMatchObject({ exitCode: 11, result: { code: 'CONTRACT_MISSING' } });
    expect(ran.result['message']).toContain('"debug_host"');
    expect(await service.revisions()).toEqual([]);
  });

  it('but not another contract that still has all that is used', async () => {
    const service = await testService();
    service.write('ecs/contract.json', { version: 1, hash: 'other', environment: {}, service: {} });
    const ran = await service.deploy('ok-1');
    expect(ran.exitCode).toBe(0);
    expect(ran.lines).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining("infrastructure's contract is abc") as string,
      }),
    );
  });

  it('an unknown duration', async () => {
    const service = await testService();
    expect(await service.deploy('ok-1', ['--timeout', 'soon'])).toMatchObject({
      exitCode: 40,
      result: { code: 'USAGE' },
    });
    expect(await service.deploy('ok-1', ['--until', 'noon'])).toMatchObject({ exitCode: 40 });
    expect(await service.deploy('ok-1', ['--supersede', '--wait-for-current'])).toMatchObject({
      exitCode: 40,
    });
  });

  it('a service that ECS refuses: what was registered is taken back', async () => {
    const service = await testService({
      service: { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-9'] } } },
    });
    const ran = await service.deploy('ok-1', ['--skip-check', 'network']);
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'AWS_REFUSED' } });
    expect(await service.revisions('ACTIVE')).toEqual([]);
    expect(await service.revisions('INACTIVE')).toHaveLength(1);
    expect(ran.lines.find(({ type }) => type === 'note')).toMatchObject({
      message: expect.stringContaining('was deregistered again') as string,
    });
  });

  it('everything, with --dry-run: it only says what it would do', async () => {
    const service = await testService();
    const first = await service.deploy('ok-1', ['--dry-run']);
    expect(first).toMatchObject({ exitCode: 0, result: { kind: 'plan', plan: { action: 'create' } } });
    await service.deploy('ok-1');
    const second = await service.deploy('ok-2', ['--dry-run']);
    expect(second.result).toMatchObject({
      plan: { action: 'update', registers: true, changes: [{ path: 'containerDefinitions[web].image' }] },
    });
    expect(await service.revisions()).toHaveLength(1);
  });
});

describe('another deployment', () => {
  const slow = async () => {
    const service = await testService();
    await service.deploy('ok-1');
    service.behave('sample/ok:2', { startsAfter: 60_000 });
    return service;
  };

  it('in progress refuses this one, and says whose it is', async () => {
    const service = await slow();
    expect(outcome(await service.deploy('ok-2', ['--detach']))).toMatchObject({ kind: 'started' });
    const ran = await service.deploy('crash');
    expect(ran).toMatchObject({ exitCode: 12, result: { code: 'DEPLOYMENT_IN_PROGRESS' } });
    expect(ran.result['message']).toMatch(
      new RegExp(`deployment ecs-svc/\\d+ of ${FAMILY}:2 is in progress since .* \\(by mira\\)`),
    );
  });

  it('is waited for with --wait-for-current', async () => {
    const service = await slow();
    await service.deploy('ok-2', ['--detach']);
    const ran = await service.deploy('ok-1', ['--wait-for-current']);
    expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:3` } });
    expect(ran.result).toMatchObject({ replaced: { taskDefinition: `${FAMILY}:2` } });
  });

  it('of this very release is followed, and nothing is sent', async () => {
    const service = await slow();
    await service.deploy('ok-2', ['--detach']);
    const ran = await service.deploy('ok-2', ['--supersede']);
    expect(outcome(ran)).toMatchObject({ kind: 'live', release: { taskDefinition: `${FAMILY}:2` } });
    expect(await service.revisions()).toHaveLength(2);
    expect(
      (await service.ecs('ListServiceDeployments', { cluster: CLUSTER, service: 'web' }))[
        'serviceDeployments'
      ],
    ).toHaveLength(2);
  });

  it('is superseded with --supersede, and its own run says so', async () => {
    const service = await slow();
    service.behave('sample/ok:2', { startsAfter: 60_000_000 });
    const third: Promise<Ran>[] = [];
    const second = await service.deploy('ok-2', [], {
      onLine: ({ type, phase }) => {
        if (type === 'phase' && phase === 'watch') third.push(service.deploy('ok-1', ['--supersede']));
      },
    });
    expect(second.exitCode).toBe(22);
    const [winner] = await Promise.all(third);
    expect(winner?.exitCode).toBe(0);
    expect(outcome(second)).toMatchObject({
      kind: 'superseded',
      by: (outcome(winner!)['release'] as Record<string, unknown>)['deploymentId'],
    });
  });
});

describe('the watch', () => {
  it.each([true, false])(
    'ends at the timeout, and says that ECS goes on (service deployments: %s)',
    async (serviceDeploymentsApi) => {
      const service = await testService({ serviceDeploymentsApi });
      service.behave('sample/ok:1', { startsAfter: 10_000_000 });
      const ran = await service.deploy('ok-1', ['--timeout', '500ms']);
      expect(ran.exitCode).toBe(23);
      expect(outcome(ran)).toMatchObject({ kind: 'in-progress' });
    },
  );

  it('names expired credentials at once, and that the deployment goes on', async () => {
    const service = await testService();
    const ran = await service.deploy('ok-1', [], {
      onLine: ({ type }) => {
        if (type === 'progress') void service.rehearsal.faults.set('expired-credentials');
      },
    });
    expect(ran).toMatchObject({ exitCode: 30, result: { code: 'CREDENTIALS_EXPIRED' } });
    expect(ran.result['message']).toMatch(/deployment ecs-svc\/\d+ goes on in ECS/);
  });

  it('lives through throttling, errors of AWS and a lost connection', async () => {
    const service = await testService();
    const { faults } = service.rehearsal;
    let switched = false;
    const ran = await service.deploy('ok-1', [], {
      onLine: ({ type }) => {
        if (type !== 'progress' || switched) return;
        switched = true;
        void faults.set('throttling', { service: 'ecs', times: 3 });
        void faults.set('server-error', { service: 'ecs', times: 3 });
        void faults.set('connection-reset', { service: 'ecs', times: 3 });
      },
    });
    expect(outcome(ran)).toMatchObject({ kind: 'live' });
  });

  it('gives up with 31 when nothing answers any more', async () => {
    const service = await testService();
    const ran = await service.deploy('ok-1', [], {
      env: { AWS_MAX_ATTEMPTS: '1' },
      onLine: ({ type }) => {
        if (type === 'progress') void service.rehearsal.faults.set('connection-refused');
      },
    });
    expect(ran).toMatchObject({ exitCode: 31, result: { code: 'UNREACHABLE' } });
    expect(ran.result['message']).toContain('goes on in ECS');
  });

  it('reads a target group for what the load balancer says', async () => {
    const targetGroupArn = 'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/1';
    const service = await testService({
      runtime: 'process',
      // The grace period is real time: that of a process to start in.
      speed: 50,
      service: {
        healthCheckGracePeriodSeconds: 1,
        loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 8080 }],
      },
    });
    const { images } = service.rehearsal;
    images.push(
      images.packaged(images.describe('sample/never-healthy:1').digest)!,
      images.repositoryUri('slipway/web'),
      ['sick'],
    );
    expect(outcome(await service.deploy('ok-1'))).toMatchObject({ kind: 'live' });
    const ran = await service.deploy('sick');
    expect(ran.exitCode).toBe(21);
    expect(outcome(ran)).toMatchObject({
      explanation: {
        cause: expect.stringContaining(
          "the load balancer's health check fails: Health checks failed with these codes: [500]",
        ) as string,
      },
    });
  });
});

describe('an endpoint without service deployments', () => {
  const older = () => testService({ serviceDeploymentsApi: false });

  it('is said once, and everything goes by DescribeServices', async () => {
    const service = await older();
    const first = await service.deploy('ok-1');
    expect(outcome(first)).toMatchObject({ kind: 'live' });
    const notes = first.lines.filter(({ message }) => String(message).includes('going by DescribeServices'));
    expect(notes).toHaveLength(1);
    expect(outcome(await service.deploy('ok-2'))).toMatchObject({ kind: 'live' });
    const crash = await service.deploy('crash');
    expect(crash.exitCode).toBe(21);
    expect(outcome(crash)).toMatchObject({
      kind: 'rolled-back',
      by: 'circuit-breaker',
      back: { taskDefinition: `${FAMILY}:2` },
    });
  });

  it('still tells a superseded deployment', async () => {
    const service = await older();
    await service.deploy('ok-1');
    // It would take minutes: the other one is there first on any machine.
    service.behave('sample/ok:2', { startsAfter: 60_000_000 });
    const others: Promise<Ran>[] = [];
    const ran = await service.deploy('ok-2', [], {
      onLine: ({ type, phase }) => {
        if (type === 'phase' && phase === 'watch') others.push(service.deploy('ok-1', ['--supersede']));
      },
    });
    await Promise.all(others);
    expect(ran.exitCode).toBe(22);
  });
});

describe('Ctrl-C', () => {
  it.each([true, false])(
    'rolls back and says so (service deployments: %s)',
    async (serviceDeploymentsApi) => {
      const service = await testService({ serviceDeploymentsApi });
      await service.deploy('ok-1');
      service.behave('sample/ok:2', { startsAfter: 60_000 });
      const controller = new AbortController();
      const ran = await service.deploy('ok-2', [], {
        signal: controller.signal,
        onLine: ({ type }) => {
          if (type === 'progress') controller.abort();
        },
      });
      expect(ran.exitCode).toBe(130);
      expect(outcome(ran)).toMatchObject({
        kind: 'cancelled',
        reason: `interrupted; rolled back to ${FAMILY}:1`,
      });
      expect(await serviceOf(service)).toMatchObject({
        taskDefinition: expect.stringMatching(/:1$/) as string,
      });
    },
  );

  it('says what is left of a first deployment', async () => {
    const service = await testService();
    const controller = new AbortController();
    const ran = await service.deploy('ok-1', [], {
      signal: controller.signal,
      onLine: ({ type }) => {
        if (type === 'progress') controller.abort();
      },
    });
    expect(ran.exitCode).toBe(130);
    expect(outcome(ran)['reason']).toContain('there is nothing to go back to');
  });

  it('before anything was changed changes nothing', async () => {
    const service = await testService();
    const controller = new AbortController();
    const ran = await service.deploy('ok-1', [], {
      signal: controller.signal,
      onLine: ({ type }) => {
        if (type === 'plan') controller.abort();
      },
    });
    expect(ran).toMatchObject({ exitCode: 130, result: { code: 'INTERRUPTED' } });
    expect(await service.revisions()).toEqual([]);
  });
});

it('says what it does in one line for each change, the result last', async () => {
  const service = await testService();
  const ran = await service.deploy('ok-1');
  expect(types(ran).filter((type) => type === 'result')).toHaveLength(1);
  expect(types(ran).at(-1)).toBe('result');
  expect(types(ran)).toEqual(
    expect.arrayContaining(['phase', 'plan', 'progress', 'service-event', 'milestone']),
  );
});
