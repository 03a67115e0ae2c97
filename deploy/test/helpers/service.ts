import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AppliedState } from '../../rehearsal/apply/applied';
import { startRehearsal, type Rehearsal, type RehearsalOptions } from '../../rehearsal/rehearsal';
import type { ContainerLaunch } from '../../rehearsal/runtime/runtime';
import type { Behaviour, SimulatedRuntime } from '../../rehearsal/runtime/simulated';
import { main } from '../../src/cli';
import type { Event } from '../../src/events';

export const CLUSTER = 'slipway-staging';
export const FAMILY = 'slipway-staging-web';

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Standard output line by line, read as JSON; with `--json`. */
  lines: Record<string, unknown>[];
  /** The last of them. */
  result: Record<string, unknown>;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  signal?: AbortSignal;
  /** Default false. */
  isTerminal?: boolean;
  /** Where it runs; the app's folder otherwise. */
  cwd?: string;
  /** Hears of each JSON line on standard output as it comes. */
  onLine?: (line: Event & Record<string, unknown>) => void;
}

/** An environment as infrastructure leaves it, an app's folder that deploys into it, and the real command. */
export interface TestService {
  rehearsal: Rehearsal;
  directory: string;
  /** How containers of a sample image behave, e.g. `sample/ok:1`. Simulated runtime only. */
  behave(reference: string, behaviour: Behaviour | ((launch: ContainerLaunch) => Behaviour)): void;
  write(file: string, content: string | object): void;
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** `deploy staging --json` with an image of this environment's repository. */
  deploy(tag: string, more?: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Full reference of an image of this environment's repository. */
  image(tag: string): string;
  /** One ECS operation, past the command. */
  ecs(operation: string, input?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Revisions of the family, ARNs, oldest first. */
  revisions(status?: 'ACTIVE' | 'INACTIVE'): Promise<string[]>;
}

export interface ServiceOptions extends Pick<
  RehearsalOptions,
  'runtime' | 'speed' | 'serviceDeploymentsApi' | 'settings'
> {
  /** Members of the task definition, over the usual ones. */
  taskDefinition?: object;
  /** Members of the one container, over the usual ones. */
  container?: object;
  /** Members of the service definition, over the usual ones. */
  service?: object;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Starts a rehearsal that is stopped after the test. Images `slipway/web:ok-1`, `ok-2`, `crash` are in its registry. */
export async function testService(options: ServiceOptions = {}): Promise<TestService> {
  const { taskDefinition = {}, container = {}, service = {}, settings, ...rest } = options;
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-service-')));
  open.push(() => Promise.resolve(rmSync(directory, { recursive: true, force: true, maxRetries: 5 })));
  const rehearsal = await startRehearsal({
    runtime: 'simulated',
    speed: 400,
    directory: join(directory, 'rehearsal'),
    applied: [environmentState()],
    // Simulated containers need no real time to show that they stay up.
    settings: { readyWithoutCheckAfterReal: 20, ...settings },
    ...rest,
  });
  open.unshift(() => rehearsal.stop());

  const { images } = rehearsal;
  const repository = images.repositoryUri('slipway/web');
  for (const [tag, sample] of Object.entries({
    'ok-1': 'sample/ok:1',
    'ok-2': 'sample/ok:2',
    crash: 'sample/crash:1',
  })) {
    const packaged = images.packaged(images.describe(sample).digest);
    if (packaged !== undefined) images.push(packaged, repository, [tag]);
  }

  const made: TestService = {
    rehearsal,
    directory,
    behave: (reference, behaviour) =>
      (rehearsal.runtime as SimulatedRuntime).script(images.describe(reference).digest, behaviour),
    write: (file, content) => {
      const path = join(directory, 'app', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
    },
    run: (argv, runOptions = {}) =>
      run(argv, runOptions.cwd ?? join(directory, 'app'), rehearsal, runOptions),
    deploy: (tag, more = [], runOptions = {}) =>
      made.run(['deploy', 'staging', '--image', made.image(tag), '--json', ...more], runOptions),
    image: (tag) => (tag.startsWith('sha256:') ? `${repository}@${tag}` : `${repository}:${tag}`),
    ecs: (operation, input = {}) => rehearsal.call('ecs', operation, input),
    revisions: async (status = 'ACTIVE') => {
      const { taskDefinitionArns } = await made.ecs('ListTaskDefinitions', { familyPrefix: FAMILY, status });
      return taskDefinitionArns as string[];
    },
  };
  writeApp(made, { taskDefinition, container, service });
  if ((rest.runtime ?? 'simulated') === 'simulated') {
    made.behave('sample/ok:1', { output: ['listening'] });
    made.behave('sample/ok:2', { output: ['listening'] });
    made.behave('sample/crash:1', {
      output: ['starting', 'Error: DATABASE_URL is not set', '    at main.js:3:9'],
      exits: { after: 500, code: 1 },
    });
  }
  return made;
}

function writeApp(made: TestService, { taskDefinition, container, service }: ServiceOptions): void {
  made.write('slipway.yml', config);
  made.write('ecs/task-definition.json', {
    family: '{{ output `task_definition_family` }}',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: '{{ output `task_execution_role_arn` }}',
    containerDefinitions: [
      {
        name: 'web',
        image: '{{ must_env `IMAGE` }}',
        portMappings: [{ containerPort: 8080 }],
        environment: [{ name: 'LOG_LEVEL', value: '{{ env `LOG_LEVEL` `info` }}' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '{{ output `log_group_name` }}',
            'awslogs-region': '{{ output `region` }}',
            'awslogs-stream-prefix': 'app',
          },
        },
        ...container,
      },
    ],
    ...taskDefinition,
  });
  made.write('ecs/service.json', {
    desiredCount: 2,
    launchType: 'FARGATE',
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
    ...service,
  });
}

const config = `service: web
cluster: "{{ output \`cluster_name\` }}"
task_definition: ecs/task-definition.json
service_definition: ecs/service.json
timeout: 1m
environments:
  staging:
    outputs: ssm:///slipway/staging
`;

const taskTrust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** What CDK for Terraform would have applied, as far as a deploy asks for it. */
function environmentState(): AppliedState {
  const account = '123456789012';
  const region = 'ap-northeast-1';
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  const balancer = arn('elasticloadbalancing', 'loadbalancer/app/web/1');
  const targetGroup = arn('elasticloadbalancing', 'targetgroup/web/1');
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const execution = `${CLUSTER}-web-execution`;
  const outputs = {
    environment: { environment: 'staging', region, account_id: account, cluster_name: CLUSTER },
    service: {
      task_definition_family: FAMILY,
      task_execution_role_arn: role(execution),
      log_group_name: '/ecs/slipway/staging/web',
      target_group_arn: targetGroup,
    },
  };
  const resources: [type: string, attributes: Record<string, unknown>][] = [
    ['aws_ecs_cluster', { name: CLUSTER, arn: arn('ecs', `cluster/${CLUSTER}`) }],
    ['aws_subnet', { id: 'subnet-1', vpc_id: 'vpc-1' }],
    [
      'aws_security_group',
      { id: 'sg-1', vpc_id: 'vpc-1', egress: [{ protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }] },
    ],
    ['aws_iam_role', { name: execution, arn: role(execution), assume_role_policy: taskTrust }],
    [
      'aws_iam_role_policy_attachment',
      {
        role: execution,
        policy_arn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
      },
    ],
    ['aws_cloudwatch_log_group', { name: outputs.service.log_group_name, arn: arn('logs', 'log-group:web') }],
    [
      'aws_ecr_repository',
      {
        name: 'slipway/web',
        arn: arn('ecr', 'repository/slipway/web'),
        repository_url: `${account}.dkr.ecr.${region}.amazonaws.com/slipway/web`,
      },
    ],
    ['aws_lb', { arn: balancer, name: 'web', dns_name: 'web.test', vpc_id: 'vpc-1' }],
    [
      'aws_lb_target_group',
      {
        arn: targetGroup,
        name: 'web',
        port: 8080,
        target_type: 'ip',
        vpc_id: 'vpc-1',
        deregistration_delay: 5,
        health_check: [{ path: '/', interval: 5, timeout: 2, healthy_threshold: 2, unhealthy_threshold: 2 }],
      },
    ],
    [
      'aws_lb_listener',
      {
        arn: arn('elasticloadbalancing', 'listener/app/web/1/1'),
        load_balancer_arn: balancer,
        port: 80,
        default_action: [{ type: 'forward', target_group_arn: targetGroup }],
      },
    ],
    [
      'aws_ssm_parameter',
      {
        name: '/slipway/staging/outputs',
        arn: arn('ssm', 'parameter/slipway/staging/outputs'),
        value: JSON.stringify({ version: 1, hash: 'abc', outputs: outputs.environment }),
      },
    ],
    [
      'aws_ssm_parameter',
      {
        name: '/slipway/staging/services/web/outputs',
        arn: arn('ssm', 'parameter/slipway/staging/services/web/outputs'),
        value: JSON.stringify({ version: 1, hash: 'abc', outputs: outputs.service }),
      },
    ],
  ];
  return {
    stack: 'staging',
    resources: resources.map(([type, attributes], index) => ({
      address: `${type}.r${index}`,
      type,
      attributes,
      localPort: undefined,
    })),
    outputs: {},
    state: {
      version: 4,
      terraform_version: '1.9.0',
      serial: 1,
      lineage: 'test',
      outputs: {},
      resources: [],
      check_results: null,
    },
    statePath: undefined,
  };
}

async function run(
  argv: readonly string[],
  cwd: string,
  rehearsal: Rehearsal,
  { env = {}, signal = new AbortController().signal, isTerminal = false, onLine }: RunOptions,
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  let rest = '';
  const exitCode = await main([...argv], {
    cwd,
    env: {
      ...rehearsal.environment,
      SLIPWAY_POLL_SECONDS: '0.02',
      GITHUB_SHA: '4f2c9e1'.padEnd(40, '0'),
      GITHUB_ACTOR: 'mira',
      ...env,
    },
    stdout: (text) => {
      stdout += text;
      rest += text;
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (onLine !== undefined)
        lines.forEach((line) => onLine(JSON.parse(line) as Event & Record<string, unknown>));
    },
    stderr: (text) => void (stderr += text),
    signal,
    isTerminal,
  });
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const lines = own.includes('--json')
    ? stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
  return { exitCode, stdout, stderr, lines, result: lines.at(-1) ?? {} };
}
