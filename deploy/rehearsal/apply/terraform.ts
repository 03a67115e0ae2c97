import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TerraformState } from './applied';
import { startProvider, type ProviderProcess } from './provider-process';
import { runTerraform } from './run-terraform';
import { findTool } from './tools';

export interface TerraformOptions {
  /** Where all of AWS is, such as moto's address or the rehearsal's. */
  endpoint: string;
  /** Credentials, region and whatever else the provider should see. Nothing of AWS is inherited. */
  environment: Readonly<Record<string, string>>;
  /** Folder to install providers from (a `filesystem_mirror`). Default: SLIPWAY_PLUGIN_MIRROR, else the registry. */
  pluginMirror?: string;
  /** Scratch, for terraform's own settings and plugins. */
  directory: string;
  /** Interrupts what is running. */
  signal?: AbortSignal;
  /** Hears what apply and destroy say as they go on. */
  onLine?: (line: string) => void;
}

/** What an apply or a destroy did, in numbers of resources. */
export interface TerraformChanges {
  added: number;
  changed: number;
  destroyed: number;
}

export interface TerraformPlan {
  empty: boolean;
  /** A line for each change: `update aws_lb.main: idle_timeout`, `output service_url`. */
  summary: string[];
}

/**
 * Terraform, or OpenTofu, on synthesised stacks. Calls may overlap; the runs follow one another, since one provider
 * process has one configuration at a time. Every function takes the folder of a stack's cdk.tf.json.
 */
export interface Terraform {
  init(stackDirectory: string): Promise<void>;
  /** What is wrong by the provider's schema, a line each; asks nobody. */
  validate(stackDirectory: string): Promise<string[]>;
  apply(stackDirectory: string): Promise<TerraformChanges>;
  plan(stackDirectory: string): Promise<TerraformPlan>;
  /** Values by name. */
  outputs(stackDirectory: string): Promise<Record<string, unknown>>;
  state(stackDirectory: string): Promise<TerraformState>;
  destroy(stackDirectory: string): Promise<TerraformChanges>;
  /** Waits for what is running and ends the provider. */
  close(): Promise<void>;
}

const PARALLEL_OPERATIONS = '30';

/** @throws UsageError with the install hint where neither is on PATH. */
export function findTerraform(env?: Readonly<Record<string, string | undefined>>): string {
  return findTool(
    ['terraform', 'tofu'],
    {
      purpose: 'it applies the stacks',
      install: 'https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install',
    },
    env,
  );
}

export function openTerraform(options: TerraformOptions): Terraform {
  const file = findTerraform();
  const pluginMirror = options.pluginMirror ?? (process.env.SLIPWAY_PLUGIN_MIRROR || undefined);
  const env = environmentOf(options, pluginMirror);
  let provider: Promise<ProviderProcess | undefined> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const run = async (
    stackDirectory: string,
    args: readonly string[],
    more: { accepted?: number[]; loud?: boolean } = {},
  ) => {
    if (pluginMirror !== undefined) provider ??= startProvider({ pluginMirror, stackDirectory, env });
    const reattach = (await provider)?.reattach;
    return runTerraform({
      file,
      args,
      directory: stackDirectory,
      env: { ...env, TF_REATTACH_PROVIDERS: reattach },
      accepted: more.accepted ?? [0],
      signal: options.signal,
      onLine: more.loud ? options.onLine : undefined,
    });
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  const changing = (stackDirectory: string, command: 'apply' | 'destroy') =>
    inTurn(async () => {
      const args = [
        command,
        '-auto-approve',
        '-input=false',
        '-no-color',
        `-parallelism=${PARALLEL_OPERATIONS}`,
      ];
      return countChanges((await run(stackDirectory, args, { loud: true })).stdout);
    });

  return {
    init: (stackDirectory) =>
      inTurn(async () => void (await run(stackDirectory, ['init', '-input=false', '-no-color']))),
    validate: (stackDirectory) =>
      inTurn(async () => {
        const args = ['validate', '-json', '-no-color'];
        const { stdout } = await run(stackDirectory, args, { accepted: [0, 1] });
        const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
        return diagnostics.map(
          ({ severity, summary, detail, address }) =>
            `${severity}: ${address ?? 'the stack'}: ${summary}${detail === '' ? '' : `: ${detail}`}`,
        );
      }),
    apply: (stackDirectory) => changing(stackDirectory, 'apply'),
    destroy: (stackDirectory) => changing(stackDirectory, 'destroy'),
    plan: (stackDirectory) =>
      inTurn(async () => {
        const args = [
          'plan',
          '-detailed-exitcode',
          '-input=false',
          '-no-color',
          '-lock=false',
          '-out=plan.bin',
        ];
        const { exitCode } = await run(stackDirectory, args, { accepted: [0, 2] });
        if (exitCode === 0) return { empty: true, summary: [] };
        const { stdout } = await run(stackDirectory, ['show', '-json', 'plan.bin']);
        return { empty: false, summary: summarise(JSON.parse(stdout) as PlanDocument) };
      }),
    outputs: (stackDirectory) =>
      inTurn(async () => {
        const { stdout } = await run(stackDirectory, ['output', '-json']);
        const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>;
        return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
      }),
    state: (stackDirectory) =>
      inTurn(async () => JSON.parse((await run(stackDirectory, ['state', 'pull'])).stdout) as TerraformState),
    async close() {
      await last;
      await (await provider?.catch(() => undefined))?.stop();
      provider = undefined;
    },
  };
}

/** Nothing of the caller's own AWS and Terraform settings comes through, apart from where plugins come from. */
function environmentOf(
  options: TerraformOptions,
  pluginMirror: string | undefined,
): Record<string, string | undefined> {
  mkdirSync(options.directory, { recursive: true });
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|TF_(?!CLI_CONFIG_FILE|PLUGIN_CACHE_DIR|LOG))/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    ...pluginSettings(options.directory, pluginMirror),
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    AWS_ACCESS_KEY_ID: 'rehearsal',
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    ...options.environment,
    AWS_ENDPOINT_URL: options.endpoint,
  };
}

/** Variables with which terraform takes its providers from a mirror; none without one. Writes its settings into `directory`. */
export function pluginSettings(directory: string, pluginMirror: string | undefined): Record<string, string> {
  if (pluginMirror !== undefined) {
    const settings = join(directory, 'terraform.rc');
    writeFileSync(
      settings,
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(pluginMirror)}\n  }\n}\n`,
    );
    return { TF_CLI_CONFIG_FILE: settings };
  }
  if (process.env.TF_PLUGIN_CACHE_DIR) return {};
  // Stacks share one download: the provider is 700 MB unpacked.
  const cache = join(directory, 'plugins');
  mkdirSync(cache, { recursive: true });
  return { TF_PLUGIN_CACHE_DIR: cache };
}

function countChanges(stdout: string): TerraformChanges {
  const count = (what: string) =>
    Number(new RegExp(`(\\d+) ${what}`).exec(stdout.slice(stdout.lastIndexOf('complete!')))?.[1] ?? 0);
  return { added: count('added'), changed: count('changed'), destroyed: count('destroyed') };
}

interface Diagnostic {
  severity: string;
  summary: string;
  detail: string;
  address?: string;
}

interface PlanDocument {
  resource_changes?: { address: string; change: Change }[];
  output_changes?: Record<string, Change>;
}

interface Change {
  actions: string[];
  before: unknown;
  after: unknown;
}

function summarise(plan: PlanDocument): string[] {
  const changes = (change: Change) => !['no-op', 'read'].includes(change.actions.join());
  const resources = (plan.resource_changes ?? []).filter(({ change }) => changes(change));
  const outputs = Object.entries(plan.output_changes ?? {}).filter(([, change]) => changes(change));
  return [
    ...resources.map(({ address, change }) => {
      const members = change.actions.join() === 'update' ? `: ${differing(change).join(', ')}` : '';
      return `${change.actions.join(' and ')} ${address}${members}`;
    }),
    ...outputs.map(([name, change]) => `${change.actions.join(' and ')} output ${name}`),
  ];
}

/** Members that are not the same before and after. */
function differing({ before, after }: Change): string[] {
  const [old, planned] = [before, after] as Record<string, unknown>[];
  const members = new Set([...Object.keys(old ?? {}), ...Object.keys(planned ?? {})]);
  return [...members]
    .filter((member) => JSON.stringify(old?.[member]) !== JSON.stringify(planned?.[member]))
    .sort();
}
