import { suggestion } from '../../schema/did-you-mean';
import type { PluginConfig } from '../config/config';
import type { Context } from '../context';
import type { TemplateFunction } from './builtins';
import { text } from './environment';
import { TemplateProblem, unwrap, type Value } from './value';

type NamedFunction = [string, TemplateFunction];

/**
 * `{{ ssm `/name` }}` (with an index for a StringList), `{{ secretsmanager_arn `name` }}`, and where the config names
 * the plugin, `{{ cfn_output `stack` `key` }}` and `{{ cfn_export `name` }}`. Each name is read once a run; the clients
 * are loaded when the first call needs them.
 */
export function awsFunctions(
  context: Context,
  region: () => Promise<string>,
  plugins: readonly PluginConfig[],
): NamedFunction[] {
  const options = async () => ({ region: await region(), env: context.env, signal: context.signal });
  const missing = async (what: string) =>
    new TemplateProblem(
      'OUTPUT_UNKNOWN',
      `there is no ${what} in ${await region()}`,
      'check its name and the region',
    );

  const parameter = remember(async (name: string) => {
    const { readParameter } = await import('../aws/read-parameter.ts');
    const found = await readParameter(await options(), name);
    if (found === undefined) throw await missing(`SSM parameter ${name}`);
    if (found.type === 'SecureString') context.secrets?.add(found.value);
    return found;
  });
  const secret = remember(async (name: string) => {
    const { readSecretArn } = await import('../aws/read-secret.ts');
    const found = await readSecretArn(await options(), name);
    if (found === undefined) throw await missing(`secret "${name}" in Secrets Manager`);
    return found;
  });
  const stack = remember(async (name: string) => {
    const { readStackOutputs } = await import('../aws/read-stack.ts');
    const found = await readStackOutputs(await options(), name);
    if (found === undefined) throw await missing(`CloudFormation stack "${name}"`);
    return found;
  });
  const exported = remember(async (name: string) => {
    const { readExport } = await import('../aws/read-stack.ts');
    const found = await readExport(await options(), name);
    if (found === undefined) throw await missing(`CloudFormation export "${name}"`);
    return found;
  });

  const ssm = async (nameValue: Value = null, index?: Value): Promise<Value> => {
    const name = text('ssm', nameValue);
    return entryOf(name, await parameter(name), index === undefined ? undefined : unwrap(index));
  };
  const stackOutput = async (stackValue: Value = null, keyValue: Value = null): Promise<Value> => {
    const [name, key] = [text('cfn_output', stackValue), text('cfn_output', keyValue)];
    const outputs = await stack(name);
    const value = outputs.get(key);
    if (value !== undefined) return value;
    const near = suggestion(key, outputs.keys());
    const known = outputs.size === 0 ? 'it has none' : `it has ${[...outputs.keys()].sort().join(', ')}`;
    throw new TemplateProblem('OUTPUT_UNKNOWN', `stack "${name}" has no output "${key}"${near}`, known);
  };
  const always: NamedFunction[] = [
    ['ssm', { least: 1, most: 2, call: ssm }],
    [
      'secretsmanager_arn',
      { least: 1, most: 1, call: (name = null) => secret(text('secretsmanager_arn', name)) },
    ],
  ];
  const cloudformation: NamedFunction[] = [
    ['cfn_output', { least: 2, most: 2, call: stackOutput }],
    ['cfn_export', { least: 1, most: 1, call: (name = null) => exported(text('cfn_export', name)) }],
  ];
  const functions: NamedFunction[] = [...always];
  for (const { name, prefix } of plugins) {
    const own = name === 'cloudformation' ? cloudformation : always.filter(([one]) => one.startsWith(name));
    functions.push(...own.map(([one, called]): NamedFunction => [prefix + one, called]));
  }
  return functions;
}

/** Each name is asked for once, also by two that ask at the same time. */
function remember<T>(read: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (name) => {
    const value = known.get(name) ?? read(name);
    known.set(name, value);
    return value;
  };
}

/** A StringList wants an index, everything else has none. */
function entryOf(name: string, { type, value }: { type: string; value: string }, index: unknown): string {
  if (type !== 'StringList') {
    if (index === undefined) return value;
    throw new TemplateProblem('TEMPLATE_SYNTAX', `the parameter ${name} is a ${type}: it takes no index`);
  }
  const entries = value.split(',');
  const entry = typeof index === 'number' ? entries[index] : undefined;
  if (entry !== undefined) return entry;
  throw new TemplateProblem(
    'TEMPLATE_SYNTAX',
    `the parameter ${name} is a StringList of ${entries.length}: it wants an index from 0 to ${entries.length - 1}`,
    `for example {{ ssm \`${name}\` 0 }}`,
  );
}
