import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeClustersCommand, DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { startMoto, type Moto } from '../../rehearsal/apply/moto';
import { missingForTerraform } from '../../rehearsal/apply/prerequisites';
import { openTerraform, type Terraform } from '../../rehearsal/apply/terraform';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { clientOf, scratch } from './support';

const missing = missingForTerraform();
const suite = missing.length === 0 ? describe : describe.skip;

type Json = Record<string, unknown>;

const assumedBy = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

/** A cluster with a service behind a load balancer, in the default VPC, and what usually stands around it. */
function stack(options: { release: string; desiredCount: number }): Json {
  const container = {
    name: 'web',
    image: `sample/ok:${options.release}`,
    portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: 'tcp' }],
    environment: [{ name: 'PORT', value: '3000' }],
    essential: true,
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': '${aws_cloudwatch_log_group.web.name}',
        'awslogs-region': 'ap-northeast-1',
        'awslogs-stream-prefix': 'web',
      },
    },
  };
  return {
    terraform: {
      required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } },
      backend: { local: { path: 'terraform.tfstate' } },
    },
    provider: {
      aws: {
        region: 'ap-northeast-1',
        skip_requesting_account_id: false,
        s3_use_path_style: true,
        default_tags: [{ tags: { project: 'rehearsal' } }],
      },
    },
    data: {
      aws_vpc: { default: { default: true } },
      aws_subnets: {
        default: { filter: [{ name: 'vpc-id', values: ['${data.aws_vpc.default.id}'] }] },
      },
      aws_caller_identity: { me: {} },
      aws_availability_zones: { here: { state: 'available' } },
    },
    resource: {
      aws_cloudwatch_log_group: { web: { name: '/ecs/web', retention_in_days: 7 } },
      aws_cloudwatch_metric_alarm: {
        errors: {
          alarm_name: 'web-errors',
          comparison_operator: 'GreaterThanThreshold',
          evaluation_periods: 2,
          metric_name: 'HTTPCode_Target_5XX_Count',
          namespace: 'AWS/ApplicationELB',
          period: 60,
          statistic: 'Sum',
          threshold: 5,
          treat_missing_data: 'notBreaching',
        },
      },
      aws_ecr_repository: {
        web: { name: 'team/web', image_tag_mutability: 'IMMUTABLE', force_delete: true },
      },
      aws_iam_role: {
        execution: { name: 'web-execution', assume_role_policy: assumedBy('ecs-tasks.amazonaws.com') },
      },
      aws_iam_role_policy_attachment: {
        execution: {
          role: '${aws_iam_role.execution.name}',
          policy_arn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
        },
      },
      aws_iam_role_policy: {
        secrets: {
          name: 'secrets',
          role: '${aws_iam_role.execution.name}',
          policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'ssm:GetParameters', Resource: '*' }],
          }),
        },
      },
      aws_ssm_parameter: { greeting: { name: '/web/greeting', type: 'String', value: 'hello' } },
      aws_secretsmanager_secret: { key: { name: 'web-key', recovery_window_in_days: 0 } },
      aws_secretsmanager_secret_version: {
        key: { secret_id: '${aws_secretsmanager_secret.key.id}', secret_string: 'sesame' },
      },
      aws_lb: {
        front: {
          name: 'front',
          load_balancer_type: 'application',
          subnets: '${data.aws_subnets.default.ids}',
        },
      },
      aws_lb_target_group: {
        web: {
          name: 'web',
          port: 3000,
          protocol: 'HTTP',
          target_type: 'ip',
          vpc_id: '${data.aws_vpc.default.id}',
          deregistration_delay: 5,
          health_check: [{ path: '/', interval: 10, timeout: 5, healthy_threshold: 2 }],
        },
      },
      aws_lb_listener: {
        http: {
          load_balancer_arn: '${aws_lb.front.arn}',
          port: 80,
          protocol: 'HTTP',
          default_action: [
            { type: 'fixed-response', fixed_response: [{ content_type: 'text/plain', status_code: '404' }] },
          ],
        },
      },
      aws_lb_listener_rule: {
        web: {
          listener_arn: '${aws_lb_listener.http.arn}',
          priority: 10,
          condition: [{ path_pattern: [{ values: ['/*'] }] }],
          action: [{ type: 'forward', target_group_arn: '${aws_lb_target_group.web.arn}' }],
        },
      },
      aws_ecs_cluster: { main: { name: 'team' } },
      aws_ecs_task_definition: {
        web: {
          family: 'team-web',
          network_mode: 'awsvpc',
          requires_compatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          execution_role_arn: '${aws_iam_role.execution.arn}',
          container_definitions: JSON.stringify([container]),
        },
      },
      aws_ecs_service: {
        web: {
          name: 'web',
          cluster: '${aws_ecs_cluster.main.id}',
          task_definition: '${aws_ecs_task_definition.web.arn}',
          desired_count: options.desiredCount,
          launch_type: 'FARGATE',
          wait_for_steady_state: true,
          network_configuration: [{ subnets: '${data.aws_subnets.default.ids}', assign_public_ip: true }],
          deployment_circuit_breaker: [{ enable: true, rollback: true }],
          load_balancer: [
            {
              target_group_arn: '${aws_lb_target_group.web.arn}',
              container_name: 'web',
              container_port: 3000,
            },
          ],
          depends_on: ['aws_lb_listener_rule.web'],
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
      aws_appautoscaling_policy: {
        cpu: {
          name: 'cpu',
          policy_type: 'TargetTrackingScaling',
          service_namespace: '${aws_appautoscaling_target.web.service_namespace}',
          resource_id: '${aws_appautoscaling_target.web.resource_id}',
          scalable_dimension: '${aws_appautoscaling_target.web.scalable_dimension}',
          target_tracking_scaling_policy_configuration: [
            {
              target_value: 60,
              predefined_metric_specification: [
                { predefined_metric_type: 'ECSServiceAverageCPUUtilization' },
              ],
            },
          ],
        },
      },
    },
    output: { subnets: { value: '${length(data.aws_subnets.default.ids)}' } },
  };
}

suite(`terraform's ECS resources${missing.length === 0 ? '' : ` (missing: ${missing.join(', ')})`}`, () => {
  const directory = scratch();
  let moto: Moto | undefined;
  let rehearsal: Rehearsal;
  let terraform: Terraform;
  afterEach(async () => {
    await terraform.close();
    await rehearsal.stop();
    await moto?.stop();
    moto = undefined;
  });

  /** Creates, replans, updates, replans and destroys the stack. */
  async function goThrough(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const write = (json: Json) => writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(json, null, 2));
    terraform = openTerraform({
      endpoint: rehearsal.endpoint,
      environment: rehearsal.environment,
      directory: join(folder, 'terraform'),
    });
    const ecs = new ECSClient(clientOf(rehearsal));
    const service = async () => {
      const answer = await ecs.send(new DescribeServicesCommand({ cluster: 'team', services: ['web'] }));
      return answer.services?.[0];
    };
    // The provider's own wait, like the waiters of the SDKs, is content before the deployment is complete.
    const completed = async () => {
      for (;;) {
        const found = await service();
        if (found?.deployments?.every(({ rolloutState }) => rolloutState === 'COMPLETED')) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const visit = async () => {
      const { url } = rehearsal.listeners()[0] ?? { url: '' };
      const response = await fetch(url);
      return `${response.status} ${(await response.text()).trim()}`;
    };

    write(stack({ release: '1', desiredCount: 1 }));
    await terraform.init(folder);
    expect((await terraform.apply(folder)).added).toBeGreaterThan(15);
    expect(await service()).toMatchObject({ runningCount: 1, deployments: [{ desiredCount: 1 }] });
    await completed();
    expect(await visit()).toBe('200 sample/ok:1');
    expect(await terraform.plan(folder)).toEqual({ empty: true, summary: [] });

    write(stack({ release: '2', desiredCount: 2 }));
    const updated = await terraform.apply(folder);
    expect(updated).toMatchObject({ changed: 1 });
    expect(await completed()).toMatchObject({ runningCount: 2, desiredCount: 2 });
    expect(await visit()).toBe('200 sample/ok:2');
    expect(await terraform.plan(folder)).toEqual({ empty: true, summary: [] });

    expect((await terraform.destroy(folder)).destroyed).toBeGreaterThan(15);
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['team'] }));
    expect(clusters).toMatchObject([{ status: 'INACTIVE', activeServicesCount: 0, runningTasksCount: 0 }]);
    expect(rehearsal.listeners()).toEqual([]);
  }

  test('are created, updated and destroyed on a rehearsal that stands alone', async () => {
    rehearsal = await startRehearsal({ speed: 50, directory: join(directory, 'embedded') });
    await goThrough(join(directory, 'alone'));
  });

  test('are created, updated and destroyed in front of moto', async () => {
    moto = await startMoto();
    rehearsal = await startRehearsal({
      speed: 50,
      directory: join(directory, 'moto'),
      moto: { endpoint: moto.endpoint },
    });
    await goThrough(join(directory, 'before-moto'));
  });
});
