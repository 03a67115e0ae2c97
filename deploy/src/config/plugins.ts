import { locate, toJson, type Located } from '../definition/located';
import { toBoolean, type ConfigProblem } from './check';
import type { PluginConfig, StateConfig } from './config';
import { compatibleVersion, satisfies } from './required-version';

/** One of `plugins`, as it is written. */
export interface PluginDocument {
  name: string;
  func_prefix?: string | null;
  config?: {
    path?: string | null;
    url?: string | null;
    optional?: boolean | string | null;
  } | null;
}

/** Functions that the plugins give, without their prefix. */
const functionsOf: Readonly<Record<string, readonly string[]>> = {
  tfstate: ['tfstate', 'tfstatef'],
  ssm: ['ssm'],
  secretsmanager: ['secretsmanager_arn'],
  cloudformation: ['cfn_output', 'cfn_export'],
};

/** What is wrong in `plugins` beyond the type of a value. */
export function checkPlugins(root: Located): ConfigProblem[] {
  const list = locate(root, ['plugins']);
  if (list === root || list.content.type !== 'list') return [];
  const problems: ConfigProblem[] = [];
  const made = new Set<string>();
  for (const node of list.content.items) {
    const plugin = toJson(node) as PluginDocument | null;
    const { name, func_prefix, config } = plugin ?? { name: '' };
    const found = (message: string) => problems.push({ at: node.start, message });
    if (name === 'external') {
      found(
        'the external plugin, which runs a command for each call, is not here: run the command beforehand and hand its result over in a variable, NAME="$(command)" slipway deploy, which {{ must_env `NAME` }} reads',
      );
    }
    if (name === 'tfstate' && !config?.path && !config?.url) {
      found('the tfstate plugin wants "path" or "url" in its "config"');
    }
    for (const one of functionsOf[name] ?? []) {
      const full = (func_prefix ?? '') + one;
      // The functions of ssm and secretsmanager are always there: naming these plugins once more changes nothing.
      const twice = made.has(full) && name !== 'ssm' && name !== 'secretsmanager';
      if (twice && one === functionsOf[name]?.[0]) {
        found(`two ${name} plugins make the same function ${full}: give one a "func_prefix"`);
      }
      made.add(full);
    }
  }
  return problems;
}

export function toPlugins(documents: readonly PluginDocument[]): {
  states: StateConfig[];
  plugins: PluginConfig[];
} {
  const states: StateConfig[] = [];
  const plugins: PluginConfig[] = [];
  for (const { name, func_prefix, config } of documents) {
    const prefix = func_prefix ?? '';
    if (name !== 'tfstate') plugins.push({ name: name as PluginConfig['name'], prefix });
    else {
      const location = config?.url || config?.path || '';
      states.push({ prefix, location, optional: toBoolean(config?.optional) ?? false });
    }
  }
  return { states, plugins };
}

/** Names of every function that the plugins of a config give. */
export function pluginFunctions(states: readonly StateConfig[], plugins: readonly PluginConfig[]): string[] {
  const all = [...states.map(({ prefix }) => ({ name: 'tfstate', prefix })), ...plugins];
  return all.flatMap(({ name, prefix }) => (functionsOf[name] ?? []).map((one) => prefix + one));
}

/** `required_version` of a file that was written for ecspresso. */
export function checkRequiredVersion(root: Located): ConfigProblem[] {
  const node = locate(root, ['required_version']);
  const constraint = node === root ? undefined : toJson(node);
  if (typeof constraint !== 'string' || constraint === '') return [];
  const satisfied = satisfies(compatibleVersion, constraint);
  if (satisfied === true) return [];
  const message =
    satisfied === undefined
      ? `"required_version" is "${constraint}", which is no constraint: write it like ">= 2.0.0, < 3" or "~> 2.8"`
      : `"required_version" is "${constraint}", but slipway is compatible with ecspresso ${compatibleVersion}`;
  return [{ at: node.start, message }];
}
