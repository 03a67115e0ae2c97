import { parse } from 'yaml';
import { CLUSTER, FAMILY, testService, type TestService } from '../helpers/service';

/** A service that CodeDeploy deploys, behind a load balancer, with two revisions of which the first runs. */
async function codeDeployService(): Promise<TestService> {
  const service = await testService({
    service: {
      deploymentController: { type: 'CODE_DEPLOY' },
      deploymentConfiguration: {},
      loadBalancers: [
        { targetGroupArn: '{{ output `target_group_arn` }}', containerName: 'web', containerPort: 8080 },
      ],
    },
  });
  await service.run(['register', 'staging', '--image', service.image('ok-1')]);
  const targetGroupArn = 'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/1';
  await service.ecs('CreateService', {
    cluster: CLUSTER,
    serviceName: 'web',
    taskDefinition: FAMILY,
    desiredCount: 1,
    launchType: 'FARGATE',
    deploymentController: { type: 'CODE_DEPLOY' },
    loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 8080 }],
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
  });
  await service.run(['register', 'staging', '--image', service.image('ok-2')]);
  return service;
}

it('prints what CodeDeploy is given, of the latest revision, as YAML and as JSON', async () => {
  const service = await codeDeployService();
  const ran = await service.run(['appspec', 'staging']);
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout).toMatch(
    /^version: 0\.0\nResources:\n {2}- TargetService:\n {6}Type: AWS::ECS::Service\n/,
  );
  const expected = {
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: expect.stringMatching(/:task-definition\/slipway-staging-web:2$/) as string,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
            NetworkConfiguration: {
              AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'] },
            },
          },
        },
      },
    ],
  };
  expect(parse(ran.stdout)).toMatchObject(expected);
  const json = await service.run(['appspec', 'staging', '--json', '--task-definition', 'current']);
  expect(json.result).toMatchObject({ kind: 'render', exitCode: 0 });
  expect(JSON.stringify(json.result['documents'])).toContain(`${FAMILY}:1"`);
  expect(await service.run(['appspec', 'staging', '--json', '--task-definition', '9'])).toMatchObject({
    exitCode: 10,
    result: { code: 'REVISION_NOT_FOUND' },
  });
});

it('has none for a service without load balancer', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  expect(await service.run(['appspec', 'staging', '--json'])).toMatchObject({
    exitCode: 10,
    result: { code: 'SERVICE_UNSUPPORTED' },
  });
});

it('is read, rendered and diffed, and deployed by nothing here, with the way to native blue/green', async () => {
  const service = await codeDeployService();
  const image = service.image('ok-2');
  const status = await service.run(['status', 'staging']);
  expect(status.stdout).toContain(`runs      ${FAMILY}:1`);
  expect(status.stdout).toContain('deployed  by CODE_DEPLOY, not by ECS');
  const diff = await service.run(['diff', 'staging', '--image', image]);
  expect(diff).toMatchObject({ exitCode: 0 });
  expect(diff.stdout).toContain('containerDefinitions[web].image');

  const before = await service.revisions();
  for (const argv of [
    ['deploy', 'staging', '--image', image],
    ['rollback', 'staging'],
    ['refresh', 'staging'],
  ]) {
    const ran = await service.run([...argv, '--json']);
    expect(ran).toMatchObject({ exitCode: 10, result: { code: 'SERVICE_UNSUPPORTED' } });
    expect(ran.result['hint']).toContain('"strategy": "BLUE_GREEN"');
  }
  const said = await service.run(['refresh', 'staging']);
  expect(said.stderr).toContain('deployed by CodeDeploy (deployment controller CODE_DEPLOY)');
  expect(await service.revisions()).toEqual(before);
  expect((await service.run(['scale', 'staging', '--tasks', '0'])).exitCode).toBe(0);
});
