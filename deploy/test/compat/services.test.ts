import { project, taskDefinition } from '../project';

/** A service definition, and what is left of it; the same where there is one only. */
const definitions: Record<string, [object, object?]> = {
  'rolling, with everything': [
    {
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      desiredCount: 2,
      availabilityZoneRebalancing: 'ENABLED',
      enableExecuteCommand: true,
      enableECSManagedTags: true,
      healthCheckGracePeriodSeconds: 30,
      propagateTags: 'SERVICE',
      deploymentConfiguration: {
        alarms: { alarmNames: ['a'], enable: true, rollback: true },
        deploymentCircuitBreaker: { enable: true, rollback: true },
        maximumPercent: 200,
        minimumHealthyPercent: 100,
      },
      serviceConnectConfiguration: {
        enabled: true,
        namespace: 'shop',
        services: [{ portName: 'http', clientAliases: [{ port: 80 }] }],
      },
      volumeConfigurations: [
        { name: 'data', managedEBSVolume: { roleArn: 'arn:aws:iam::123456789012:role/ebs', sizeInGiB: 10 } },
      ],
      vpcLatticeConfigurations: [
        { roleArn: 'arn:aws:iam::123456789012:role/l', targetGroupArn: 'arn:tg', portName: 'http' },
      ],
      tags: [{ key: 'A', value: 'b' }],
    },
  ],
  'capacity providers': [
    {
      desiredCount: 1,
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
      ],
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
    },
  ],
  'blue/green of ECS': [
    {
      deploymentConfiguration: {
        strategy: 'BLUE_GREEN',
        bakeTimeInMinutes: 5,
        lifecycleHooks: [
          {
            hookTargetArn: 'arn:aws:lambda:ap-northeast-1:123456789012:function:check',
            roleArn: 'arn:aws:iam::123456789012:role/hook',
            lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
          },
        ],
      },
      loadBalancers: [
        {
          targetGroupArn: 'arn:tg/blue',
          containerName: 'web',
          containerPort: 80,
          advancedConfiguration: {
            alternateTargetGroupArn: 'arn:tg/green',
            productionListenerRule: 'arn:rule/1',
            roleArn: 'arn:aws:iam::123456789012:role/lb',
          },
        },
      ],
    },
  ],
  CodeDeploy: [{ deploymentController: { type: 'CODE_DEPLOY' }, launchType: 'FARGATE', desiredCount: 2 }],
  external: [{ deploymentController: { type: 'EXTERNAL' }, desiredCount: 2 }],
  'a daemon': [
    {
      schedulingStrategy: 'DAEMON',
      launchType: 'EC2',
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:a == b' }],
    },
  ],
  'the answer of describe-services': [
    {
      services: [
        {
          serviceArn: 'arn:aws:ecs:ap-northeast-1:123456789012:service/default/other',
          serviceName: 'other',
          clusterArn: 'arn:aws:ecs:ap-northeast-1:123456789012:cluster/default',
          status: 'ACTIVE',
          desiredCount: 2,
          runningCount: 2,
          pendingCount: 0,
          launchType: '',
          taskDefinition: 'arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:3',
          deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
          deployments: [
            { id: 'ecs-svc/1', status: 'ACTIVE', volumeConfigurations: [{ name: 'old' }] },
            {
              id: 'ecs-svc/2',
              status: 'PRIMARY',
              serviceConnectConfiguration: { enabled: true, namespace: 'shop' },
            },
          ],
          roleArn: 'arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/x',
          events: [{ id: '1', createdAt: 1700000000.123, message: 'x' }],
          createdAt: 1700000000.123,
          createdBy: 'arn:aws:iam::123456789012:role/x',
          platformFamily: 'Linux',
          placementConstraints: [],
          loadBalancers: [],
        },
      ],
      failures: [],
    },
    {
      desiredCount: 2,
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
      serviceConnectConfiguration: { enabled: true, namespace: 'shop' },
    },
  ],
};

test.each(Object.keys(definitions))('%s', async (name) => {
  const [written, expected = written] = definitions[name] ?? [];
  if (written === undefined) throw new Error(name);
  const made = project({
    'ecspresso.yml': 'service: web\ntask_definition: td.json\nservice_definition: sd.json\n',
    'td.json': taskDefinition,
    'sd.json': written,
  });
  const { code, stdout, stderr } = await made.run(['render', 'servicedef']);
  if (code !== 0) throw new Error(stderr);
  expect(JSON.parse(stdout)).toEqual({ ...expected, serviceName: 'web' });
});
