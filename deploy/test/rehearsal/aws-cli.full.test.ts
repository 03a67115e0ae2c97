import { execFile } from 'node:child_process';
import { ecsOperations } from '../../rehearsal/api/ecs';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { createFront, type Front } from './front';
import { onPath } from './support';

const suite = onPath('aws') ? describe : describe.skip;

interface Answer {
  [member: string]: unknown;
}

/** Every operation of ECS that was driven by the CLI. */
const driven = new Set<string>();

suite('the AWS CLI on ECS (needs `aws` on PATH)', () => {
  let rehearsal: Rehearsal;
  let front: Front;
  beforeAll(async () => {
    rehearsal = await startRehearsal({ runtime: 'simulated', speed: 200 });
    front = await createFront(rehearsal);
    await ecs('create-cluster --cluster-name main --tags key=a,value=b');
  });
  afterAll(() => rehearsal.stop());

  function run(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...rehearsal.environment };
    return new Promise((resolve) => {
      execFile('aws', [...args, '--output', 'json'], { env, timeout: 120_000 }, (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  }

  /** `aws ecs COMMAND`, split at spaces, with further arguments that may hold some. */
  async function ecs(command: string, ...more: string[]): Promise<Answer> {
    const words = [...command.split(' '), ...more];
    const { status, stdout, stderr } = await run(['ecs', ...words]);
    if (status !== 0) throw new Error(`aws ecs ${words.join(' ')}: ${stderr}`);
    driven.add(operationOf(words[0] ?? ''));
    return stdout === '' ? {} : (JSON.parse(stdout) as Answer);
  }

  /** As `ecs`, where the service refuses: what the CLI says. */
  async function refused(command: string, ...more: string[]): Promise<string> {
    const words = [...command.split(' '), ...more];
    const { status, stderr } = await run(['ecs', ...words]);
    if (status === 0) throw new Error(`aws ecs ${words.join(' ')} was not refused`);
    driven.add(operationOf(words[0] ?? ''));
    return stderr;
  }

  const containers = (image: string, more: object = {}) =>
    JSON.stringify([{ name: 'web', image, memory: 128, portMappings: [{ containerPort: 3000 }], ...more }]);
  const register = (family: string, image: string) =>
    ecs(
      `register-task-definition --family ${family} --network-mode awsvpc --requires-compatibilities FARGATE --cpu 256 --memory 512`,
      '--container-definitions',
      containers(image),
    );
  const network = () =>
    `--network-configuration awsvpcConfiguration={subnets=[${front.subnets.join(',')}],assignPublicIp=ENABLED}`;

  test('clusters, their settings, capacity providers and tags', async () => {
    expect(await ecs('describe-clusters --clusters main nobody --include TAGS')).toMatchObject({
      clusters: [{ clusterName: 'main', tags: [{ key: 'a', value: 'b' }] }],
      failures: [{ reason: 'MISSING' }],
    });
    expect(await ecs('list-clusters')).toMatchObject({
      clusterArns: expect.arrayContaining([expect.stringContaining('cluster/main')]) as unknown,
    });
    const setting = 'name=containerInsights,value=enabled';
    expect(await ecs(`update-cluster-settings --cluster main --settings ${setting}`)).toMatchObject({
      cluster: { settings: [{ value: 'enabled' }] },
    });
    await ecs(`update-cluster --cluster main --settings ${setting}`);
    await ecs('create-cluster --cluster-name spare');
    await ecs(
      'create-capacity-provider --name machines --auto-scaling-group-provider autoScalingGroupArn=arn:aws:autoscaling:ap-northeast-1:123456789012:autoScalingGroup:x:autoScalingGroupName/machines',
    );
    expect(await ecs('describe-capacity-providers --capacity-providers machines FARGATE')).toMatchObject({
      capacityProviders: expect.arrayContaining([expect.objectContaining({ name: 'machines' })]) as unknown,
    });
    await ecs(
      'put-cluster-capacity-providers --cluster spare --capacity-providers FARGATE machines --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1',
    );
    expect(await refused('delete-capacity-provider --capacity-provider machines')).toContain(
      'ResourceInUseException',
    );
    await ecs(
      'put-cluster-capacity-providers --cluster spare --capacity-providers FARGATE --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1',
    );
    await ecs('delete-capacity-provider --capacity-provider machines');

    const arn = rehearsal.controlPlane.arns.cluster('spare');
    await ecs(`tag-resource --resource-arn ${arn} --tags key=x,value=y key=z,value=1`);
    await ecs(`untag-resource --resource-arn ${arn} --tag-keys z`);
    expect(await ecs(`list-tags-for-resource --resource-arn ${arn}`)).toEqual({
      tags: [{ key: 'x', value: 'y' }],
    });
    expect(await ecs('delete-cluster --cluster spare')).toMatchObject({ cluster: { status: 'INACTIVE' } });

    await ecs('put-account-setting-default --name containerInsights --value enabled');
    await ecs('put-account-setting --name containerInsights --value enhanced');
    expect(await ecs('list-account-settings --name containerInsights --effective-settings')).toMatchObject({
      settings: [{ value: 'enhanced' }],
    });
    await ecs('delete-account-setting --name containerInsights');
  });

  test('task definitions from register to delete', async () => {
    await register('going', 'sample/ok:1');
    await register('going', 'sample/ok:2');
    expect(await ecs('list-task-definitions --family-prefix going --sort DESC')).toMatchObject({
      taskDefinitionArns: [expect.stringMatching(/going:2$/), expect.stringMatching(/going:1$/)],
    });
    expect(await ecs('list-task-definition-families --family-prefix go --status ACTIVE')).toEqual({
      families: ['going'],
    });
    await ecs('deregister-task-definition --task-definition going:2');
    expect(await ecs('describe-task-definition --task-definition going')).toMatchObject({
      taskDefinition: { revision: 1, containerDefinitions: [{ image: 'sample/ok:1' }] },
    });
    expect(await ecs('delete-task-definitions --task-definitions going:2 going:1')).toMatchObject({
      taskDefinitions: [{ status: 'DELETE_IN_PROGRESS' }],
      failures: [{ reason: expect.stringContaining('still in ACTIVE status') as unknown }],
    });
    expect(await refused('describe-task-definition --task-definition nobody')).toContain(
      'An error occurred (ClientException) when calling the DescribeTaskDefinition operation: Unable to describe task definition.',
    );
  });

  test('a service through its life, with its deployments, by the waiters of botocore', async () => {
    await register('web', 'sample/ok:1');
    await ecs(
      `create-service --cluster main --service-name web --task-definition web --desired-count 2 --launch-type FARGATE ${network()}`,
      '--deployment-configuration',
      JSON.stringify({ deploymentCircuitBreaker: { enable: false, rollback: false } }),
    );
    await ecs('wait services-stable --cluster main --services web');
    expect(await ecs('list-services --cluster main')).toMatchObject({
      serviceArns: expect.arrayContaining([expect.stringContaining('service/main/web')]) as unknown,
    });
    expect(await ecs('list-services-by-namespace --namespace nobody-is-here')).toEqual({ serviceArns: [] });
    expect(await ecs('list-services-by-namespace --namespace nowhere')).toEqual({ serviceArns: [] });
    const { taskArns } = (await ecs('list-tasks --cluster main --service-name web')) as {
      taskArns: string[];
    };
    const task = taskArns[0] ?? '';
    await ecs(`wait tasks-running --cluster main --tasks ${taskArns.join(' ')}`);
    expect(await ecs(`describe-tasks --cluster main --tasks ${task}`)).toMatchObject({
      tasks: [{ lastStatus: 'RUNNING', group: 'service:web' }],
    });
    await ecs(`update-task-protection --cluster main --tasks ${task} --protection-enabled`);
    expect(await ecs(`get-task-protection --cluster main --tasks ${task}`)).toMatchObject({
      protectedTasks: [{ protectionEnabled: true }],
    });
    await ecs(`update-task-protection --cluster main --tasks ${task} --no-protection-enabled`);
    // The CLI does not ask without its plugin; with it the rehearsal says that the task has no agent.
    expect(
      await refused(`execute-command --cluster main --task ${task} --interactive --command`, 'sh'),
    ).toMatch(/InvalidParameterException|SessionManagerPlugin is not found/);

    // An image that is not there: without a circuit breaker the deployment goes on until somebody stops it.
    await register('web', 'sample/none:1');
    expect(await ecs('update-service --cluster main --service web --task-definition web')).toMatchObject({
      service: { deployments: [{ status: 'PRIMARY' }, { status: 'ACTIVE' }] },
    });
    const { serviceDeployments } = (await ecs('list-service-deployments --cluster main --service web')) as {
      serviceDeployments: { serviceDeploymentArn: string; targetServiceRevisionArn: string }[];
    };
    const [newest] = serviceDeployments;
    const { serviceDeploymentArn = '', targetServiceRevisionArn = '' } = newest ?? {};
    await ecs(
      `stop-service-deployment --service-deployment-arn ${serviceDeploymentArn} --stop-type ROLLBACK`,
    );
    await ecs('wait services-stable --cluster main --services web');
    expect(
      await ecs(`describe-service-deployments --service-deployment-arns ${serviceDeploymentArn}`),
    ).toMatchObject({ serviceDeployments: [{ status: expect.stringContaining('ROLLBACK') as unknown }] });
    expect(
      await ecs(`describe-service-revisions --service-revision-arns ${targetServiceRevisionArn}`),
    ).toMatchObject({ serviceRevisions: [{ taskDefinition: expect.stringMatching(/web:\d+$/) as unknown }] });

    await ecs('delete-service --cluster main --service web --force');
    await ecs('wait services-inactive --cluster main --services web');
    expect(await ecs('describe-services --cluster main --services web')).toMatchObject({
      services: [{ status: 'INACTIVE', desiredCount: 0 }],
    });
  });

  test('a deployment that waits at a hook goes on when it is told to', async () => {
    await register('paused', 'sample/ok:1');
    const hooks = [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] }];
    await ecs(
      `create-service --cluster main --service-name paused --task-definition paused --desired-count 1 --launch-type FARGATE ${network()}`,
    );
    await ecs('wait services-stable --cluster main --services paused');
    await ecs(
      'update-service --cluster main --service paused --force-new-deployment --deployment-configuration',
      JSON.stringify({ lifecycleHooks: hooks }),
    );
    const { serviceDeployments } = (await ecs(
      'list-service-deployments --cluster main --service paused',
    )) as {
      serviceDeployments: { serviceDeploymentArn: string }[];
    };
    const arn = serviceDeployments[0]?.serviceDeploymentArn ?? '';
    const details = async () => {
      const answer = (await ecs(`describe-service-deployments --service-deployment-arns ${arn}`)) as {
        serviceDeployments: [{ lifecycleHookDetails?: { hookId: string; status: string }[] }];
      };
      return answer.serviceDeployments[0].lifecycleHookDetails?.[0];
    };
    let hook = await details();
    while (hook?.status !== 'AWAITING_ACTION') hook = await details();
    await ecs(
      `continue-service-deployment --service-deployment-arn ${arn} --hook-id ${hook.hookId} --action CONTINUE`,
    );
    await ecs('wait services-stable --cluster main --services paused');
  });

  test('tasks of their own, on Fargate', async () => {
    await register('once', 'sample/ok:1');
    const { tasks } = (await ecs(
      `run-task --cluster main --task-definition once --launch-type FARGATE ${network()} --count 2`,
    )) as { tasks: { taskArn: string }[] };
    const arns = tasks.map(({ taskArn }) => taskArn).join(' ');
    await ecs(`wait tasks-running --cluster main --tasks ${arns}`);
    for (const { taskArn } of tasks) {
      await ecs(`stop-task --cluster main --task ${taskArn} --reason`, 'no longer wanted');
    }
    await ecs(`wait tasks-stopped --cluster main --tasks ${arns}`);
    expect(await ecs(`describe-tasks --cluster main --tasks ${arns}`)).toMatchObject({
      tasks: [{ stopCode: 'UserInitiated', stoppedReason: 'no longer wanted' }, {}],
    });
  });

  test('container instances, and tasks that are started on one', async () => {
    await ecs('create-cluster --cluster-name metal');
    const { containerInstance } = (await ecs('register-container-instance --cluster metal')) as {
      containerInstance: { containerInstanceArn: string };
    };
    const arn = containerInstance.containerInstanceArn;
    expect(await ecs('list-container-instances --cluster metal --status ACTIVE')).toEqual({
      containerInstanceArns: [arn],
    });
    await ecs(
      `put-attributes --cluster metal --attributes name=rack,value=1,targetType=container-instance,targetId=${arn}`,
    );
    expect(
      await ecs('list-attributes --cluster metal --target-type container-instance --attribute-name rack'),
    ).toMatchObject({ attributes: [{ name: 'rack', value: '1' }] });
    await ecs(
      `delete-attributes --cluster metal --attributes name=rack,targetType=container-instance,targetId=${arn}`,
    );
    await ecs(
      'register-task-definition --family metal --container-definitions',
      containers('sample/ok:1', { portMappings: [] }),
    );
    expect(
      await ecs(`start-task --cluster metal --task-definition metal --container-instances ${arn}`),
    ).toMatchObject({ tasks: [{ containerInstanceArn: arn, launchType: 'EC2' }], failures: [] });
    await ecs(
      `update-container-instances-state --cluster metal --container-instances ${arn} --status DRAINING`,
    );
    expect(
      await ecs(`describe-container-instances --cluster metal --container-instances ${arn}`),
    ).toMatchObject({
      containerInstances: [{ status: 'DRAINING' }],
    });
    await ecs(`deregister-container-instance --cluster metal --container-instance ${arn} --force`);
  });

  afterAll(() => {
    const offered = Object.keys(ecsOperations(rehearsal.controlPlane));
    const missed = offered.filter((name) => !driven.has(name));
    if (missed.length > 0) throw new Error(`no test drives by the CLI: ${missed.join(', ')}`);
  });
});

/** `describe-services` -> `DescribeServices`; waits are no operations. */
function operationOf(command: string): string {
  return command.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
