import type { Context } from '../context';
import type { TemplateFunction } from './builtins';
import { text } from './environment';
import { TemplateProblem, unwrap, type Value } from './value';

/**
 * `{{ ssm `/name` }}` (with an index for a StringList) and `{{ secretsmanager_arn `name` }}`. Each name is read
 * once a run; the clients are loaded when the first call needs them.
 */
export function awsFunctions(context: Context, region: () => Promise<string>): [string, TemplateFunction][] {
  const parameters = new Map<string, Promise<{ type: string; value: string }>>();
  const secrets = new Map<string, Promise<string>>();
  const options = async () => ({ region: await region(), env: context.env, signal: context.signal });
  const missing = async (what: string) =>
    new TemplateProblem(
      'OUTPUT_UNKNOWN',
      `there is no ${what} in ${await region()}`,
      'check its name and the region',
    );
  const once = <T>(cache: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> => {
    const value = cache.get(key) ?? read();
    cache.set(key, value);
    return value;
  };
  const ssm = async (nameValue: Value = null, indexValue?: Value): Promise<Value> => {
    const name = text('ssm', nameValue);
    const { type, value } = await once(parameters, name, async () => {
      const { readParameter } = await import('../aws/read-parameter.ts');
      const found = await readParameter(await options(), name);
      if (found === undefined) throw await missing(`SSM parameter ${name}`);
      return found;
    });
    if (type !== 'StringList') {
      if (indexValue === undefined) return value;
      throw new TemplateProblem('TEMPLATE_SYNTAX', `the parameter ${name} is a ${type}: it takes no index`);
    }
    const entries = value.split(',');
    const index = indexValue === undefined ? undefined : unwrap(indexValue);
    const entry = typeof index === 'number' ? entries[index] : undefined;
    if (entry !== undefined) return entry;
    throw new TemplateProblem(
      'TEMPLATE_SYNTAX',
      `the parameter ${name} is a StringList of ${entries.length}: it wants an index from 0 to ${entries.length - 1}`,
      `for example {{ ssm \`${name}\` 0 }}`,
    );
  };
  const secretArn = (nameValue: Value = null): Promise<Value> => {
    const name = text('secretsmanager_arn', nameValue);
    return once(secrets, name, async () => {
      const { readSecretArn } = await import('../aws/read-secret.ts');
      const found = await readSecretArn(await options(), name);
      if (found === undefined) throw await missing(`secret "${name}" in Secrets Manager`);
      return found;
    });
  };
  return [
    ['ssm', { least: 1, most: 2, call: ssm }],
    ['secretsmanager_arn', { least: 1, most: 1, call: secretArn }],
  ];
}
