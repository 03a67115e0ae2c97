import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLUSTER, FAMILY, testService, type RunOptions, type TestService } from '../helpers/service';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/${CLUSTER}-web-execution`;
const TARGET_GROUP = `arn:aws:elasticloadbalancing:ap-northeast-1:${ACCOUNT}:targetgroup/web/1`;
const PARAMETER = `arn:aws:ssm:ap-northeast-1:${ACCOUNT}:parameter/slipway/staging/outputs`;

/** A service that nobody wrote a definition for: made by calls to ECS, with all that the console writes. */
async function liveService(
  service: TestService,
  more: { taskDefinition?: object; service?: object } = {},
): Promise<void> {
  await service.ecs('RegisterTaskDefinition', {
    family: FAMILY,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '.25 vCPU',
    memory: '512',
    executionRoleArn: ROLE,
    tags: [
      { key: 'team', value: 'shop' },
      { key: 'slipway:git-sha', value: 'abc' },
    ],
    volumes: [{ name: 'scratch', host: {} }],
    containerDefinitions: [
      {
        name: 'log',
        image: 'sample/ok:2',
        essential: false,
        memoryReservation: 50,
        firelensConfiguration: { type: 'fluentbit' },
      },
      {
        name: 'web',
        image: service.image('ok-1'),
        essential: true,
        portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
        environment: [
          { name: 'AWS_REGION', value: 'ap-northeast-1' },
          { name: 'FORMAT', value: 'the {{.Name}} of "it"' },
          { name: 'TARGET', value: TARGET_GROUP },
          { name: 'ROLES', value: `${ROLE},other` },
        ],
        secrets: [{ name: 'DB', valueFrom: PARAMETER }],
        dependsOn: [{ containerName: 'log', condition: 'START' }],
        mountPoints: [{ sourceVolume: 'scratch', containerPath: '/tmp', readOnly: false }],
        healthCheck: { command: ['CMD', 'true'] },
        dockerLabels: { Owner: 'shop', empty: '' },
        ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/slipway/staging/web',
            'awslogs-region': 'ap-northeast-1',
            'awslogs-stream-prefix': 'app',
          },
        },
      },
    ],
    ...more.taskDefinition,
  });
  await service.ecs('CreateService', {
    cluster: CLUSTER,
    serviceName: 'web',
    taskDefinition: FAMILY,
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
    loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: 'web', containerPort: 8080 }],
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    tags: [{ key: 'team', value: 'shop' }],
    ...more.service,
  });
  // Only a task that has pulled it tells which digest a tag stands for.
  for (let tries = 0; tries < 200; tries += 1) {
    const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
    if ((services as { runningCount: number }[])[0]?.runningCount === 1) return;
    if (tries === 199) throw new Error(JSON.stringify(services, null, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const NAMED = ['--cluster', CLUSTER, '--service', 'web'];

/** In an empty folder, beside the app's. */
function inNewFolder(service: TestService) {
  const directory = join(service.directory, 'new');
  const run = (argv: readonly string[], options: RunOptions = {}) =>
    service.run(argv, { ...options, cwd: directory });
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  return { directory, run, read };
}

it('writes what diff then finds nothing to say of', async () => {
  const service = await testService();
  await liveService(service);
  const { run, read } = inNewFolder(service);
  const ran = await run(['init', 'staging', ...NAMED, '--outputs', 'ssm:///slipway/staging', '--json']);
  expect(ran.result).toMatchObject({
    kind: 'init',
    outcome: 'done',
    removed: '',
    next: `slipway diff staging --image ${service.image('ok-1')}`,
    exitCode: 0,
  });
  expect(read('slipway.yml')).toMatchInlineSnapshot(`
   "service: web
   cluster: "{{ output \`cluster_name\` }}"
   task_definition: ecs/task-definition.json
   service_definition: ecs/service.json
   timeout: 15m
   environments:
     staging:
       region: ap-northeast-1
       outputs: ssm:///slipway/staging
   "
  `);
  expect(read('ecs/task-definition.json')).toMatchInlineSnapshot(`
   "{
     "family": "{{ output \`task_definition_family\` }}",
     "requiresCompatibilities": ["FARGATE"],
     "networkMode": "awsvpc",
     "cpu": "256",
     "memory": "512",
     "executionRoleArn": "{{ output \`task_execution_role_arn\` }}",
     "volumes": [
       { "name": "scratch" }
     ],
     "containerDefinitions": [
       {
         "name": "log",
         "image": "sample/ok:2",
         "memoryReservation": 50,
         "essential": false,
         "firelensConfiguration": { "type": "fluentbit" }
       },
       {
         "name": "web",
         "image": "{{ must_env \`IMAGE\` }}",
         "portMappings": [
           { "containerPort": 8080 }
         ],
         "essential": true,
         "environment": [
           { "name": "AWS_REGION", "value": "{{ output \`region\` }}" },
           { "name": "FORMAT", "value": "the {{ \`{{\` }}.Name}} of \\"it\\"" },
           { "name": "TARGET", "value": "{{ output \`target_group_arn\` }}" },
           { "name": "ROLES", "value": "{{ output \`task_execution_role_arn\` }},other" }
         ],
         "mountPoints": [
           { "sourceVolume": "scratch", "containerPath": "/tmp" }
         ],
         "secrets": [
           {
             "name": "DB",
             "valueFrom": "arn:aws:ssm:ap-northeast-1:123456789012:parameter/slipway/staging/outputs"
           }
         ],
         "dependsOn": [
           { "containerName": "log", "condition": "START" }
         ],
         "dockerLabels": { "Owner": "shop", "empty": "" },
         "ulimits": [
           { "name": "nofile", "softLimit": 1024, "hardLimit": 4096 }
         ],
         "logConfiguration": {
           "logDriver": "awslogs",
           "options": {
             "awslogs-group": "{{ output \`log_group_name\` }}",
             "awslogs-region": "{{ output \`region\` }}",
             "awslogs-stream-prefix": "app"
           }
         },
         "healthCheck": { "command": ["CMD", "true"] }
       }
     ],
     "tags": [
       { "key": "team", "value": "shop" }
     ]
   }
   "
  `);
  expect(read('ecs/service.json')).toMatchInlineSnapshot(`
   "{
     "loadBalancers": [
       {
         "targetGroupArn": "{{ output \`target_group_arn\` }}",
         "containerName": "web",
         "containerPort": 8080
       }
     ],
     "desiredCount": 1,
     "launchType": "FARGATE",
     "platformVersion": "LATEST",
     "deploymentConfiguration": {
       "deploymentCircuitBreaker": { "enable": true, "rollback": true },
       "maximumPercent": 200,
       "minimumHealthyPercent": 100
     },
     "networkConfiguration": {
       "awsvpcConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-1"] }
     },
     "availabilityZoneRebalancing": "ENABLED",
     "tags": [
       { "key": "team", "value": "shop" }
     ]
   }
   "
  `);

  const diff = await run(['diff', 'staging', '--image', service.image('ok-1'), '--json']);
  expect(diff.result).toMatchObject({ plan: { action: 'unchanged', changes: [] } });
});

const stateOf = (resources: [type: string, name: string, attributes: object, more?: object][]) => ({
  version: 4,
  serial: 1,
  outputs: { web_role: { value: ROLE, type: 'string' } },
  resources: resources.map(([type, name, attributes, more = {}]) => ({
    mode: 'managed',
    type,
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [{ attributes, ...(type === 'aws_lb_target_group' ? { index_key: 'blue' } : {}) }],
    ...more,
  })),
});

const inModule = { module: 'module.app["web"]' };

function writeState(directory: string, more: Parameters<typeof stateOf>[0] = []): void {
  const cluster = `arn:aws:ecs:ap-northeast-1:${ACCOUNT}:cluster/${CLUSTER}`;
  const resource_id = `service/${CLUSTER}/web`;
  const id = `arn:aws:ecs:ap-northeast-1:${ACCOUNT}:service/${CLUSTER}/web`;
  const state = stateOf([
    ['aws_iam_role', 'execution', { arn: ROLE, id: 'x', name: `${CLUSTER}-web-execution` }],
    ['aws_lb_target_group', 'web', { arn: TARGET_GROUP, name: 'web', port: 8080 }],
    ['aws_lb_listener', 'http', { arn: 'arn:l', default_target_group_arn: TARGET_GROUP }],
    ['aws_security_group', 'web', { id: 'sg-1', vpc_id: 'vpc-1' }],
    ['aws_cloudwatch_log_group', 'web', { name: '/ecs/slipway/staging/web' }],
    ['aws_ecs_cluster', 'main', { name: CLUSTER, arn: cluster }],
    ['aws_ecs_task_definition', 'web', { family: FAMILY, execution_role_arn: ROLE }, inModule],
    ['aws_ecs_service', 'web', { id, name: 'web', cluster, desired_count: 1 }, inModule],
    ['aws_appautoscaling_target', 'web', { resource_id }, inModule],
    ['aws_appautoscaling_policy', 'cpu', { resource_id }, inModule],
    ['aws_appautoscaling_target', 'other', { resource_id: 'service/x/y' }],
    ...more,
  ]);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'terraform.tfstate'), JSON.stringify(state));
}

it('finds the service in a Terraform state, and prints what makes Terraform forget it', async () => {
  const service = await testService();
  await liveService(service);
  const { directory, run, read } = inNewFolder(service);
  writeState(directory);
  const ran = await run(['init', '--tfstate', 'terraform.tfstate', '--image-env', 'RELEASE']);
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toContain('wrote slipway.yml, ecs/task-definition.json, ecs/service.json');
  expect(ran.stdout).toBe(
    ['task_definition.web', 'service.web', 'appautoscaling_target.web', 'appautoscaling_policy.cpu']
      .map((name) => `module.app.aws_${name.startsWith('app') ? '' : 'ecs_'}${name}`)
      .map((address) => `removed {\n  from = ${address}\n\n  lifecycle {\n    destroy = false\n  }\n}\n`)
      .join('\n'),
  );
  expect(read('slipway.yml')).toBe(`service: web
cluster: "{{ tfstate \`aws_ecs_cluster.main.name\` }}"
region: ap-northeast-1
task_definition: ecs/task-definition.json
service_definition: ecs/service.json
timeout: 15m
plugins:
  - name: tfstate
    config:
      path: terraform.tfstate
`);
  expect(read('ecs/task-definition.json').match(/\{\{ [^`].*?\}\}/g)).toEqual([
    '{{ tfstate `aws_iam_role.execution.arn` }}',
    '{{ must_env `RELEASE` }}',
    "{{ tfstate `aws_lb_target_group.web['blue'].arn` }}",
    '{{ tfstate `aws_iam_role.execution.arn` }}',
    '{{ tfstate `aws_cloudwatch_log_group.web.name` }}',
  ]);
  expect(read('ecs/service.json')).toContain("{{ tfstate `aws_lb_target_group.web['blue'].arn` }}");
  expect(read('ecs/service.json')).toContain('["{{ tfstate `aws_security_group.web.id` }}"]');
  const diff = await run(['diff', '--exit-code'], { env: { RELEASE: service.image('ok-1') } });
  expect(diff.exitCode).toBe(0);
  expect(diff.stdout).toContain('is up to date');
});

it('overwrites nothing unless it is told to, and writes nothing in a dry run', async () => {
  const service = await testService();
  await liveService(service);
  const { run, read, directory } = inNewFolder(service);
  const planned = await run(['init', ...NAMED, '--dry-run']);
  expect(planned).toMatchObject({ exitCode: 0 });
  expect(planned.stdout).toContain('# ecs/service.json\n{\n');
  mkdirSync(join(directory, 'ecs'), { recursive: true });
  writeFileSync(join(directory, 'ecs/service.json'), 'mine');
  const refused = await run(['init', ...NAMED, '--json']);
  expect(refused).toMatchObject({ exitCode: 40, result: { code: 'USAGE' } });
  expect(refused.result['message']).toContain('ecs/service.json would be overwritten');
  expect(read('ecs/service.json')).toBe('mine');
  expect((await run(['init', ...NAMED, '--force'])).exitCode).toBe(0);
  expect(read('ecs/service.json')).toContain('desiredCount');
});

it('says which service it wants, and which there are', async () => {
  const service = await testService();
  const { run, directory } = inNewFolder(service);
  expect((await run(['init', '--json'])).result).toMatchObject({ code: 'USAGE' });
  expect((await run(['init', ...NAMED, '--json'])).result).toMatchObject({ code: 'SERVICE_NOT_FOUND' });
  writeState(directory, [['aws_ecs_service', 'api', { name: 'api', cluster: CLUSTER }]]);
  const { result } = await run(['init', '--tfstate', 'terraform.tfstate', '--json']);
  expect(result).toMatchObject({ code: 'USAGE', hint: `the state has ${CLUSTER}/web, ${CLUSTER}/api` });
});
