import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingForTerraform } from '../../rehearsal/apply/prerequisites';
import { findTerraform, openTerraform } from '../../rehearsal/apply/terraform';
import { startRehearsal } from '../../rehearsal/rehearsal';
import { main } from '../../src/cli';
import { scratch } from '../rehearsal/support';

type Json = Record<string, unknown>;

/** Moto is not needed: the rehearsal has all that is applied here. */
const missing = missingForTerraform().filter((tool) => tool !== 'moto_server');
const hasTerraform = !missing.includes('terraform or tofu');
const suffix = (lacks: readonly string[]) => (lacks.length === 0 ? '' : ` (missing: ${lacks.join(', ')})`);

/** A service in a module of Terraform, with what scales it. */
const module_ = {
  variable: { subnets: { type: 'list(string)' }, role: { type: 'string' } },
  resource: {
    aws_ecs_cluster: { main: { name: 'team' } },
    aws_ecs_task_definition: {
      web: {
        family: 'team-web',
        network_mode: 'awsvpc',
        requires_compatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        execution_role_arn: '${var.role}',
        container_definitions: JSON.stringify([{ name: 'web', image: 'sample/ok:1', essential: true }]),
      },
    },
    aws_ecs_service: {
      web: {
        name: 'web',
        cluster: '${aws_ecs_cluster.main.id}',
        task_definition: '${aws_ecs_task_definition.web.arn}',
        desired_count: 1,
        launch_type: 'FARGATE',
        network_configuration: [{ subnets: '${var.subnets}' }],
      },
    },
    aws_appautoscaling_target: {
      web: {
        service_namespace: 'ecs',
        resource_id: 'service/${aws_ecs_cluster.main.name}/${aws_ecs_service.web.name}',
        scalable_dimension: 'ecs:service:DesiredCount',
        min_capacity: 1,
        max_capacity: 4,
      },
    },
  },
};

const root = {
  terraform: {
    required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } },
    backend: { local: { path: 'terraform.tfstate' } },
  },
  provider: { aws: { region: 'ap-northeast-1', s3_use_path_style: true } },
  data: { aws_vpc: { default: { default: true } }, aws_subnets: { default: {} } },
  resource: {
    aws_iam_role: {
      execution: {
        name: 'web-execution',
        assume_role_policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        }),
      },
    },
  },
  module: {
    app: {
      source: './app',
      subnets: '${data.aws_subnets.default.ids}',
      role: '${aws_iam_role.execution.arn}',
    },
  },
};

/** A state as `terraform apply` would have left it, as far as `init` looks. */
const state = (...types: string[]) => ({
  version: 4,
  serial: 1,
  outputs: {},
  resources: types.map((type) => ({
    module: 'module.app["one"]',
    mode: 'managed',
    type,
    name: 'web',
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [
      {
        attributes: {
          name: 'web',
          family: 'team-web',
          cluster: 'arn:aws:ecs:ap-northeast-1:123456789012:cluster/team',
          resource_id: 'service/team/web',
        },
      },
    ],
  })),
});

(hasTerraform ? test : test.skip)(
  `the removed blocks are valid${suffix(hasTerraform ? [] : missing)}`,
  async () => {
    const folder = scratchFolder('valid');
    const rehearsal = await startRehearsal({ runtime: 'simulated' });
    try {
      await liveService((operation, input) => rehearsal.call('ecs', operation, input));
      writeFileSync(
        join(folder, 'terraform.tfstate'),
        JSON.stringify(state('aws_ecs_service', 'aws_ecs_task_definition', 'aws_appautoscaling_target')),
      );
      const { stdout } = await init(folder, rehearsal.environment);
      expect(stdout.match(/^removed \{$/gm)).toHaveLength(3);
      // Away from the state, which would want the AWS provider.
      const alone = scratchFolder('alone');
      writeFileSync(join(alone, 'removed.tf'), stdout);
      const terraform = (...args: string[]) =>
        execFileSync(findTerraform(), [...args, '-no-color'], {
          cwd: alone,
          encoding: 'utf8',
          env: { ...process.env, TF_CLI_CONFIG_FILE: '', CHECKPOINT_DISABLE: '1' },
        });
      terraform('init', '-backend=false', '-input=false');
      expect(terraform('validate')).toContain('The configuration is valid');
    } finally {
      await rehearsal.stop();
    }
  },
);

(missing.length === 0 ? test : test.skip)(
  `Terraform forgets the service and destroys nothing${suffix(missing)}`,
  async () => {
    const folder = scratchFolder('forget');
    const rehearsal = await startRehearsal({ runtime: 'simulated', speed: 100 });
    const terraform = openTerraform({
      endpoint: rehearsal.endpoint,
      environment: rehearsal.environment,
      directory: join(folder, 'terraform'),
    });
    const write = (file: string, json: Json) => {
      mkdirSync(join(folder, 'app'), { recursive: true });
      writeFileSync(join(folder, file), JSON.stringify(json, null, 2));
    };
    try {
      write('cdk.tf.json', root);
      write('app/app.tf.json', module_);
      await terraform.init(folder);
      await terraform.apply(folder);
      const { stdout } = await init(folder, rehearsal.environment);
      writeFileSync(join(folder, 'removed.tf'), stdout);
      const { aws_ecs_cluster } = module_.resource;
      write('app/app.tf.json', { ...module_, resource: { aws_ecs_cluster } });
      const { summary } = await terraform.plan(folder);
      expect(summary.sort()).toEqual([
        'forget module.app.aws_appautoscaling_target.web',
        'forget module.app.aws_ecs_service.web',
        'forget module.app.aws_ecs_task_definition.web',
      ]);
      expect(await terraform.apply(folder)).toMatchObject({ added: 0, destroyed: 0 });
      const { services } = await rehearsal.call('ecs', 'DescribeServices', {
        cluster: 'team',
        services: ['web'],
      });
      expect(services).toMatchObject([{ status: 'ACTIVE', desiredCount: 1 }]);
      expect(await terraform.plan(folder)).toEqual({ empty: true, summary: [] });
    } finally {
      await terraform.close();
      await rehearsal.stop();
    }
  },
);

const directory = scratch();

function scratchFolder(name: string): string {
  const folder = join(directory, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function liveService(ecs: (operation: string, input: Json) => Promise<unknown>): Promise<void> {
  await ecs('CreateCluster', { clusterName: 'team' });
  await ecs('RegisterTaskDefinition', {
    family: 'team-web',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'sample/ok:1' }],
  });
  await ecs('CreateService', {
    cluster: 'team',
    serviceName: 'web',
    taskDefinition: 'team-web',
    desiredCount: 0,
    launchType: 'EC2',
  });
}

/** The one service that is in the state of a folder. */
async function init(folder: string, env: Readonly<Record<string, string>>): Promise<{ stdout: string }> {
  let stdout = '';
  let stderr = '';
  const exitCode = await main(['init', '--tfstate', 'terraform.tfstate'], {
    cwd: folder,
    env,
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  if (exitCode !== 0) throw new Error(stderr);
  return { stdout };
}
