import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesise, type StackDocument } from '../../../infra/test/synth';
import { applyEmbedded } from '../../rehearsal/apply/embedded';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import type { SimulatedRuntime } from '../../rehearsal/runtime/simulated';
import { main } from '../../src/cli';
import { enforce, type Enforcement } from './enforcement';
import { assume, type Identity } from './sign-in';

export const ACCOUNT = '123456789012';
export const REGION = 'ap-northeast-1';
const STACKS = ['state', 'foundation', 'staging', 'production'];

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Somebody who has taken a role. */
export interface Session {
  /** Credentials and endpoint, for a client's environment. */
  env: Readonly<Record<string, string>>;
  /** The real command, in the app's folder. */
  slipway(argv: readonly string[], env?: Record<string, string>): Promise<Ran>;
}

/** The infrastructure as it is, applied; the app as it is; and every request held to the policies. */
export interface EnforcedPlatform {
  rehearsal: Rehearsal;
  enforcement: Enforcement;
  directory: string;
  /** Full reference of an image of the app's repository: `ok-1`, `ok-2`, `crash`. */
  image(tag: string): string;
  /** Takes a role as a workflow's job does. @throws Error with what STS said */
  signIn(role: string, identity: Identity): Promise<Session>;
  /** The account's administrator. */
  administrator: Session;
  /** Rewrites a JSON file of the app. */
  edit(file: string, change: (document: Record<string, unknown>) => void): void;
  append(file: string, text: string): void;
  replace(file: string, what: RegExp | string, by: string): void;
  /** Takes its policies from a role. */
  forbid(role: string): Promise<void>;
  close(): Promise<void>;
}

export interface EnforcedOptions {
  /** Synthesised in another way than the repository's own settings say. */
  stack?: (name: string) => StackDocument;
}

const app = join(__dirname, '..', '..', '..', 'app');

export async function enforcedPlatform(options: EnforcedOptions = {}): Promise<EnforcedPlatform> {
  const stack = options.stack ?? synthesise({ rehearsal: true });
  const documents = STACKS.map(stack);
  const enforcement = enforce(...documents);
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-enforced-')));
  const applied = [];
  for (const [index, json] of documents.entries())
    applied.push(
      await applyEmbedded({
        json: json,
        stack: STACKS[index] ?? '',
        accountId: ACCOUNT,
        region: REGION,
      }),
    );
  const rehearsal = await startRehearsal({
    runtime: 'simulated',
    speed: 400,
    directory: join(directory, 'rehearsal'),
    applied,
    authorize: enforcement.authorize,
    settings: { readyWithoutCheckAfterReal: 20 },
  });
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
  const runtime = rehearsal.runtime as SimulatedRuntime;
  for (const sample of ['sample/ok:1', 'sample/ok:2'])
    runtime.script(images.describe(sample).digest, { output: ['listening'] });
  runtime.script(images.describe('sample/crash:1').digest, {
    output: ['Error: DATABASE_URL is not set'],
    exits: { after: 500, code: 1 },
  });
  for (const file of ['slipway.yml', 'ecs'])
    cpSync(join(app, file), join(directory, file), { recursive: true });

  const session = (credentials: Readonly<Record<string, string>>): Session => {
    const env = { ...rehearsal.environment, SLIPWAY_POLL_SECONDS: '0.1', ...credentials };
    return { env, slipway: (argv, more = {}) => slipway(directory, argv, { ...env, ...more }) };
  };
  return {
    rehearsal,
    enforcement,
    directory,
    image: (tag) => `${repository}:${tag}`,
    signIn: async (role, identity) => session(await assume(rehearsal.endpoint, role, identity)),
    administrator: session({}),
    edit(file, change) {
      const document = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Record<string, unknown>;
      change(document);
      writeFileSync(join(directory, file), JSON.stringify(document));
    },
    append: (file, text) => appendFileSync(join(directory, file), `\n${text}\n`),
    replace(file, what, by) {
      const path = join(directory, file);
      writeFileSync(path, readFileSync(path, 'utf8').replace(what, by));
    },
    forbid: async (role) =>
      void (await rehearsal.call('iam', 'DeleteRolePolicy', { RoleName: role, PolicyName: 'access' })),
    async close() {
      await rehearsal.stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function slipway(cwd: string, argv: readonly string[], env: Record<string, string>): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const exitCode = await main(argv, {
    cwd,
    env,
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { exitCode, stdout, stderr };
}
