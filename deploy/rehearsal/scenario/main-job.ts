import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withoutAws } from './apply-repository';
import { runChild } from './child';
import { gitHead } from './git';
import { openPlatform, type Platform } from './platform';
import { mainJobReleases, type ReleaseSource } from './releases';
import { synthesise, type Stack } from './synth';
import { startTraffic, type Traffic } from './traffic';

export interface MainJobOptions {
  /** Root of the repository: the folder of cdktf.json. */
  repository: string;
  /** The `slipway` command, as `node` would run it. */
  slipway: string;
  /** Applies with terraform and moto instead of the embedded apply. */
  terraform: boolean;
  /** How many seconds of ECS's time pass in one of ours. */
  speed: number;
  /** Requests a second through the load balancer. */
  requestsPerSecond: number;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  log: (line: string) => void;
  /** Called once everything ran, before anything is taken down. */
  beforeEnd?: (platform: Platform, soFar: MainJobResult) => Promise<void>;
}

export interface Step {
  name: string;
  /** What the command said of it: `live`, `rolled-back`; `done` for a step that is no deployment. */
  outcome: string;
  exitCode: number;
  seconds: number;
}

export interface MainJobResult {
  ok: boolean;
  steps: readonly Step[];
  requests: { total: number; failed: number };
  url: string | undefined;
}

/** The promise is about at least this many requests, however fast the machine was. */
const ENOUGH_REQUESTS = 2_000;
const ACCOUNT = '123456789012';

class Unexpected extends Error {}

/**
 * The whole of Slipway in one run: synthesise, apply, deploy, change, break, roll back, promote.
 * A step that does not end as it should ends the run with `ok: false`; what was started is always taken down.
 */
export async function runMainJob(options: MainJobOptions): Promise<MainJobResult> {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-rehearsal-'));
  const job = new MainJob(options, directory);
  try {
    await job.run();
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    options.log(`  ${error.message}`);
    job.ok = false;
  } finally {
    await job.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
  return job.result();
}

class MainJob {
  ok = true;
  url: string | undefined;
  private readonly steps: Step[] = [];
  private platform: Platform | undefined;
  private traffic: Traffic | undefined;
  private readonly env: Record<string, string | undefined>;

  constructor(
    private readonly options: MainJobOptions,
    private readonly directory: string,
  ) {
    this.env = {
      ...withoutAws(options.env),
      AWS_ACCOUNT_ID: ACCOUNT,
      AWS_REGION: options.env.AWS_REGION ?? 'ap-northeast-1',
      SLIPWAY_REHEARSAL: '1',
    };
  }

  async run(): Promise<void> {
    const { repository } = this.options;
    const stacks = await this.step('synthesise', async () =>
      synthesise({
        repository,
        output: join(this.directory, 'cdktf.out'),
        env: this.env,
        signal: this.options.signal,
      }),
    );
    const platform = await this.step(this.options.terraform ? 'apply (terraform)' : 'apply (embedded)', () =>
      this.apply(stacks),
    );
    const [first, second, third] = mainJobReleases(await gitHead(repository));

    const firstImage = await this.package(platform, first);
    await this.deploy('staging', first, firstImage, 0);
    this.url = platform.serviceUrl('staging');
    await this.expectPage(this.url, first);
    this.traffic = startTraffic(this.url, this.options.requestsPerSecond);

    const secondImage = await this.package(platform, second);
    await this.deploy('staging', second, secondImage, 0);
    await this.expectPage(this.url, second);

    const thirdImage = await this.package(platform, third);
    const report = await this.deploy('staging', third, thirdImage, 21);
    for (const evidence of ['DATABASE_URL is not set', 'exit']) {
      if (!report.includes(evidence))
        throw new Unexpected(`the report does not name the cause: no "${evidence}" in it`);
    }
    await this.expectPage(this.url, second);

    await this.slipway('roll back to release 1', ['rollback', 'staging', '--to', first.gitSha], {}, 0);
    await this.expectPage(this.url, first);

    await this.deploy('production', first, firstImage, 0);
    await this.expectPage(platform.serviceUrl('production'), first);
    await this.expectDigest('staging', firstImage);
    await this.expectDigest('production', firstImage);
    if (this.options.terraform) await this.step('plan again (terraform)', () => platform.expectEmptyPlans());
    await this.traffic.reached(ENOUGH_REQUESTS);
    await this.options.beforeEnd?.(platform, this.result());
  }

  async close(): Promise<void> {
    if (this.traffic !== undefined) {
      const { failures } = await this.traffic.stop();
      for (const [failure, count] of Object.entries(failures)) {
        this.options.log(`  ${count} requests failed: ${failure}`);
      }
    }
    await this.platform?.close();
  }

  result(): MainJobResult {
    const { total, failed } = this.traffic?.totals() ?? { total: 0, failed: 0 };
    const ok = this.ok && failed === 0 && total >= ENOUGH_REQUESTS;
    return { ok, steps: this.steps, requests: { total, failed }, url: this.url };
  }

  private async apply(stacks: readonly Stack[]): Promise<Platform> {
    this.platform = await openPlatform({
      stacks,
      directory: this.directory,
      terraform: this.options.terraform,
      speed: this.options.speed,
      accountId: ACCOUNT,
      region: this.env.AWS_REGION ?? '',
      signal: this.options.signal,
      log: (line) => this.options.log(`    ${line}`),
    });
    return this.platform;
  }

  private async package(platform: Platform, release: ReleaseSource): Promise<string> {
    return this.step(`package ${release.name} (${release.summary})`, async () => {
      const image = await platform.packageApplication({
        repository: this.options.repository,
        edits: release.edits,
        tag: release.gitSha,
        buildArguments: { GIT_SHA: release.gitSha, RELEASE: release.number },
      });
      this.options.log(`    ${image.digest}`);
      return image.reference;
    });
  }

  private deploy(
    environment: string,
    release: ReleaseSource,
    image: string,
    expected: number,
  ): Promise<string> {
    const name =
      environment === 'staging' ? `deploy ${release.name}` : `promote ${release.name} to ${environment}`;
    return this.slipway(
      name,
      ['deploy', environment, '--image', image],
      { GITHUB_SHA: release.gitSha },
      expected,
    );
  }

  private async expectPage(url: string, release: ReleaseSource): Promise<void> {
    const response = await fetch(new URL('/version', url), { signal: this.options.signal });
    const text = await response.text();
    if (!text.includes(release.gitSha))
      throw new Unexpected(`${url} should serve ${release.name}, but /version says ${text}`);
  }

  private async expectDigest(environment: string, reference: string): Promise<void> {
    const child = await this.child(['status', environment, '--json'], {});
    const digest = reference.slice(reference.indexOf('@') + 1);
    if (!child.stdout.includes(digest))
      throw new Unexpected(`${environment} does not run ${digest}: ${child.stdout}`);
  }

  private async step<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.options.log(`▸ ${name}`);
    const started = performance.now();
    const value = await run();
    this.steps.push({ name, outcome: 'done', exitCode: 0, seconds: (performance.now() - started) / 1000 });
    return value;
  }

  /** Runs the deploy tool as anybody would, shows its log, and holds its exit code to what should happen. */
  private async slipway(
    name: string,
    args: string[],
    env: Record<string, string>,
    expected: number,
  ): Promise<string> {
    this.options.log(`▸ ${name}`);
    const child = await this.child(args, env, (line) => this.options.log(`    ${line}`));
    const outcome = /^outcome=(.*)$/m.exec(this.readOutputs())?.[1] ?? `exit ${child.exitCode}`;
    this.steps.push({ name, outcome, exitCode: child.exitCode, seconds: child.seconds });
    if (child.exitCode !== expected) {
      throw new Unexpected(`${name} ended with exit code ${child.exitCode}; ${expected} was expected`);
    }
    return child.stderr + child.stdout;
  }

  private child(args: string[], env: Record<string, string>, onLine?: (line: string) => void) {
    rmSync(this.outputsFile, { force: true });
    mkdirSync(this.directory, { recursive: true });
    return runChild(process.execPath, [this.options.slipway, ...args], {
      cwd: this.options.repository,
      env: { ...this.env, ...this.platform?.environment, ...env, GITHUB_OUTPUT: this.outputsFile },
      signal: this.options.signal,
      ...(onLine ? { onLine } : {}),
    });
  }

  private get outputsFile(): string {
    return join(this.directory, 'github-output');
  }

  private readOutputs(): string {
    try {
      return readFileSync(this.outputsFile, 'utf8');
    } catch {
      return '';
    }
  }
}
