import { simulate, type Simulation } from './simulation';

const fargate = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'web', image: 'nginx' }],
};

function refusal(
  simulation: Simulation,
  operation: Parameters<Simulation['call']>[0],
  input: object,
): { code: string; message: string } {
  try {
    simulation.call(operation, input);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  throw new Error(`${operation} was not refused`);
}

describe('RegisterTaskDefinition', () => {
  test('fills in what AWS fills in, and leaves out the rest', () => {
    const simulation = simulate();
    const { taskDefinition, tags } = simulation.call('RegisterTaskDefinition', {
      family: 'plain',
      containerDefinitions: [
        { name: 'web', image: 'nginx', memory: 128, portMappings: [{ containerPort: 80 }] },
      ],
    });
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/plain:1',
      revision: 1,
      status: 'ACTIVE',
      volumes: [],
      placementConstraints: [],
      compatibilities: ['EXTERNAL', 'EC2'],
      containerDefinitions: [
        {
          cpu: 0,
          essential: true,
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
          portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
        },
      ],
    });
    for (const absent of ['networkMode', 'requiresCompatibilities', 'requiresAttributes', 'cpu']) {
      expect(taskDefinition).not.toHaveProperty(absent);
    }
    expect(tags).toBeUndefined();
  });

  test('writes CPU and memory as numbers, and host ports as container ports in awsvpc', () => {
    const simulation = simulate();
    const { taskDefinition } = simulation.call('RegisterTaskDefinition', {
      ...fargate,
      cpu: '.5 vCPU',
      memory: '1 GB',
      containerDefinitions: [
        {
          name: 'web',
          image: 'nginx',
          portMappings: [{ containerPort: 80 }],
          healthCheck: { command: ['CMD', 'true'] },
        },
      ],
    });
    expect(taskDefinition).toMatchObject({
      cpu: '512',
      memory: '1024',
      compatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
      containerDefinitions: [
        { portMappings: [{ hostPort: 80 }], healthCheck: { interval: 30, timeout: 5, retries: 3 } },
      ],
    });
  });

  test('gives the next number of the family, always', () => {
    const simulation = simulate();
    const register = () => simulation.call('RegisterTaskDefinition', fargate).taskDefinition.revision;
    expect([register(), register()]).toEqual([1, 2]);
    simulation.call('DeregisterTaskDefinition', { taskDefinition: 'web:2' });
    simulation.call('DeleteTaskDefinitions', { taskDefinitions: ['web:2'] });
    expect(register()).toBe(3);
  });

  const container = (members: object) => ({
    ...fargate,
    containerDefinitions: [{ name: 'web', image: 'nginx', ...members }],
  });
  const logs = { logDriver: 'awslogs', options: { 'awslogs-group': 'a', 'awslogs-region': 'b' } };

  test.each([
    [
      { ...fargate, cpu: '4096', memory: '4096' },
      'No Fargate configuration exists for given values: 4096 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.',
    ],
    [{ ...fargate, cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
    [
      { ...fargate, memory: undefined, containerDefinitions: [{ name: 'web', image: 'nginx', memory: 128 }] },
      "Fargate requires that 'memory' be defined at the task level.",
    ],
    [{ ...fargate, networkMode: 'bridge' }, 'Fargate only supports network mode ‘awsvpc’.'],
    [
      container({ logConfiguration: logs }),
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    ],
    [
      container({ image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1' }),
      'Fargate requires task definition to have execution role ARN to support ECR images.',
    ],
    [
      container({ portMappings: [{ containerPort: 80, hostPort: 81 }] }),
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    ],
    [
      { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] },
      "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ],
    [container({ image: undefined }), 'Container.image should not be null or empty.'],
    [
      container({ stopTimeout: 121 }),
      'Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.',
    ],
    [container({ stopTimeout: 1 }), "Granular stop timeout on container 'web' must be at least 2 seconds."],
    [
      container({ dependsOn: [{ containerName: 'x', condition: 'START' }] }),
      "Cannot depend on container + 'x' because it does not exist",
    ],
    [
      container({ logConfiguration: { logDriver: 'syslog' } }),
      'syslog is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]',
    ],
    [
      container({ logConfiguration: { logDriver: 'awslogs' } }),
      'Log driver awslogs requires options: awslogs-region, awslogs-group',
    ],
    [
      { ...fargate, pidMode: 'host' },
      "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    ],
  ])('refuses %j', (input, message) => {
    const simulation = simulate();
    expect(refusal(simulation, 'RegisterTaskDefinition', input)).toEqual({
      code: 'ClientException',
      message,
    });
    expect(simulation.call('ListTaskDefinitions').taskDefinitionArns).toEqual([]);
  });

  test('accepts a start timeout beyond 120 s, and every documented size', () => {
    const simulation = simulate();
    simulation.call('RegisterTaskDefinition', container({ startTimeout: 121 }));
    let sizes = 0;
    for (const cpu of [256, 512, 1024, 2048, 4096, 8192, 16384]) {
      for (let memory = 512; memory <= 122_880; memory += 512) {
        try {
          simulation.call('RegisterTaskDefinition', { ...fargate, cpu: String(cpu), memory: String(memory) });
          sizes += 1;
        } catch {
          continue;
        }
      }
    }
    expect(sizes).toBe(74);
  });

  test('a wrong type is a SerializationException; an unknown member is ignored', () => {
    const simulation = simulate();
    expect(refusal(simulation, 'RegisterTaskDefinition', { ...fargate, cpu: 256 }).code).toBe(
      'SerializationException',
    );
    simulation.call('RegisterTaskDefinition', { ...fargate, somethingNew: true });
  });
});

describe('other calls on task definitions', () => {
  function family(): Simulation {
    const simulation = simulate();
    for (const name of ['web', 'web', 'web', 'web-worker', 'api']) {
      simulation.call('RegisterTaskDefinition', {
        ...fargate,
        family: name,
        tags: [{ key: 'release', value: name }],
      });
    }
    return simulation;
  }
  const short = (arns: string[]) => arns.map((arn) => arn.split('/')[1]);

  test('a family stands for its latest ACTIVE revision', () => {
    const simulation = family();
    simulation.call('DeregisterTaskDefinition', { taskDefinition: 'web:3' });
    const found = simulation.call('DescribeTaskDefinition', { taskDefinition: 'web', include: ['TAGS'] });
    expect(found).toMatchObject({
      taskDefinition: { revision: 2 },
      tags: [{ key: 'release', value: 'web' }],
    });
    expect(simulation.call('DescribeTaskDefinition', { taskDefinition: 'web:3' }).taskDefinition.status).toBe(
      'INACTIVE',
    );
  });

  test('errors of DescribeTaskDefinition and DeregisterTaskDefinition', () => {
    const simulation = family();
    expect(refusal(simulation, 'DescribeTaskDefinition', { taskDefinition: 'nope' })).toEqual({
      code: 'ClientException',
      message: 'Unable to describe task definition.',
    });
    expect(
      refusal(simulation, 'DescribeTaskDefinition', { taskDefinition: 'web', include: ['BOGUS'] }),
    ).toEqual({
      code: 'ClientException',
      message: 'BOGUS is not a valid value for include. The value must be one of [[TAGS]]',
    });
    expect(refusal(simulation, 'DeregisterTaskDefinition', { taskDefinition: 'web' })).toEqual({
      code: 'InvalidParameterException',
      message: 'Revision is missing',
    });
  });

  test('deregistering can be repeated; only later answers say when it was', () => {
    const simulation = family();
    const first = simulation.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' }).taskDefinition;
    const second = simulation.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' }).taskDefinition;
    expect(first).toMatchObject({ status: 'INACTIVE', previousStatus: 'ACTIVE' });
    expect(first).not.toHaveProperty('deregisteredAt');
    expect(second.deregisteredAt).toEqual(expect.any(Number));
  });

  test('lists by full family name, in both orders, in pages', () => {
    const simulation = family();
    const list = (input: object) => simulation.call('ListTaskDefinitions', input);
    expect(short(list({ familyPrefix: 'web' }).taskDefinitionArns)).toEqual(['web:1', 'web:2', 'web:3']);
    expect(short(list({ sort: 'DESC' }).taskDefinitionArns)).toEqual([
      'web-worker:1',
      'web:3',
      'web:2',
      'web:1',
      'api:1',
    ]);
    const page = list({ maxResults: 3 });
    expect(short(page.taskDefinitionArns)).toEqual(['api:1', 'web:1', 'web:2']);
    expect(Buffer.from(page.nextToken, 'base64').toString()).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    const rest = list({ maxResults: 3, nextToken: page.nextToken });
    expect(short(rest.taskDefinitionArns)).toEqual(['web:3', 'web-worker:1']);
    expect(rest).not.toHaveProperty('nextToken');
    expect(refusal(simulation, 'ListTaskDefinitions', { nextToken: 'bogus' }).code).toBe(
      'InvalidParameterException',
    );
    expect(refusal(simulation, 'ListTaskDefinitions', { maxResults: 101 }).code).toBe(
      'InvalidParameterException',
    );
  });

  test('families are listed by prefix, ACTIVE or not', () => {
    const simulation = family();
    simulation.call('DeregisterTaskDefinition', { taskDefinition: 'api:1' });
    simulation.call('DeleteTaskDefinitions', { taskDefinitions: ['api:1'] });
    const list = (input: object) => simulation.call('ListTaskDefinitionFamilies', input).families;
    expect(list({})).toEqual(['api', 'web', 'web-worker']);
    expect(list({ familyPrefix: 'web' })).toEqual(['web', 'web-worker']);
    expect(list({ status: 'INACTIVE' })).toEqual(['api']);
    expect(list({ status: 'ACTIVE' })).toEqual(['web', 'web-worker']);
  });

  test('deletion answers what it cannot delete with its reason', () => {
    const simulation = family();
    simulation.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' });
    const { taskDefinitions, failures } = simulation.call('DeleteTaskDefinitions', {
      taskDefinitions: ['web:1', 'web:2', 'web:99', 'web'],
    });
    expect(taskDefinitions).toMatchObject([{ revision: 1, status: 'DELETE_IN_PROGRESS' }]);
    expect(failures.map((failure) => failure.reason)).toEqual([
      'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.',
    ]);
  });
});
