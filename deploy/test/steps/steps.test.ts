import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContainerLaunch } from '../../rehearsal/runtime/runtime';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import { recordCalls } from '../helpers/calls';
import { CLUSTER, FAMILY, testService, type Ran, type TestService } from '../helpers/service';

const config = (more: string) => `service: web
cluster: "{{ output \`cluster_name\` }}"
task_definition: ecs/task-definition.json
service_definition: ecs/service.json
timeout: 1m
environments:
  staging:
    outputs: ssm:///slipway/staging
${more}`;

const MIGRATE = `before:
  - name: migrate
    command: [node, migrate.js]
    timeout: 20s
`;

function byCommand(commands: Record<string, Behaviour>): (launch: ContainerLaunch) => Behaviour {
  return ({ command }) => commands[command?.join(' ') ?? ''] ?? { output: ['listening'] };
}

/** With release 1 live, and a config that has steps from then on. */
async function live(steps: string, commands: Record<string, Behaviour>): Promise<TestService> {
  const service = await testService();
  expect((await service.deploy('ok-1')).exitCode).toBe(0);
  service.write('slipway.yml', config(steps));
  service.behave('sample/ok:1', byCommand(commands));
  service.behave('sample/ok:2', byCommand(commands));
  return service;
}

async function runningRevision(service: TestService): Promise<unknown> {
  return (await service.run(['status', 'staging', '--json'])).result['release'];
}

async function oneOffs(service: TestService): Promise<Record<string, unknown>[]> {
  const { result } = await service.run(['tasks', 'staging', '--stopped', '--json']);
  return (result['items'] as Record<string, unknown>[]).filter((item) => item['service'] === undefined);
}

const stepLines = ({ lines }: Ran) =>
  lines.filter(({ type, step }) => type === 'log' && step !== undefined).map(({ line }) => line);

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function site(answer: () => { status: number; body: string }): Promise<string> {
  const server = createServer((_request, response) => {
    const { status, body } = answer();
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
}

it('runs a step with the new revision before the service is updated', async () => {
  const service = await live(MIGRATE, {
    'node migrate.js': { output: ['3 migrations'], exits: { after: 100, code: 0 } },
  });
  const calls = await recordCalls(service);
  const ran = await service.deploy('ok-2', [], { env: calls.env });
  await calls.stop();
  expect(ran).toMatchObject({ exitCode: 0, result: { outcome: { kind: 'live' } } });
  expect(stepLines(ran)).toEqual(['3 migrations']);
  const writes = calls.writes().filter((call) => /Task|Service/.test(call));
  expect(writes).toEqual(['RegisterTaskDefinition', 'RunTask', 'UpdateService']);
  const [task] = await oneOffs(service);
  expect(task).toMatchObject({ taskDefinition: `${FAMILY}:2`, startedBy: 'slipway/mira' });
  expect(ran.lines).toContainEqual(
    expect.objectContaining({ type: 'phase', phase: 'step', message: 'migrate (before): node migrate.js' }),
  );

  // What does not change runs nothing, and nothing is run to go back.
  expect((await service.deploy('ok-2')).exitCode).toBe(0);
  expect((await service.run(['rollback', 'staging', '--json'])).exitCode).toBe(0);
  expect(await oneOffs(service)).toHaveLength(1);
});

it('lists steps and checks in the plan', async () => {
  const service = await live(
    `${MIGRATE}after:
  - { name: warm, container: web, command: [warm] }
smoke:
  - { url: 'http://user:secret@web.test/healthz', contains: ok }
`,
    {},
  );
  const ran = await service.deploy('ok-2', ['--dry-run']);
  expect(ran.result['plan']).toMatchObject({
    steps: [
      { when: 'before', name: 'migrate', what: 'node migrate.js' },
      { when: 'after', name: 'warm', what: 'warm (container web)' },
      { when: 'smoke', name: 'http://web.test/healthz', what: 'GET, until 200 and "ok" in the answer' },
    ],
  });
  const text = await service.run(['deploy', 'staging', '--image', service.image('ok-2'), '--dry-run']);
  expect(text.stdout).toContain('before    migrate: node migrate.js');
  expect(await oneOffs(service)).toEqual([]);
});

it('ends the deploy where a step fails: nothing is updated, and its revision is taken back', async () => {
  const service = await live(MIGRATE, {
    'node migrate.js': { output: ['Error: table is locked'], exits: { after: 100, code: 4 } },
  });
  const ran = await service.deploy('ok-2');
  expect(ran).toMatchObject({ exitCode: 20, result: { code: 'STEP_FAILED' } });
  expect(ran.result['message']).toMatch(/^before step "migrate" failed: container web .* exit status 4/);
  expect(stepLines(ran)).toEqual(['Error: table is locked']);
  expect(await runningRevision(service)).toMatchObject({ taskDefinition: `${FAMILY}:1` });
  expect(await service.revisions()).toHaveLength(1);
  expect(await service.revisions('INACTIVE')).toHaveLength(1);
  const plain = await service.run(['deploy', 'staging', '--image', service.image('ok-2')]);
  expect(plain.stdout).toBe('');
  expect(plain.stderr).toContain('migrate   | Error: table is locked');
});

it('ends a step that takes too long, and one that is interrupted, by stopping its task', async () => {
  const service = await live(MIGRATE.replace('20s', '200ms'), {});
  const late = await service.deploy('ok-2');
  expect(late).toMatchObject({ exitCode: 20, result: { code: 'STEP_FAILED' } });
  expect(late.result['message']).toContain('has not ended after 0 s');
  service.write('slipway.yml', config(MIGRATE));
  const controller = new AbortController();
  const ran = await service.deploy('ok-2', [], {
    signal: controller.signal,
    onLine: ({ type }) => type === 'log' && controller.abort(),
  });
  expect(ran).toMatchObject({ exitCode: 130, result: { code: 'INTERRUPTED' } });
  expect(ran.result['message']).toMatch(/interrupted in before step "migrate"; task \w{8} is being stopped/);
  const reasons = (await oneOffs(service)).map(({ stoppedReason }) => stoppedReason);
  expect(reasons).toEqual([
    'slipway deploy: before step "migrate" was interrupted',
    'slipway deploy: before step "migrate" took too long',
  ]);
  expect(await service.revisions()).toHaveLength(1);
  expect(await runningRevision(service)).toMatchObject({ taskDefinition: `${FAMILY}:1` });
});

it('runs steps before a service is created', async () => {
  const service = await testService();
  service.write('slipway.yml', config(MIGRATE));
  service.behave('sample/ok:1', byCommand({ 'node migrate.js': { exits: { after: 50, code: 1 } } }));
  expect(await service.deploy('ok-1')).toMatchObject({ exitCode: 20, result: { code: 'STEP_FAILED' } });
  expect((await service.run(['status', 'staging', '--json'])).result).toMatchObject({ status: 'MISSING' });
  service.behave('sample/ok:1', byCommand({ 'node migrate.js': { exits: { after: 50, code: 0 } } }));
  expect((await service.deploy('ok-1')).exitCode).toBe(0);
});

it('goes back where a step fails once it serves', async () => {
  const service = await live(`after: [{ name: warm, command: [warm] }]\n`, {
    warm: { output: ['cache is not there'], exits: { after: 50, code: 2 } },
  });
  const ran = await service.deploy('ok-2');
  expect(ran).toMatchObject({
    exitCode: 21,
    result: {
      outcome: { kind: 'rolled-back', by: 'this-run', back: { taskDefinition: `${FAMILY}:1` } },
    },
  });
  const { explanation } = ran.result['outcome'] as { explanation: Record<string, unknown> };
  expect(explanation['cause']).toMatch(/^after step "warm" failed: container web .* exit status 2/);
  expect(JSON.stringify(explanation['stoppedTasks'])).toContain('cache is not there');
  expect(await runningRevision(service)).toMatchObject({ taskDefinition: `${FAMILY}:1` });
});

it('stops the step and goes back where it is interrupted once it serves', async () => {
  const service = await live(`after: [{ name: warm, command: [warm] }]\n`, { warm: { output: ['warming'] } });
  const controller = new AbortController();
  const ran = await service.deploy('ok-2', ['--until', 'serving'], {
    signal: controller.signal,
    onLine: ({ type }) => type === 'log' && controller.abort(),
  });
  expect(ran).toMatchObject({ exitCode: 130, result: { outcome: { kind: 'cancelled' } } });
  expect((ran.result['outcome'] as { reason: string }).reason).toContain(`rolled back to ${FAMILY}:1`);
  expect(await oneOffs(service)).toMatchObject([{ stopCode: 'UserInitiated' }]);
  expect(await runningRevision(service)).toMatchObject({ taskDefinition: `${FAMILY}:1` });
});

it('asks until the answer is right, and goes back where it never is', async () => {
  let asked = 0;
  const url = await site(() => {
    asked += 1;
    return asked < 3 ? { status: 503, body: 'not yet' } : { status: 200, body: 'release 2 is ok' };
  });
  const service = await live(`smoke: [{ url: "${url}", contains: is ok, timeout: 10s }]\n`, {});
  const good = await service.deploy('ok-2');
  expect(good).toMatchObject({ exitCode: 0, result: { outcome: { kind: 'live' } } });
  expect(asked).toBe(3);
  expect(good.lines).toContainEqual(
    expect.objectContaining({ phase: 'step', message: expect.stringContaining(`GET ${url}: 200`) as string }),
  );

  service.write('slipway.yml', config(`smoke: [{ url: "${url}", status: 204, timeout: 300ms }]\n`));
  const bad = await service.deploy('ok-1');
  expect(bad).toMatchObject({
    exitCode: 21,
    result: { outcome: { kind: 'rolled-back', by: 'this-run', back: { taskDefinition: `${FAMILY}:2` } } },
  });
  const { explanation } = bad.result['outcome'] as { explanation: { cause: string } };
  expect(explanation.cause).toContain(`smoke check GET ${url} failed: 200, not 204`);
  expect(await runningRevision(service)).toMatchObject({ taskDefinition: `${FAMILY}:2` });
});

it('leaves a first release where it is, since there is none to go back to', async () => {
  const service = await testService();
  const url = await site(() => ({ status: 200, body: '' }));
  servers.pop()?.close();
  service.write('slipway.yml', config(`smoke: [{ url: "${url}", timeout: 100ms }]\n`));
  const ran = await service.deploy('ok-1');
  expect(ran).toMatchObject({ exitCode: 20, result: { outcome: { kind: 'failed' } } });
  expect((ran.result['outcome'] as { reason: string }).reason).toMatch(/ECONNREFUSED.*nothing to go back to/);
});

it('refuses to update where somebody else began to deploy during a step', async () => {
  const service = await live(MIGRATE, {
    'node migrate.js': { output: ['slow'], exits: { after: 4_000, code: 0 } },
  });
  const ran = await service.deploy('ok-2', [], {
    onLine: ({ type }) =>
      type === 'log' &&
      void service.ecs('UpdateService', { cluster: CLUSTER, service: 'web', forceNewDeployment: true }),
  });
  expect(ran).toMatchObject({ exitCode: 12, result: { code: 'DEPLOYMENT_IN_PROGRESS' } });
  expect(await service.revisions()).toHaveLength(1);
});
