import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { compareContract } from '../contract-check/compare';
import { readConsumers, UncheckedError, type Consumer, type Use } from '../contract-check/consumer';
import type { Contract } from '../contract';

/** Each test starts two processes: on a busy machine they take their time. */
jest.setTimeout(120_000);
const root = resolve(__dirname, '../..');
const made: string[] = [];
afterAll(() => made.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

/** A copy of this repository, as a branch of a pull request changes it. */
class Branch {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-branch-')));

  constructor() {
    made.push(this.directory);
    for (const part of ['infra', 'app'])
      cpSync(join(root, part), join(this.directory, part), {
        recursive: true,
        filter: (path) => !['node_modules', 'dist', 'cdktf.out', 'consumers'].includes(basename(path)),
      });
    for (const part of ['node_modules', 'deploy'])
      symlinkSync(join(root, part), join(this.directory, part), 'junction');
  }

  write(path: string, text: string): this {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text);
    return this;
  }

  rename(from: string, to: string, ...paths: string[]): this {
    for (const path of paths) {
      const text = readFileSync(join(this.directory, path), 'utf8');
      expect(text).toMatch(new RegExp(`\\b${from}\\b`));
      this.write(path, text.replaceAll(new RegExp(`\\b${from}\\b`, 'g'), to));
    }
    return this;
  }

  /** As the workflow of a pull request runs it. */
  check(): Promise<{ code: number; stdout: string; stderr: string }> {
    const args = [
      '--import',
      'tsx',
      'infra/check-contract.ts',
      '--base',
      join(root, 'app/ecs/contract.json'),
    ];
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|GITHUB_|SLIPWAY_)/.test(name));
    return new Promise((done) => {
      const options = { cwd: this.directory, env: Object.fromEntries(inherited) };
      const child = execFile(process.execPath, args, options, (_, stdout, stderr) =>
        done({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }
}

const contractSource = ['infra/contract.ts', 'app/ecs/contract.json'];

test.concurrent('a branch that renames an output which no app uses passes, and says so', async () => {
  const branch = new Branch().rename(
    'vpc_id',
    'network_id',
    ...contractSource,
    'infra/stacks/environment.ts',
  );
  const { code, stdout, stderr } = await branch.check();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('note: output "vpc_id" is now "network_id": no app that is known relies on it');
  expect(stdout).toMatch(/all \d+ outputs that apps rely on are there \(app\)/);
});

test.concurrent(
  'a branch that renames an output which the app uses fails, with the file and the line',
  async () => {
    const branch = new Branch().rename(
      'task_subnet_ids',
      'subnets_of_tasks',
      ...contractSource,
      'infra/stacks/environment.ts',
    );
    const { code, stderr } = await branch.check();
    expect(code).toBe(1);
    expect(stderr).toMatch(/ecs\/service\.json:\d+:\d+: there is no output "task_subnet_ids"/);
  },
);

test.concurrent(
  'a branch that breaks an app of another repository fails, with the app, the file and the line',
  async () => {
    const use = (output: string, type: string, line: number, environments = ['live']): Use => ({
      output,
      type,
      service: 'web',
      environments,
      at: [`ecs/service.json:${line}`],
    });
    const list = {
      version: 1,
      contract: '0123456789abcdef',
      environments: { live: 'ssm:///slipway/production', old: 'ssm:///slipway/qa' },
      uses: [
        use('task_role_arn', 'string', 1),
        use('container_port', 'string', 2),
        use('file_system_id', 'string', 3),
        use('services.api.service_url', 'string', 4),
        use('cluster_name', 'string', 5),
      ],
    };
    const branch = new Branch()
      .write('infra/consumers/shop.json', JSON.stringify(list))
      .rename('task_role_arn', 'application_role_arn', 'infra/contract.ts', 'infra/constructs/service.ts');
    const { code, stderr } = await branch.check();
    expect(code).toBe(1);
    const [, ...problems] = stderr.trim().split('\n').slice(0, -1);
    expect(problems).toEqual([
      '  - shop: its environment old reads ssm:///slipway/qa, and nothing publishes there; there are ssm:///slipway/staging, ssm:///slipway/production',
      '  - shop: ecs/service.json:1: this takes away output "task_role_arn"; did you mean "application_role_arn"?',
      '  - shop: ecs/service.json:2: output "container_port" is a number, and the app relies on a string',
      '  - shop: ecs/service.json:3: production does not publish output "file_system_id" (EFS file system; storage.fileSystem switches it on)',
      '  - shop: ecs/service.json:4: production has no service "api"; its settings have web',
      expect.stringMatching(
        /^ {2}- app: app\/ecs\/task-definition\.json:\d+: this takes away output "task_role_arn"; did you mean "application_role_arn"\?$/,
      ),
    ]);
  },
);

test.each([
  ['is no list', '{"uses": []}', 'it wants "version": 1'],
  [
    'holds something else',
    '{"version": 1, "environments": {}, "uses": [{}]}',
    'it wants "environments" and "uses"',
  ],
  ['is not JSON', '[', 'is no list of what an app relies on'],
])('a file that %s is refused by its name', (_, text, message) => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-consumers-'));
  made.push(directory);
  writeFileSync(join(directory, 'shop.json'), text);
  expect(() => readConsumers(directory)).toThrow(UncheckedError);
  expect(() => readConsumers(directory)).toThrow(message);
  expect(() => readConsumers(directory)).toThrow('slipway check --write-uses shop.json');
  expect(readConsumers(join(directory, 'nowhere'))).toEqual([]);
});

describe('beside the base branch', () => {
  const string = (description: string) => ({ type: 'string', description }) as const;
  const base: Contract = {
    environment: { vpc_id: string('VPC'), cluster_arn: string('Cluster') },
    service: { url: string('Where it answers'), port: { type: 'number', description: 'Port' } },
  };
  const consumer = (...outputs: string[]): Consumer => ({
    app: 'shop',
    folder: '',
    environments: { staging: 'https://states.example.com/staging' },
    uses: outputs.map((output) => ({
      output,
      type: 'string',
      service: 'web',
      environments: ['staging'],
      at: ['slipway.yml:1'],
    })),
  });
  const compare = (contract: Contract, ...outputs: string[]) =>
    compareContract({ contract, base, published: [], consumers: [consumer(...outputs)] });
  const elsewhere =
    'shop: its environment staging reads https://states.example.com/staging; only names and types are checked there';

  test('what is new, and what keeps its name and type, is not worth a word', () => {
    const contract = { ...base, environment: { ...base.environment, new: string('New') } };
    expect(compare(contract, 'vpc_id', 'services.api.url')).toEqual({ problems: [], notes: [elsewhere] });
  });

  test('what nobody relies on may go away and change its type', () => {
    const contract: Contract = {
      environment: { cluster_arn: string('Cluster') },
      service: { url: base.service.url!, port: string('Port') },
    };
    expect(compare(contract, 'url')).toEqual({
      problems: [],
      notes: [
        elsewhere,
        'output "vpc_id" goes away: no app that is known relies on it',
        'output "port" is now a string, not a number: no app that is known relies on it',
      ],
    });
  });

  test("another service's output is looked for among services alone", () => {
    expect(
      compare({ ...base, service: { port: base.service.port! } }, 'services.api.url', 'vpc_ids').problems,
    ).toEqual([
      'shop: slipway.yml:1: this takes away output "services.api.url"',
      'shop: slipway.yml:1: there is no output "vpc_ids"; did you mean "vpc_id"?',
    ]);
  });
});
