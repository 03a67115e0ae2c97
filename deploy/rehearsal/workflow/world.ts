import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { devNull } from 'node:os';
import type { Authorize } from '../api/authorization/authorization';
import { UsageError } from '../errors';
import { withoutAws } from '../scenario/apply-repository';
import { openPlatform, type Platform } from '../scenario/platform';
import { synthesise } from '../scenario/synth';
import type { EnvironmentSettings } from './github/environments';
import { listen } from './github/http';
import { answerIdentityToken } from './github/identity-token';
import { Origin, type Edit } from './github/origin';
import { GithubRecords, type PullRequest } from './github/records';
import { routesOf } from './github/routes';
import { Tokens } from './github/tokens';
import { ConcurrencyGroups } from './runner/concurrency';
import type { RunEvent } from './runner/events';
import type { WorkflowRun } from './runner/run';
import { standIns } from './stand-ins';
import type { StandIn } from './stand-ins/stand-in';
import { startRun, type StartOptions } from './start';

export interface WorldOptions {
  /** The working tree that is on GitHub. */
  source: string;
  /** Where the infrastructure stands that is applied: a folder with cdktf.json. Default: `source`. */
  infrastructure?: string;
  /** Scratch; whoever gives it removes it. */
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Ends all that runs. */
  signal: AbortSignal;
  /** How many seconds of ECS's time pass in one of ours. Default 20. */
  speed?: number;
  /** `OWNER/NAME` on GitHub. Default: `rehearsal/` and the name of the folder. */
  repository?: string;
  /** Settings of the environments that there are; one that is not is made by the first job that names it, as GitHub does. */
  environments?: Readonly<Record<string, EnvironmentSettings>>;
  /** What an environment that is not there is made with. Default: without any rule. */
  newEnvironment?: (name: string) => EnvironmentSettings;
  /** Of the repository. `AWS_ACCOUNT_ID` and `AWS_REGION` are there already. */
  variables?: Readonly<Record<string, string>>;
  secrets?: Readonly<Record<string, string>>;
  /** Stacks that terraform applies for real, before moto, with their states in a bucket; by default all are applied without it. */
  terraform?: readonly string[];
  /** Asked whether a role may do what it asks AWS for. Default: all may do all. */
  authorize?: Authorize;
  listener?: (event: RunEvent) => void;
  log?: (line: string) => void;
}

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';

/** A repository on GitHub with its runs, and the AWS account to which it deploys: both on this machine. */
export class World {
  readonly repositoryId = 2_000_001;
  readonly ownerId = 1_000_001;
  readonly repository: string;
  readonly source: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environments: Map<string, EnvironmentSettings>;
  readonly variables: Record<string, string>;
  readonly secrets: Record<string, string>;
  readonly records = new GithubRecords();
  readonly tokens = new Tokens();
  readonly groups = new ConcurrencyGroups();
  readonly runs: WorkflowRun[] = [];
  readonly standIns: ReadonlyMap<string, StandIn> = new Map(standIns.map((one) => [one.name, one]));
  readonly listener: (event: RunEvent) => void;
  /** Keeps the person's own AWS out of every step. */
  readonly safeguards: Readonly<Record<string, string>> = {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1,localhost',
  };
  apiUrl = '';
  private readonly ending = new AbortController();
  private readonly closers: (() => Promise<void>)[] = [];
  private opened: Promise<Platform> | undefined;

  private constructor(
    private readonly options: WorldOptions,
    readonly origin: Origin,
  ) {
    this.source = options.source;
    this.directory = options.directory;
    this.env = options.env;
    this.repository = options.repository ?? `rehearsal/${basename(options.source).replace(/[^\w.-]/g, '-')}`;
    this.environments = new Map(Object.entries(options.environments ?? {}));
    this.variables = { AWS_ACCOUNT_ID: ACCOUNT, AWS_REGION: REGION, ...options.variables };
    this.secrets = { ...options.secrets };
    this.listener = options.listener ?? (() => undefined);
    options.signal.addEventListener('abort', () => this.ending.abort(), { once: true });
  }

  /** Puts the working tree on a GitHub of its own. AWS is there once a step signs in. */
  static async open(options: WorldOptions): Promise<World> {
    mkdirSync(options.directory, { recursive: true });
    const origin = await Origin.of(options.source, join(options.directory, 'origin.git'));
    const world = new World(options, origin);
    const api = await listen(world.repository, routesOf(world), world.tokens, (request, url) =>
      answerIdentityToken(world.tokens, request.headers.authorization, url),
    );
    world.apiUrl = api.url;
    world.closers.push(api.close);
    return world;
  }

  /** Aborted when the world ends. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Starts a run; it goes on by itself. @throws UsageError, WorkflowError before anything of it runs. */
  start(options: StartOptions): Promise<WorkflowRun> {
    return startRun(this, options);
  }

  /** A commit on `main`, as a merge leaves it. @returns its hash. */
  commit(message: string, edits: readonly Edit[] = []): Promise<string> {
    return this.origin.commit({ message, edits });
  }

  /** Opens a pull request with one commit. */
  async openPullRequest(options: {
    title: string;
    edits?: readonly Edit[];
    labels?: readonly string[];
    branch?: string;
    /** Default: this one. Another is a fork. */
    repository?: string;
  }): Promise<PullRequest> {
    const number = this.records.pullRequests.size + 1;
    const { title, edits = [], branch = `change-${number}` } = options;
    const base = (await this.origin.resolve('main')) ?? '';
    const sha = await this.origin.commit({ message: title, edits, branch });
    const pullRequest: PullRequest = {
      number,
      title,
      labels: [...(options.labels ?? [])],
      head: { ref: branch, sha, repository: options.repository ?? this.repository },
      base: { ref: 'main', sha: base },
    };
    this.records.pullRequests.set(number, pullRequest);
    return pullRequest;
  }

  /** Merges a pull request. @returns the commit on `main`. */
  async merge(pullRequest: PullRequest): Promise<string> {
    const tip = (await this.origin.resolve('main')) ?? '';
    pullRequest.merged = await this.origin.merge(tip, pullRequest.head.sha, 'refs/heads/main');
    return pullRequest.merged;
  }

  environment(name: string): EnvironmentSettings {
    const known = this.environments.get(name);
    if (known !== undefined) return known;
    const made = this.options.newEnvironment?.(name) ?? { reviewers: [] };
    this.environments.set(name, made);
    return made;
  }

  /** The AWS account with the infrastructure applied. Made when it is first asked for. */
  platform(): Promise<Platform> {
    this.opened ??= this.openAws();
    return this.opened;
  }

  /** Where AWS answers, and what a client's process needs for it, but no credentials. */
  async aws(): Promise<{ endpoint: string; accountId: string; environment: Record<string, string> }> {
    const { environment, rehearsal } = await this.platform();
    const own = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'];
    const others = Object.entries(environment).filter(([name]) => !own.includes(name));
    const { endpoint, accountId } = rehearsal;
    return { endpoint, accountId, environment: Object.fromEntries(others) };
  }

  /** Cancels what still runs, and takes all down. */
  async close(): Promise<void> {
    this.ending.abort();
    for (const run of this.runs) run.cancel('The rehearsal ends.');
    await Promise.all(this.runs.map(({ finished }) => finished));
    await this.opened?.then(
      (platform) => platform.close(),
      () => undefined,
    );
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  private async openAws(): Promise<Platform> {
    const { options } = this;
    const infrastructure = options.infrastructure ?? options.source;
    if (!existsSync(join(infrastructure, 'cdktf.json'))) {
      throw new UsageError(
        `${infrastructure} has no cdktf.json: a step signs in to AWS, but there is no infrastructure that could be there; name its folder with --infra`,
      );
    }
    const log = options.log ?? (() => undefined);
    log('AWS: synthesise and apply the infrastructure');
    const { terraform } = options;
    const stateBucket = `slipway-state-${ACCOUNT}-${REGION}`;
    const all = await synthesise({
      repository: infrastructure,
      output: join(this.directory, 'cdktf.out'),
      env: {
        ...withoutAws(options.env),
        AWS_ACCOUNT_ID: ACCOUNT,
        AWS_REGION: REGION,
        SLIPWAY_REHEARSAL: '1',
        ...(terraform === undefined ? {} : { SLIPWAY_STATE_BUCKET: stateBucket }),
        GITHUB_REPOSITORY: this.repository,
        GITHUB_REPOSITORY_ID: String(this.repositoryId),
        GITHUB_REPOSITORY_OWNER_ID: String(this.ownerId),
      },
      signal: this.signal,
    });
    return openPlatform({
      stacks: all.filter(({ name }) => terraform?.includes(name) ?? true),
      directory: join(this.directory, 'aws'),
      terraform: terraform !== undefined,
      ...(terraform === undefined ? {} : { stateBucket }),
      speed: options.speed ?? 20,
      accountId: ACCOUNT,
      region: REGION,
      signal: this.signal,
      log,
      ...(options.authorize === undefined ? {} : { authorize: options.authorize }),
    });
  }
}
