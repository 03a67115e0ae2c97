import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { startMoto, type Moto } from '../../rehearsal/apply/moto';
import { openTerraform } from '../../rehearsal/apply/terraform';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { clientOf, onPath, scratch } from './support';

const withMoto = onPath('moto_server') ? describe : describe.skip;
const mirror = process.env.SLIPWAY_PLUGIN_MIRROR;
const withTerraform = onPath('terraform') && mirror ? test : test.skip;

withMoto('a rehearsal in front of moto (needs `moto_server` on PATH)', () => {
  const directory = scratch();
  let moto: Moto;
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    moto = await startMoto();
    rehearsal = await startRehearsal({ moto: { endpoint: moto.endpoint }, speed: 100 });
  });
  afterAll(async () => {
    await rehearsal.stop();
    await moto.stop();
  });

  async function subnets(): Promise<string[]> {
    const response = await fetch(rehearsal.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'DescribeSubnets', Version: '2016-11-15' }),
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=k/20250101/${rehearsal.region}/ec2/aws4_request`,
      },
    });
    return [...(await response.text()).matchAll(/<subnetId>([^<]+)/g)].map((match) => match[1] ?? '');
  }

  test('runs a service on what moto holds, and keeps images, targets and log events itself', async () => {
    const elb = new ElasticLoadBalancingV2Client(clientOf(rehearsal));
    const ecs = new ECSClient(clientOf(rehearsal));
    const ecr = new ECRClient(clientOf(rehearsal));
    const logs = new CloudWatchLogsClient(clientOf(rehearsal));
    const secrets = new SecretsManagerClient(clientOf(rehearsal));

    const Subnets = (await subnets()).slice(0, 2);
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'front', Subnets }));
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({
        Name: 'web',
        Port: 3000,
        Protocol: 'HTTP',
        TargetType: 'ip',
        VpcId: LoadBalancers?.[0]?.VpcId,
        HealthCheckIntervalSeconds: 5,
        HealthyThresholdCount: 2,
      }),
    );
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '7' }];
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    const { Listeners } = await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      }),
    );
    const listener = rehearsal.listeners().find(({ arn }) => arn === Listeners?.[0]?.ListenerArn);
    expect(listener).toMatchObject({ port: 80 });
    expect(rehearsal.controlPlane.surroundings.targetGroup(TargetGroupArn)).toMatchObject({
      deregistrationDelay: 7,
    });

    await ecr.send(
      new CreateRepositoryCommand({ repositoryName: 'team/web', imageTagMutability: 'IMMUTABLE' }),
    );
    const image = rehearsal.images.push(rehearsal.images.describe('sample/ok:1'), 'team/web', ['v1']);
    const described = await ecr.send(new DescribeImagesCommand({ repositoryName: 'team/web' }));
    expect(described.imageDetails).toMatchObject([{ imageDigest: image.digest, imageTags: ['v1'] }]);
    expect(() => rehearsal.images.push(rehearsal.images.describe('sample/ok:2'), 'team/web', ['v1'])).toThrow(
      /immutable/,
    );

    await logs.send(new CreateLogGroupCommand({ logGroupName: '/team/web' }));
    const secret = await secrets.send(new CreateSecretCommand({ Name: 'key', SecretString: 'opensesame' }));
    await ecs.send(new CreateClusterCommand({ clusterName: 'team' }));
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        executionRoleArn: 'arn:aws:iam::123456789012:role/web',
        containerDefinitions: [
          {
            name: 'web',
            image: `${image.repository}@${image.digest}`,
            memory: 128,
            portMappings: [{ containerPort: 3000 }],
            environment: [{ name: 'PORT', value: '3000' }],
            secrets: [{ name: 'KEY', valueFrom: secret.ARN }],
            logConfiguration: {
              logDriver: 'awslogs',
              options: {
                'awslogs-group': '/team/web',
                'awslogs-region': 'ap-northeast-1',
                'awslogs-stream-prefix': 'web',
              },
            },
          },
        ],
      }),
    );
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'team',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: Subnets } },
        loadBalancers: [{ targetGroupArn: TargetGroupArn, containerName: 'web', containerPort: 3000 }],
      }),
    );
    const state = async () =>
      (await ecs.send(new DescribeServicesCommand({ cluster: 'team', services: ['web'] }))).services?.[0]
        ?.deployments?.[0]?.rolloutState;
    while ((await state()) !== 'COMPLETED') await new Promise((resolve) => setTimeout(resolve, 100));

    expect(await (await fetch(listener?.url ?? '')).text()).toBe('sample/ok:1\n');
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    expect(TargetHealthDescriptions).toMatchObject([{ TargetHealth: { State: 'healthy' } }]);
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: '/team/web', filterPattern: 'listening' }),
    );
    expect(events).toHaveLength(1);

    const ssm = new SSMClient(clientOf(rehearsal));
    const Value = JSON.stringify({ service_url: `http://${LoadBalancers?.[0]?.DNSName}` });
    await ssm.send(new PutParameterCommand({ Name: '/team/outputs', Value, Type: 'String' }));
    const read = async (customUserAgent?: string) => {
      const client = new SSMClient({
        ...clientOf(rehearsal),
        ...(customUserAgent ? { customUserAgent } : {}),
      });
      return (await client.send(new GetParameterCommand({ Name: '/team/outputs' }))).Parameter?.Value;
    };
    expect(JSON.parse((await read()) ?? '')).toEqual({ service_url: listener?.url });
    expect(await read('HashiCorp-Terraform/1.11.4')).toBe(Value);

    await elb.send(new DeleteListenerCommand({ ListenerArn: listener?.arn }));
    expect(rehearsal.listeners().map(({ arn }) => arn)).not.toContain(listener?.arn);
    await expect(fetch(listener?.url ?? '')).rejects.toThrow();
  });

  test('fills in what moto lacks of budgets and trails', async () => {
    const call = async (service: string, target: string, input: object) => {
      const response = await fetch(rehearsal.endpoint, {
        method: 'POST',
        body: JSON.stringify(input),
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=k/20250101/${rehearsal.region}/${service}/aws4_request`,
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': target,
        },
      });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
    };
    const budgets = (operation: string, input: object) =>
      call('budgets', `AWSBudgetServiceGateway.${operation}`, { AccountId: rehearsal.accountId, ...input });
    const BudgetName = 'monthly';
    const limit = { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: '9', Unit: 'USD' } };
    const notification = { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80 };
    const Subscribers = [{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }];
    const ResourceTags = [{ Key: 'Team', Value: 'shop' }];
    await budgets('CreateBudget', { Budget: { BudgetName, ...limit }, ResourceTags });
    await budgets('CreateNotification', { BudgetName, Notification: notification, Subscribers });
    const asked = { BudgetName, Notification: { ...notification, ThresholdType: 'PERCENTAGE' } };
    expect(await budgets('DescribeSubscribersForNotification', asked)).toEqual({ Subscribers });
    const ResourceARN = `arn:aws:budgets::${rehearsal.accountId}:budget/${BudgetName}`;
    await budgets('TagResource', { ResourceARN, ResourceTags: [{ Key: 'Stage', Value: 'all' }] });
    await budgets('UntagResource', { ResourceARN, ResourceTagKeys: ['Team'] });
    expect(await budgets('ListTagsForResource', { ResourceARN })).toEqual({
      ResourceTags: [{ Key: 'Stage', Value: 'all' }],
    });

    const trails = (operation: string, input: object) =>
      call('cloudtrail', `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.${operation}`, input);
    const s3 = new S3Client({ ...clientOf(rehearsal), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'calls' }));
    const { TrailARN: Name } = await trails('CreateTrail', { Name: 'calls', S3BucketName: 'calls' });
    await trails('StartLogging', { Name });
    expect(await trails('GetTrailStatus', { Name })).toMatchObject({ IsLogging: true });
    await trails('StopLogging', { Name });
    await trails('DeleteTrail', { Name });
    expect(await trails('DescribeTrails', {})).toEqual({ trailList: [] });
  });

  test('passes large objects through to S3', async () => {
    const s3 = new S3Client({ ...clientOf(rehearsal), forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({
        Bucket: 'big',
        CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' },
      }),
    );
    const Body = Buffer.alloc(3_000_000, 'x');
    await s3.send(new PutObjectCommand({ Bucket: 'big', Key: 'a b/ü', Body }));
    const read = await s3.send(new GetObjectCommand({ Bucket: 'big', Key: 'a b/ü' }));
    expect((await read.Body?.transformToByteArray())?.length).toBe(3_000_000);
  });

  test('weights that ECS sets reach moto, and no copy undoes them; objects of S3 are seen at once', async () => {
    const elb = new ElasticLoadBalancingV2Client(clientOf(rehearsal));
    const { surroundings } = rehearsal.controlPlane;
    const Subnets = (await subnets()).slice(0, 2);
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'weights', Subnets }));
    const group = async (Name: string) => {
      const input = { Name, Port: 3000, Protocol: 'HTTP' as const, TargetType: 'ip' as const };
      const { TargetGroups } = await elb.send(
        new CreateTargetGroupCommand({ ...input, VpcId: LoadBalancers?.[0]?.VpcId }),
      );
      return TargetGroups?.[0]?.TargetGroupArn ?? '';
    };
    const [blue, green] = [await group('blue'), await group('green')];
    const { Listeners } = await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
      }),
    );
    const ListenerArn = Listeners?.[0]?.ListenerArn ?? '';
    const { Rules } = await elb.send(
      new CreateRuleCommand({
        ListenerArn,
        Priority: 1,
        Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
        Actions: [{ Type: 'forward', TargetGroupArn: blue }],
      }),
    );
    const all = (await elb.send(new DescribeRulesCommand({ ListenerArn }))).Rules ?? [];
    const defaultArn = all.find(({ IsDefault }) => IsDefault)?.RuleArn ?? '';
    const weights = [
      { targetGroupArn: blue, weight: 10 },
      { targetGroupArn: green, weight: 90 },
    ];
    for (const arn of [Rules?.[0]?.RuleArn ?? '', defaultArn, ListenerArn]) {
      surroundings.setRuleWeights(arn, weights);
      // A change of another client, whose copy begins while the weights are still on their way.
      await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: blue, Attributes: [] }));
      expect(surroundings.listenerRule(arn)).toMatchObject({ arn, targetGroups: weights });
    }
    const after = (await elb.send(new DescribeRulesCommand({ ListenerArn }))).Rules ?? [];
    for (const { Actions } of after) {
      const groups = Actions?.[0]?.ForwardConfig?.TargetGroups?.map(({ TargetGroupArn, Weight }) => ({
        targetGroupArn: TargetGroupArn,
        weight: Weight,
      }));
      expect(groups).toEqual(weights);
    }

    const s3 = new S3Client({ ...clientOf(rehearsal), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'files' }));
    await s3.send(new PutObjectCommand({ Bucket: 'files', Key: 'web.env', Body: 'A=1' }));
    expect(surroundings.objectText?.('files', 'web.env')).toBe('A=1');
    await s3.send(new DeleteObjectCommand({ Bucket: 'files', Key: 'web.env' }));
    expect(surroundings.objectText?.('files', 'web.env')).toBeUndefined();
  });

  withTerraform(
    'terraform applies a cluster, and its second plan is empty (needs SLIPWAY_PLUGIN_MIRROR)',
    async () => {
      const stackDirectory = join(directory, 'stack');
      mkdirSync(stackDirectory, { recursive: true });
      const stack = {
        terraform: { required_providers: { aws: { source: 'aws', version: '5.100.0' } } },
        provider: {
          aws: [
            {
              region: 'ap-northeast-1',
              skip_credentials_validation: true,
              skip_metadata_api_check: 'true',
              s3_use_path_style: true,
              max_retries: 1,
              default_tags: [{ tags: { Project: 'test' } }],
            },
          ],
        },
        resource: {
          aws_ecs_cluster: {
            c: {
              name: 'by-terraform',
              setting: [{ name: 'containerInsights', value: 'enhanced' }],
              configuration: { execute_command_configuration: { logging: 'DEFAULT' } },
            },
          },
          aws_ecs_cluster_capacity_providers: {
            c: {
              cluster_name: '${aws_ecs_cluster.c.name}',
              capacity_providers: ['FARGATE', 'FARGATE_SPOT'],
              default_capacity_provider_strategy: [{ capacity_provider: 'FARGATE_SPOT', weight: 2, base: 1 }],
            },
          },
          aws_iam_role: {
            r: {
              name: 'r',
              assume_role_policy:
                '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ecs-tasks.amazonaws.com"}}]}',
            },
          },
          aws_ssm_parameter: {
            p: { name: '/tf/cluster', type: 'String', value: '${aws_ecs_cluster.c.arn}' },
          },
        },
        output: { arn: { value: '${aws_ecs_cluster.c.arn}' } },
      };
      writeFileSync(join(stackDirectory, 'cdk.tf.json'), JSON.stringify(stack));
      const terraform = openTerraform({
        endpoint: rehearsal.endpoint,
        environment: rehearsal.environment,
        directory: join(directory, 'terraform'),
      });
      try {
        await terraform.init(stackDirectory);
        expect(await terraform.apply(stackDirectory)).toMatchObject({ added: 4 });
        expect(await terraform.plan(stackDirectory)).toEqual({ empty: true, summary: [] });
        const { clusterArns } = await rehearsal.call('ecs', 'ListClusters');
        expect(clusterArns).toContain('arn:aws:ecs:ap-northeast-1:123456789012:cluster/by-terraform');
        expect(rehearsal.controlPlane.surroundings.roleExists('arn:aws:iam::123456789012:role/r')).toBe(true);
        stack.resource.aws_ecs_cluster.c.setting = [{ name: 'containerInsights', value: 'disabled' }];
        writeFileSync(join(stackDirectory, 'cdk.tf.json'), JSON.stringify(stack));
        expect(await terraform.apply(stackDirectory)).toMatchObject({ changed: 1 });
        expect(await terraform.plan(stackDirectory)).toMatchObject({ empty: true });
        expect(await terraform.destroy(stackDirectory)).toMatchObject({ destroyed: 4 });
      } finally {
        await terraform.close();
      }
    },
  );
});

test('moto that is not there is said at once', async () => {
  await expect(startRehearsal({ moto: { endpoint: 'http://127.0.0.1:1' } })).rejects.toThrow(
    /moto cannot be reached at http:\/\/127.0.0.1:1/,
  );
});
