import type { AppliedState } from '../../rehearsal/apply/applied';
import { recordCalls } from '../helpers/calls';
import { CLUSTER, testService, type TestService } from '../helpers/service';

/** A repository as users of ecspresso have it: Terraform's state beside the definitions, and the tag from the environment. */
async function repository(): Promise<TestService> {
  const service = await testService();
  await service.ecs('PutClusterCapacityProviders', {
    cluster: CLUSTER,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  });
  await service.rehearsal.apply(taskRole());
  service.write(
    'nested/ecspresso.yml',
    `region: ap-northeast-1
cluster: ${CLUSTER}
service: web
service_definition: ecs-service-def.json
task_definition: ecs-task-def.json
timeout: "1m0s"
plugins:
  - name: tfstate
    config:
      path: terraform.tfstate
`,
  );
  service.write(
    'nested/ecs-service-def.json',
    `{
  "capacityProviderStrategy": [{ "base": 0, "capacityProvider": "FARGATE_SPOT", "weight": 1 }],
  "deploymentConfiguration": {
    "deploymentCircuitBreaker": { "enable": true, "rollback": true },
    "maximumPercent": 200,
    "minimumHealthyPercent": 100
  },
  "desiredCount": 1,
  "enableECSManagedTags": false,
  "enableExecuteCommand": true,
  "healthCheckGracePeriodSeconds": 0,
  "launchType": "",
  "loadBalancers": [
    {
      "containerName": "web",
      "containerPort": 8080,
      "targetGroupArn": "{{ tfstate \`module.ingress.aws_lb_target_group.web.arn\` }}"
    }
  ],
  "networkConfiguration": {
    "awsvpcConfiguration": {
      "assignPublicIp": "ENABLED",
      "securityGroups": ["{{ tfstate \`module.network.aws_security_group.web.id\` }}"],
      "subnets": ["{{ tfstate \`module.network.aws_subnet.public['a'].id\` }}"]
    }
  },
  "pendingCount": 0,
  "platformFamily": "Linux",
  "platformVersion": "LATEST",
  "propagateTags": "NONE",
  "runningCount": 0,
  "schedulingStrategy": "REPLICA"
}
`,
  );
  service.write(
    'nested/ecs-task-def.json',
    `{
  "containerDefinitions": [
    {
      "cpu": 0,
      "environment": [],
      "essential": true,
      "healthCheck": {
        "command": ["CMD-SHELL", "curl -f http://localhost:8080/ || exit 1"],
        "interval": 5,
        "retries": 2,
        "startPeriod": 0,
        "timeout": 2
      },
      "image": "{{ tfstate \`module.registry.aws_ecr_repository.web.repository_url\` }}:{{ must_env \`IMAGE_TAG\` }}",
      "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
          "awslogs-group": "{{ tfstate \`module.service.aws_cloudwatch_log_group.web.name\` }}",
          "awslogs-region": "ap-northeast-1",
          "awslogs-stream-prefix": "web"
        }
      },
      "mountPoints": [],
      "name": "web",
      "portMappings": [{ "appProtocol": "", "containerPort": 8080, "hostPort": 8080, "protocol": "tcp" }],
      "volumesFrom": []
    }
  ],
  "cpu": "256",
  "executionRoleArn": "{{ tfstate \`module.service.aws_iam_role.execution.arn\` }}",
  "family": "slipway-staging-web",
  "ipcMode": "",
  "memory": "512",
  "networkMode": "awsvpc",
  "pidMode": "",
  "requiresCompatibilities": ["FARGATE"],
  "taskRoleArn": "{{ tfstate \`module.service.aws_iam_role.task.arn\` }}"
}
`,
  );
  service.write('nested/terraform.tfstate', state());
  return service;
}

const TASK_ROLE = 'slipway-staging-web-task';

/** A role that ECS may give to tasks, and that may open the channels of ECS Exec. */
function taskRole(): AppliedState {
  const statement = (members: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...members }] });
  const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
  const resource = (type: string, attributes: Record<string, unknown>) => ({
    address: `${type}.task`,
    type,
    attributes,
    localPort: undefined,
  });
  return {
    stack: 'task',
    resources: [
      resource('aws_iam_role', {
        name: TASK_ROLE,
        arn: `arn:aws:iam::123456789012:role/${TASK_ROLE}`,
        assume_role_policy: statement({
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
      resource('aws_iam_role_policy', {
        name: 'exec',
        role: TASK_ROLE,
        policy: statement({ Action: channels.map((name) => `ssmmessages:${name}`), Resource: '*' }),
      }),
    ],
    outputs: {},
    state: {
      version: 4,
      terraform_version: '1.9.0',
      serial: 1,
      lineage: 'task',
      outputs: {},
      resources: [],
      check_results: null,
    },
    statePath: undefined,
  };
}

function state() {
  const account = '123456789012';
  const region = 'ap-northeast-1';
  const resource = (module: string, type: string, name: string, attributes: object, key?: string) => ({
    module: `module.${module}`,
    mode: 'managed',
    type,
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [{ schema_version: 0, attributes, ...(key === undefined ? {} : { index_key: key }) }],
  });
  const role = (name: string) => ({ arn: `arn:aws:iam::${account}:role/${name}` });
  return {
    version: 4,
    terraform_version: '1.9.0',
    serial: 3,
    lineage: 'a',
    outputs: {},
    resources: [
      resource('network', 'aws_subnet', 'public', { id: 'subnet-1' }, 'a'),
      resource('network', 'aws_security_group', 'web', { id: 'sg-1' }),
      resource('ingress', 'aws_lb_target_group', 'web', {
        arn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/1`,
      }),
      resource('registry', 'aws_ecr_repository', 'web', {
        repository_url: `${account}.dkr.ecr.${region}.amazonaws.com/slipway/web`,
      }),
      resource('service', 'aws_cloudwatch_log_group', 'web', { name: '/ecs/slipway/staging/web' }),
      resource('service', 'aws_iam_role', 'execution', role('slipway-staging-web-execution')),
      resource('service', 'aws_iam_role', 'task', role(TASK_ROLE)),
    ],
  };
}

it('a repository of ecspresso deploys unchanged, and its service is what the definitions say', async () => {
  const service = await repository();
  const calls = await recordCalls(service);
  const run = (tag: string, command = 'deploy') =>
    service.run([command, '--config', 'nested/ecspresso.yml', '--json'], {
      env: { ...calls.env, IMAGE_TAG: tag },
    });

  expect(await run('ok-1')).toMatchObject({ exitCode: 0, result: { outcome: { kind: 'live' } } });
  expect(calls.writes()).toEqual(['RegisterTaskDefinition', 'CreateService']);
  const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
  expect((services as object[])[0]).toMatchObject({
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    networkConfiguration: { awsvpcConfiguration: { assignPublicIp: 'ENABLED' } },
    enableExecuteCommand: true,
    runningCount: 1,
  });

  calls.all.length = 0;
  expect(await run('ok-1', 'diff')).toMatchObject({ result: { plan: { action: 'unchanged', changes: [] } } });
  expect(await run('ok-1')).toMatchObject({ exitCode: 0, result: { outcome: { kind: 'unchanged' } } });
  expect(calls.writes()).toEqual([]);

  expect(await run('ok-2')).toMatchObject({ exitCode: 0, result: { outcome: { kind: 'live' } } });
  expect(calls.writes()).toEqual(['RegisterTaskDefinition', 'UpdateService']);
});
