import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secrets } from '../../src/secrets';
import { testService, type TestService } from '../helpers/service';
import { documentedUnder } from './documented';

const OUTPUT = 'from-a-sensitive-output';
const ATTRIBUTE = 'from-a-sensitive-attribute';
const VARIABLE = 'from-the-environment';
const PARAMETER = 'from-a-secure-string';
const WRITTEN = 'written-in-the-definition';
const ALL = [OUTPUT, ATTRIBUTE, VARIABLE, PARAMETER, WRITTEN];

/** A service whose container gets a secret from everywhere that one can come from, and logs all of them when it crashes. */
async function secretive(image: string): Promise<TestService> {
  const service = await testService();
  service.write('terraform.tfstate', {
    version: 4,
    terraform_version: '1.9.0',
    serial: 1,
    lineage: 'test',
    outputs: {
      cluster_name: { value: 'slipway-staging', type: 'string' },
      database: { value: { url: OUTPUT, port: 5432 }, type: 'object', sensitive: true },
    },
    resources: [
      {
        mode: 'managed',
        type: 'random_password',
        name: 'db',
        instances: [
          {
            attributes: { result: ATTRIBUTE },
            sensitive_attributes: [[{ type: 'get_attr', value: 'result' }]],
          },
        ],
      },
    ],
  });
  service.write(
    'slipway.yml',
    `service: web
cluster: slipway-staging
task_definition: ecs/task-definition.json
service_definition: ecs/service.json
timeout: 1m
outputs: terraform.tfstate
`,
  );
  await service.rehearsal.call('ssm', 'PutParameter', {
    Name: '/db/password',
    Value: PARAMETER,
    Type: 'SecureString',
  });
  service.write('ecs/task-definition.json', {
    family: 'slipway-staging-web',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::123456789012:role/slipway-staging-web-execution',
    containerDefinitions: [
      {
        name: 'web',
        image,
        command: ['sh', '-c', `echo {{ tfstate \`output.database.url\` }}`],
        environment: [
          { name: 'RELEASE', value: '{{ env `RELEASE` `1` }}' },
          { name: 'URL', value: '{{ tfstate `output.database.url` }}' },
          { name: 'RANDOM', value: '{{ tfstate `random_password.db.result` }}' },
          { name: 'STORED', value: '{{ ssm `/db/password` }}' },
          { name: 'GIVEN', value: '{{ must_env `GIVEN_TOKEN` }}' },
          { name: 'DB_PASSWORD', value: WRITTEN },
        ],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/slipway/staging/web',
            'awslogs-region': 'ap-northeast-1',
            'awslogs-stream-prefix': 'app',
          },
        },
      },
    ],
  });
  service.behave('sample/crash:1', {
    output: [`cannot reach ${OUTPUT} with ${ATTRIBUTE} and ${VARIABLE}`],
    exits: { after: 500, code: 1 },
  });
  return service;
}

describe('secrets', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'slipway-secrets-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it.each([
    ['text', [], false],
    ['text in a terminal', [], true],
    ['JSON', ['--json'], false],
  ])('are in nothing that is printed: %s', async (_what, more, isTerminal) => {
    const service = await secretive('{{ must_env `IMAGE` }}');
    const env = {
      GIVEN_TOKEN: VARIABLE,
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: join(directory, 'summary.md'),
      GITHUB_OUTPUT: join(directory, 'output'),
    };
    const run = (argv: string[], extra = {}) =>
      service.run([...argv, ...more], { env: { ...env, ...extra }, isTerminal });
    const printed = [
      await run(['deploy', '--dry-run', '--image', service.image('ok-1')]),
      await run(['deploy', '--image', service.image('ok-1')]),
      await run(['diff', '--image', service.image('ok-2')], { RELEASE: '2' }),
      await run(['deploy', '--image', service.image('crash')], { RELEASE: '2' }),
      await run(['render', 'task-definition'], { IMAGE: 'x' }),
    ];
    expect(printed.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 21, 0]);
    const text = [
      ...printed.map(({ stdout, stderr }) => stdout + stderr),
      readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8'),
      readFileSync(env.GITHUB_OUTPUT, 'utf8'),
    ].join('\n');
    expect(text).toContain('cannot reach (sensitive) with (sensitive) and (sensitive)');
    // A rendered definition has what is written in it by hand.
    const found = ALL.filter((secret) =>
      (secret === WRITTEN ? printed.slice(0, 4) : [text]).some((each) =>
        (typeof each === 'string' ? each : each.stdout + each.stderr).includes(secret),
      ),
    );
    expect(found).toEqual([]);

    // Whatever was printed as JSON is on the page about output.
    const events = documentedUnder('Events');
    const kinds = documentedUnder('Results');
    for (const line of printed.flatMap(({ lines }) => lines)) {
      const { type, kind, ...fields } = line;
      const known = type === 'result' ? kinds[String(kind)] : events[String(type)];
      expect(['service', ...(known ?? [])]).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  });

  it('render prints them when it is asked to', async () => {
    const service = await secretive('web:1');
    const argv = ['render', 'task-definition', '--show-sensitive'];
    const { stdout } = await service.run(argv, { env: { GIVEN_TOKEN: VARIABLE } });
    for (const secret of [OUTPUT, ATTRIBUTE, VARIABLE]) expect(stdout).toContain(secret);
  });

  it('hides long values first, short ones only where they are all there is', () => {
    const secrets = new Secrets();
    secrets.add(['hunter2', 'hunter2-and-more', 'on', 'a "quoted" one', 12345]);
    expect(secrets.hide('hunter2-and-more hunter2 on {"x":"a \\"quoted\\" one"} 12345')).toBe(
      '(sensitive) (sensitive) on {"x":"(sensitive)"} (sensitive)',
    );
    expect(secrets.hideIn({ on: ['on', 5, new Date(0)] })).toEqual({ on: ['(sensitive)', 5, new Date(0)] });
  });
});
