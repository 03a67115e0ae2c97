import { CLUSTER, FAMILY, testService } from '../helpers/service';

const oneLine = (text: string) => text.replace(/\s+/g, ' ');

it('says what a deploy would change, and where it stands', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const diff = (tag: string, ...more: string[]) =>
    service.run(['diff', 'staging', '--image', service.image(tag), ...more], { env: { LOG_LEVEL: 'debug' } });
  const ran = await diff('ok-1');
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  expect(oneLine(ran.stdout)).toContain(
    `update web in slipway-staging: 1 change, a new revision (now ${FAMILY}:1)`,
  );
  expect(ran.stdout).toContain('~ containerDefinitions[web].environment[LOG_LEVEL].value');
  expect(ran.stdout).toContain('info -> debug');
  expect((await diff('ok-1', '--exit-code')).exitCode).toBe(2);
  expect((await diff('ok-2', '--json')).result).toMatchObject({
    plan: {
      action: 'update',
      changes: [
        { part: 'task definition', path: 'containerDefinitions[web].image', position: { line: 13 } },
        { path: 'containerDefinitions[web].environment[LOG_LEVEL].value', before: 'info', after: 'debug' },
      ],
    },
  });
});

it('says so where nothing would', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const ran = await service.run(['diff', 'staging', '--image', service.image('ok-1'), '--exit-code']);
  expect(ran.exitCode).toBe(0);
  expect(oneLine(ran.stdout)).toContain(
    `web in slipway-staging is up to date: ${FAMILY}:1 runs what the definitions say`,
  );
});

it('of a service that does not exist is its creation', async () => {
  const service = await testService();
  const ran = await service.run(['diff', 'staging', '--image', service.image('ok-1'), '--exit-code']);
  expect(ran).toMatchObject({ exitCode: 2 });
  expect(ran.stdout).toContain('create web in slipway-staging');
});

it('hides what is named like a secret', async () => {
  const service = await testService({
    container: { environment: [{ name: 'API_TOKEN', value: '{{ env `TOKEN` `old-value` }}' }] },
  });
  await service.deploy('ok-1');
  const ran = await service.run(['diff', 'staging', '--image', service.image('ok-1')], {
    env: { TOKEN: 'hunter2' },
  });
  expect(ran.stdout).toContain('environment[API_TOKEN]');
  expect(ran.stdout).not.toMatch(/hunter2|old-value/);
});

it('prints a unified diff in the order and spelling of the definitions', async () => {
  const service = await testService({
    container: { environment: [{ name: 'API_TOKEN', value: '{{ env `TOKEN` `old-value` }}' }] },
  });
  await service.deploy('ok-1');
  const diff = (env: Record<string, string>) =>
    service.run(['diff', 'staging', '--image', service.image('ok-1'), '--unified'], { env });
  expect(await diff({})).toMatchObject({ exitCode: 0, stdout: '' });
  service.write('ecs/service.json', { desiredCount: 3, launchType: 'FARGATE', enableExecuteCommand: true });
  const { stdout } = await diff({ TOKEN: 'hunter2' });
  expect(stdout).not.toMatch(/hunter2|old-value/);
  expect(stdout.replace(/arn:\S+/g, 'ARN')).toMatchInlineSnapshot(`
   "--- ARN
   +++ ecs/task-definition.json
   @@ -18,9 +18,9 @@
          ],
          "environment": [
            {
              "name": "API_TOKEN",
   -          "value": "(sensitive 1)"
   +          "value": "(sensitive 2)"
            }
          ],
          "logConfiguration": {
            "logDriver": "awslogs",
   --- ARN
   +++ ecs/service.json
   @@ -1,4 +1,4 @@
    {
   -  "desiredCount": 2,
   -  "enableExecuteCommand": false
   +  "desiredCount": 3,
   +  "enableExecuteCommand": true
    }
   "
  `);
});

it('lays the definitions of one environment beside what runs in another', async () => {
  const service = await testService({
    container: {
      logConfiguration: undefined,
      environment: [
        { name: 'STAGE', value: '{{ output `environment` }}' },
        { name: 'LOG_LEVEL', value: '{{ env `LOG_LEVEL` `info` }}' },
      ],
    },
  });
  await service.ecs('CreateCluster', { clusterName: 'slipway-production' });
  const outputs = (environment: string) =>
    Object.fromEntries(
      Object.entries({
        environment,
        cluster_name: `slipway-${environment}`,
        task_definition_family: `slipway-${environment}-web`,
        task_execution_role_arn: `arn:aws:iam::123456789012:role/${CLUSTER}-web-execution`,
      }).map(([name, value]) => [name, { value, type: 'string', sensitive: false }]),
    );
  service.write('staging.json', outputs('staging'));
  service.write('production.json', outputs('production'));
  service.write(
    'slipway.yml',
    `service: web
cluster: "{{ output \`cluster_name\` }}"
task_definition: ecs/task-definition.json
service_definition: ecs/service.json
environments:
  staging: { outputs: staging.json, env: { LOG_LEVEL: debug } }
  production: { outputs: production.json }
`,
  );
  const deployed = await service.run([
    ...['deploy', 'production', '--image', service.image('ok-1')],
    ...['--skip-check', 'all', '--json'],
  ]);
  expect(deployed).toMatchObject({ exitCode: 0 });
  const against = (tag: string, ...more: string[]) =>
    service.run([
      ...['diff', 'staging', '--against', 'production', '--image', service.image(tag)],
      ...['--exit-code', ...more],
    ]);
  expect(await against('ok-1')).toMatchObject({ exitCode: 0 });
  const ran = await against('ok-2', '--json');
  expect(ran.exitCode).toBe(2);
  expect(ran.result).toMatchObject({
    rendered: 'staging',
    plan: {
      environment: 'production',
      changes: [
        { path: 'containerDefinitions[web].image' },
        { path: 'family', after: 'slipway-staging-web', ofEnvironment: true },
        { path: 'containerDefinitions[web].environment[STAGE].value', ofEnvironment: true },
        { path: 'containerDefinitions[web].environment[LOG_LEVEL].value', ofEnvironment: true },
      ],
    },
  });
  const { stdout } = await against('ok-2');
  expect(stdout).toContain('staging, laid beside what runs in production');
  expect(oneLine(stdout)).toContain('update web in slipway-production: 1 change');
  expect(stdout).toContain("3 values of the environments' own, which no deploy changes:");
});
