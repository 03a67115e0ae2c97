import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withoutAws } from './apply-repository';
import { checkAfterwards, checkReport, checkService, whatIsBefore, type Before } from './checks';
import { runChild, type ChildResult } from './child';
import { comesFirst, perform, untilDue, type Commands } from './doings';
import { doings, type Doing, type Scenario } from './file/scenario';
import { gitShaOf, Stage } from './stage';

export interface RunScenarioOptions {
  /** The `slipway` command, as `node` would run it. */
  slipway: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Hears what happens, and what the command prints, line by line. */
  log: (line: string) => void;
}

export interface ScenarioResult {
  ok: boolean;
  exitCode: number;
  /** What the command called it: `live`, `rolled-back`; its exit code where it did not say. */
  outcome: string;
  seconds: number;
  /** What was not as expected; empty where all was. */
  failures: readonly string[];
}

/** No command of a scenario takes longer, in real time. */
const LIMIT_MILLISECONDS = 60_000;
/** So long after the end of the command what was to happen may still happen. */
const GRACE_MILLISECONDS = 10_000;

/**
 * Sets the stage, runs the command with all that happens meanwhile, and compares. Whatever was started is taken down.
 * @throws Error where the start cannot be reached, which is no failure of the command.
 */
export async function runScenario(scenario: Scenario, options: RunScenarioOptions): Promise<ScenarioResult> {
  const started = performance.now();
  const directory = mkdtempSync(join(tmpdir(), 'slipway-scenario-'));
  try {
    const stage = await Stage.open(scenario, directory);
    try {
      const result = await new Performance(scenario, options, stage).run();
      return { ...result, seconds: (performance.now() - started) / 1000 };
    } finally {
      await stage.rehearsal.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Performance {
  private kill: (signal: NodeJS.Signals) => void = () => undefined;
  private endedAt = Number.POSITIVE_INFINITY;
  private commandCount = 0;
  private readonly failures: string[] = [];
  private readonly commands: Commands = {
    kill: (signal) => this.kill(signal),
    isOver: () => this.isOver(),
    other: (command, expected) => this.other(command, expected),
  };

  constructor(
    private readonly scenario: Scenario,
    private readonly options: RunScenarioOptions,
    private readonly stage: Stage,
  ) {}

  async run(): Promise<Omit<ScenarioResult, 'seconds'>> {
    const { meanwhile = [], run, expect } = this.scenario;
    const before = await whatIsBefore(this.stage);
    for (const doing of meanwhile.filter(comesFirst)) await this.perform(doing);
    this.options.log(`$ ${run}`);
    const command = this.start(run, true, (kill) => (this.kill = kill));
    const doings = Promise.all(
      meanwhile.filter((doing) => !comesFirst(doing)).map((doing) => this.whenDue(doing, before)),
    );
    const { child, outcome } = await command;
    this.endedAt = performance.now();
    this.expectEnd('the command', expect, child.exitCode, outcome);
    if (expect.service !== undefined) this.failures.push(...(await checkService(this.stage, expect.service)));
    this.failures.push(...checkReport(`${child.stderr}\n${child.stdout}`, expect.report));
    await doings;
    this.failures.push(...(await checkAfterwards(this.stage, expect, before)));
    const { failures } = this;
    return { ok: failures.length === 0, exitCode: child.exitCode, outcome, failures };
  }

  private isOver(): boolean {
    return performance.now() > this.endedAt + GRACE_MILLISECONDS || this.options.signal.aborted;
  }

  private async whenDue(doing: Doing, before: Before): Promise<void> {
    if (await untilDue(doing, this.stage, before.events, () => this.isOver())) return this.perform(doing);
    this.failures.push(`"${describe(doing)}" was never due: ${awaited(doing)}`);
  }

  private async perform(doing: Doing): Promise<void> {
    this.options.log(`* ${describe(doing)}`);
    try {
      this.failures.push(...(await perform(doing, this.stage, this.scenario, this.commands)));
    } catch (error) {
      this.failures.push(
        `"${describe(doing)}" failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private async other(command: string, expected: Doing['expect']): Promise<string[]> {
    const { child, outcome } = await this.start(command, false);
    if (expected !== undefined) this.expectEnd(`"${command}"`, expected, child.exitCode, outcome);
    return [];
  }

  private expectEnd(
    what: string,
    expected: { exit: number; outcome: string | undefined },
    exitCode: number,
    outcome: string,
  ): void {
    if (exitCode !== expected.exit)
      this.failures.push(`exit code of ${what}: expected ${expected.exit}, found ${exitCode}`);
    if (expected.outcome !== undefined && outcome !== expected.outcome)
      this.failures.push(`outcome of ${what}: expected ${expected.outcome}, found ${outcome}`);
  }

  private async start(
    command: string,
    isMain: boolean,
    onStart?: (kill: (signal: NodeJS.Signals) => void) => void,
  ): Promise<{ child: ChildResult; outcome: string }> {
    const { options, stage } = this;
    this.commandCount += 1;
    const outputs = join(stage.directory, `github-output-${this.commandCount}`);
    const [, ...args] = wordsOf(command.replaceAll('$REPOSITORY', stage.repositoryUri));
    const tag = /\$REPOSITORY:([\w.-]+)/.exec(command)?.[1] ?? 'none';
    const indent = isMain ? '  ' : '    other: ';
    const child = await runChild(process.execPath, [options.slipway, ...args], {
      cwd: join(stage.directory, 'app'),
      env: {
        ...withoutAws(options.env),
        ...stage.rehearsal.environment,
        SLIPWAY_POLL_SECONDS: '0.1',
        GITHUB_OUTPUT: outputs,
        GITHUB_SHA: gitShaOf(tag),
        GITHUB_ACTOR: isMain ? 'mira' : 'kenji',
        ...this.scenario.env,
      },
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(LIMIT_MILLISECONDS)]),
      onLine: (line) => options.log(`${indent}${line}`),
      ...(onStart === undefined ? {} : { onStart }),
    });
    const outcome = /^outcome=(.*)$/m.exec(readIfThere(outputs))?.[1] ?? `exit ${child.exitCode}`;
    return { child, outcome: outcome.trim() };
  }
}

/** `stop-task { reason: ... }`: what a doing does, in a line. */
function describe(doing: Doing): string {
  const [name = '', value] =
    Object.entries(doing).find(([key, one]) => Object.hasOwn(doings, key) && one !== undefined) ?? [];
  if (typeof value !== 'object') return `${name} ${String(value)}`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `${name} { ${members.map(([key, member]) => `${key}: ${JSON.stringify(member)}`).join(', ')} }`;
}

function awaited({ once, traffic }: Doing): string {
  return once === undefined
    ? `the new release never had ${traffic} % of the traffic`
    : `no event like "${once}"${traffic === undefined ? '' : ` and ${traffic} % of the traffic`}`;
}

/** As a shell splits them, with single and double quotes. */
function wordsOf(command: string): string[] {
  const words = command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g);
  return Array.from(words, ([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
