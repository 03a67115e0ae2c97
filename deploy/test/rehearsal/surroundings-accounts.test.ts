import type { AppliedState } from '../../rehearsal/apply/applied';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { authorization, elements, query } from './query';

let rehearsal: Rehearsal;
beforeEach(async () => {
  rehearsal = await startRehearsal({ runtime: 'simulated' });
});
afterEach(() => rehearsal.stop());

const ask = (service: string, action: string, parameters: Record<string, string> = {}) =>
  query(rehearsal, service, action, parameters);
const trust = JSON.stringify({ Version: '2012-10-17', Statement: [] });

/** A JSON service without an SDK. */
async function json(service: string, target: string, input: object): Promise<Record<string, unknown>> {
  const response = await fetch(rehearsal.endpoint, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { ...authorization(rehearsal, service), 'x-amz-target': target },
  });
  return { status: response.status, ...((await response.json()) as object) };
}

test('an empty rehearsal has a default VPC with public subnets in three zones', async () => {
  const vpc = await ask('ec2', 'DescribeVpcs', { 'Filter.1.Name': 'isDefault', 'Filter.1.Value.1': 'true' });
  const [vpcId = ''] = elements(vpc.text, 'vpcId');
  const byVpc = { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': vpcId };
  const subnets = await ask('ec2', 'DescribeSubnets', byVpc);
  expect(elements(subnets.text, 'availabilityZone')).toEqual([
    'ap-northeast-1a',
    'ap-northeast-1c',
    'ap-northeast-1d',
  ]);
  const routes = await ask('ec2', 'DescribeRouteTables', byVpc);
  expect(elements(routes.text, 'destinationCidrBlock')).toEqual(['172.31.0.0/16', '0.0.0.0/0']);
  const gateways = await ask('ec2', 'DescribeInternetGateways', {
    'Filter.1.Name': 'attachment.vpc-id',
    'Filter.1.Value.1': vpcId,
  });
  expect(elements(gateways.text, 'internetGatewayId')).toHaveLength(1);
  const zones = await ask('ec2', 'DescribeAvailabilityZones');
  expect(elements(zones.text, 'zoneName')).toHaveLength(3);
  const page = await ask('ec2', 'DescribeSubnets', { MaxResults: '2' });
  expect(elements(page.text, 'subnetId')).toHaveLength(2);
  expect(elements(page.text, 'nextToken')).toHaveLength(1);
});

test('security groups are made, opened, closed and deleted', async () => {
  const created = await ask('ec2', 'CreateSecurityGroup', {
    GroupName: 'web',
    GroupDescription: 'web',
    'TagSpecification.1.ResourceType': 'security-group',
    'TagSpecification.1.Tag.1.Key': 'a',
    'TagSpecification.1.Tag.1.Value': 'b',
  });
  const [GroupId = ''] = elements(created.text, 'groupId');
  const opening = {
    GroupId,
    'IpPermissions.1.IpProtocol': 'tcp',
    'IpPermissions.1.FromPort': '80',
    'IpPermissions.1.ToPort': '80',
    'IpPermissions.1.IpRanges.1.CidrIp': '10.0.0.0/8',
  };
  expect((await ask('ec2', 'AuthorizeSecurityGroupIngress', opening)).status).toBe(200);
  expect((await ask('ec2', 'AuthorizeSecurityGroupIngress', opening)).text).toContain(
    'InvalidPermission.Duplicate',
  );
  const byTag = { 'Filter.1.Name': 'tag:a', 'Filter.1.Value.1': 'b' };
  expect(elements((await ask('ec2', 'DescribeSecurityGroups', byTag)).text, 'cidrIp')).toEqual([
    '10.0.0.0/8',
    '0.0.0.0/0',
  ]);
  await ask('ec2', 'RevokeSecurityGroupIngress', opening);
  await ask('ec2', 'DeleteSecurityGroup', { GroupId });
  expect((await ask('ec2', 'DescribeSecurityGroups', { 'GroupId.1': GroupId })).text).toContain(
    'InvalidGroup.NotFound',
  );
});

test('IAM: roles with policies are made, read and deleted, in the order that IAM asks for', async () => {
  const create = {
    RoleName: 'web',
    AssumeRolePolicyDocument: trust,
    'Tags.member.1.Key': 'a',
    'Tags.member.1.Value': 'b',
  };
  expect(elements((await ask('iam', 'CreateRole', create)).text, 'Arn')).toEqual([
    'arn:aws:iam::123456789012:role/web',
  ]);
  expect((await ask('iam', 'CreateRole', create)).text).toContain('EntityAlreadyExists');
  const bad = { RoleName: 'web', PolicyName: 'inline', PolicyDocument: 'no json' };
  expect((await ask('iam', 'PutRolePolicy', bad)).text).toContain('MalformedPolicyDocument');
  await ask('iam', 'PutRolePolicy', { ...bad, PolicyDocument: trust });
  const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
  await ask('iam', 'AttachRolePolicy', { RoleName: 'web', PolicyArn });
  expect((await ask('iam', 'DeleteRole', { RoleName: 'web' })).text).toContain('DeleteConflict');
  const version = await ask('iam', 'GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
  expect(decodeURIComponent(elements(version.text, 'Document')[0] ?? '')).toContain('ecr:BatchGetImage');
  expect(elements((await ask('iam', 'ListRoleTags', { RoleName: 'web' })).text, 'Value')).toEqual(['b']);
  await ask('iam', 'DeleteRolePolicy', { RoleName: 'web', PolicyName: 'inline' });
  await ask('iam', 'DetachRolePolicy', { RoleName: 'web', PolicyArn });
  expect((await ask('iam', 'DeleteRole', { RoleName: 'web' })).status).toBe(200);
  expect((await ask('iam', 'GetRole', { RoleName: 'web' })).text).toContain('NoSuchEntity');
});

test('IAM: customer managed policies count who has them', async () => {
  const created = await ask('iam', 'CreatePolicy', {
    PolicyName: 'read',
    Path: '/team/',
    PolicyDocument: trust,
  });
  const [PolicyArn = ''] = elements(created.text, 'Arn');
  expect(PolicyArn).toBe('arn:aws:iam::123456789012:policy/team/read');
  await ask('iam', 'CreateRole', { RoleName: 'web', AssumeRolePolicyDocument: trust });
  await ask('iam', 'AttachRolePolicy', { RoleName: 'web', PolicyArn });
  expect(elements((await ask('iam', 'GetPolicy', { PolicyArn })).text, 'AttachmentCount')).toEqual(['1']);
  expect((await ask('iam', 'DeletePolicy', { PolicyArn })).text).toContain('DeleteConflict');
});

test('Application Auto Scaling wants a service that is there, and gives back what was registered', async () => {
  const call = (operation: string, input: object = {}) =>
    json('application-autoscaling', `AnyScaleFrontendService.${operation}`, {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/main/web',
      ScalableDimension: 'ecs:service:DesiredCount',
      ...input,
    });
  expect(await call('RegisterScalableTarget', { MinCapacity: 1, MaxCapacity: 4 })).toMatchObject({
    status: 400,
    __type: 'ValidationException',
    message: "ECS service doesn't exist: service/main/web",
  });
  await rehearsal.call('ecs', 'CreateCluster', { clusterName: 'main' });
  await rehearsal.call('ecs', 'RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'sample/ok:1', memory: 64 }],
  });
  await rehearsal.call('ecs', 'CreateService', {
    cluster: 'main',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 0,
  });
  await call('RegisterScalableTarget', { MinCapacity: 1, MaxCapacity: 4 });
  await call('PutScalingPolicy', { PolicyName: 'cpu', PolicyType: 'TargetTrackingScaling' });
  expect(await call('DescribeScalableTargets', { ResourceIds: ['service/main/web'] })).toMatchObject({
    ScalableTargets: [{ MinCapacity: 1, MaxCapacity: 4 }],
  });
  expect(await call('DescribeScalingPolicies', { PolicyNames: ['cpu'] })).toMatchObject({
    ScalingPolicies: [{ PolicyName: 'cpu' }],
  });
  await call('DeregisterScalableTarget');
  expect(await call('DescribeScalingPolicies')).toMatchObject({ ScalingPolicies: [] });
});

test('CloudWatch alarms are put, moved and deleted; ECS sees their state', async () => {
  await ask('monitoring', 'PutMetricAlarm', {
    AlarmName: 'errors',
    MetricName: 'Errors',
    Namespace: 'Team',
    Period: '60',
    EvaluationPeriods: '1',
    Threshold: '2.5',
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const { surroundings } = rehearsal.controlPlane;
  expect(surroundings.alarmState?.('errors')).toBe('INSUFFICIENT_DATA');
  await ask('monitoring', 'SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test' });
  expect(surroundings.alarmState?.('errors')).toBe('ALARM');
  const { text } = await ask('monitoring', 'DescribeAlarms');
  expect([elements(text, 'Threshold'), elements(text, 'StateReason')]).toEqual([['2.5'], ['test']]);
  await ask('monitoring', 'DeleteAlarms', { 'AlarmNames.member.1': 'errors' });
  expect(surroundings.alarmState?.('errors')).toBeUndefined();
});

test('EFS speaks REST: file systems with mount targets and access points', async () => {
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${rehearsal.endpoint}/2015-02-01${path}`, {
      method,
      headers: { ...authorization(rehearsal, 'elasticfilesystem'), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, type: response.headers.get('x-amzn-errortype'), ...answer };
  };
  const Tags = [{ Key: 'Name', Value: 'files' }];
  const { FileSystemId } = (await call('POST', '/file-systems', {
    CreationToken: 'once',
    Tags,
  })) as unknown as {
    FileSystemId: string;
  };
  expect(await call('POST', '/file-systems', { CreationToken: 'once' })).toMatchObject({
    status: 409,
    type: 'FileSystemAlreadyExists',
    FileSystemId,
  });
  const [subnet] = rehearsal.store.subnets.keys();
  await call('POST', '/mount-targets', { FileSystemId, SubnetId: subnet });
  const point = await call('POST', '/access-points', {
    ClientToken: 'a',
    FileSystemId,
    PosixUser: { Uid: 1, Gid: 1 },
  });
  expect(await call('GET', `/file-systems?FileSystemId=${FileSystemId}`)).toMatchObject({
    FileSystems: [{ Name: 'files', NumberOfMountTargets: 1, LifeCycleState: 'available' }],
  });
  expect(await call('GET', `/mount-targets?FileSystemId=${FileSystemId}`)).toMatchObject({
    MountTargets: [{ SubnetId: subnet, AvailabilityZoneName: 'ap-northeast-1a' }],
  });
  expect(await call('GET', `/access-points?FileSystemId=${FileSystemId}`)).toMatchObject({
    AccessPoints: [{ AccessPointId: (point as unknown as { AccessPointId: string }).AccessPointId }],
  });
  expect(await call('GET', '/file-systems?FileSystemId=fs-none')).toMatchObject({
    status: 404,
    type: 'FileSystemNotFound',
    ErrorCode: 'FileSystemNotFound',
  });
  expect(await call('PATCH', '/file-systems')).toMatchObject({
    status: 400,
    type: 'UnknownOperationException',
  });
});

test('what a stack holds of files, scaling, identity and registries is answered, with its tags', async () => {
  const resources = Object.entries({
    aws_efs_file_system: {
      id: 'fs-1',
      arn: 'arn:aws:elasticfilesystem:::file-system/fs-1',
      tags: { Name: 'files' },
    },
    aws_efs_mount_target: {
      id: 'fsmt-1',
      file_system_id: 'fs-1',
      subnet_id: 'subnet-1',
      security_groups: ['sg-1'],
    },
    aws_efs_access_point: {
      id: 'fsap-1',
      arn: 'arn:aws:elasticfilesystem:::access-point/fsap-1',
      file_system_id: 'fs-1',
      posix_user: [{ uid: 1000, gid: 1000 }],
      root_directory: [{ path: '/data' }],
    },
    aws_appautoscaling_target: {
      arn: 'arn:target',
      service_namespace: 'ecs',
      resource_id: 'service/main/web',
      scalable_dimension: 'ecs:service:DesiredCount',
      min_capacity: 2,
      max_capacity: 6,
    },
    aws_iam_openid_connect_provider: {
      arn: 'arn:aws:iam::123456789012:oidc-provider/token.example',
      url: 'https://token.example',
      client_id_list: ['sts.amazonaws.com'],
    },
    aws_ecr_repository: { name: 'team/web', arn: 'arn:ecr', repository_url: 'registry/team/web' },
    aws_ecr_lifecycle_policy: { repository: 'team/web', policy: '{"rules":[]}' },
    aws_service_discovery_http_namespace: { id: 'ns-1', arn: 'arn:ns', name: 'team' },
  }).map(([type, attributes]) => ({ address: `${type}.it`, type, attributes, localPort: undefined }));
  const applied = {
    stack: 'team',
    resources,
    outputs: {},
    state: {} as AppliedState['state'],
    statePath: undefined,
  };
  await rehearsal.apply(applied);
  const call: Rehearsal['call'] = (...args) => rehearsal.call(...args);
  expect(await call('elasticfilesystem', 'DescribeFileSystems')).toMatchObject({
    FileSystems: [{ FileSystemId: 'fs-1', Name: 'files', NumberOfMountTargets: 1 }],
  });
  expect(
    await call('elasticfilesystem', 'DescribeMountTargetSecurityGroups', { MountTargetId: 'fsmt-1' }),
  ).toEqual({
    SecurityGroups: ['sg-1'],
  });
  expect(await call('elasticfilesystem', 'DescribeAccessPoints', { FileSystemId: 'fs-1' })).toMatchObject({
    AccessPoints: [{ PosixUser: { Uid: 1000, Gid: 1000 }, RootDirectory: { Path: '/data' } }],
  });
  expect(
    await call('application-autoscaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs' }),
  ).toMatchObject({
    ScalableTargets: [{ MinCapacity: 2, MaxCapacity: 6 }],
  });
  const OpenIDConnectProviderArn = 'arn:aws:iam::123456789012:oidc-provider/token.example';
  expect(await call('iam', 'GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).toMatchObject({
    Url: 'token.example',
    ClientIDList: ['sts.amazonaws.com'],
  });
  expect(await call('ecr', 'GetLifecyclePolicy', { repositoryName: 'team/web' })).toMatchObject({
    lifecyclePolicyText: '{"rules":[]}',
  });
  expect(await call('servicediscovery', 'GetNamespace', { Id: 'ns-1' })).toMatchObject({
    Namespace: { Name: 'team', Type: 'HTTP' },
  });
  // A stack that no longer has them takes them away.
  await rehearsal.apply({ ...applied, resources: [] });
  expect(await call('elasticfilesystem', 'DescribeFileSystems')).toMatchObject({ FileSystems: [] });
  expect(await call('servicediscovery', 'ListNamespaces')).toMatchObject({ Namespaces: [] });
});
