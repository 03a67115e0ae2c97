import type { Input } from '../commands/command';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { readEnvfiles } from './envfile';
import { listOption } from './image-option';

/** Variables of Jsonnet, `std.extVar('name')`. */
export interface ExternalVariables {
  strings: Readonly<Record<string, string>>;
  /** Jsonnet each. */
  code: Readonly<Record<string, string>>;
}

/** `ECSPRESSO_*`, which say what a global option says; the option goes first. */
export const environmentOptions: Readonly<Record<string, string>> = {
  config: 'ECSPRESSO_CONFIG',
  envfile: 'ECSPRESSO_ENVFILE',
  extStr: 'ECSPRESSO_EXT_STR',
  extCode: 'ECSPRESSO_EXT_CODE',
  assumeRoleArn: 'ECSPRESSO_ASSUME_ROLE_ARN',
  timeout: 'ECSPRESSO_TIMEOUT',
};

/**
 * The world as the global options of a run make it: variables of `--envfile` over the process's own, the profile of
 * `--profile` and the role of `--assume-role-arn` for every call of AWS, and for the options what the environment
 * says where they are not given.
 *
 * @throws SlipwayError USAGE, FILE_NOT_FOUND, CONFIG_INVALID
 */
export async function applyRunOptions(
  context: Context,
  input: Input,
): Promise<{ context: Context; input: Input }> {
  const options: Record<string, Input['options'][string]> = { ...input.options };
  for (const [name, variable] of Object.entries(environmentOptions)) {
    if (context.env[variable]) options[name] ??= context.env[variable];
  }
  const full = { ...input, options };

  const changes: Record<string, string | undefined> = {};
  const envfiles = listOption(full, 'envfile').flatMap((one) => one.split(',').filter((path) => path !== ''));
  if (envfiles.length > 0) Object.assign(changes, await readEnvfiles(context, envfiles));
  const { profile, assumeRoleArn } = options;
  if (typeof profile === 'string' && profile !== '') {
    // Keys in the environment would go before the profile that was asked for.
    for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      changes[key] = undefined;
    changes['AWS_PROFILE'] = profile;
  }
  if (typeof assumeRoleArn === 'string' && assumeRoleArn !== '') {
    if (!/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(assumeRoleArn)) {
      throw new SlipwayError('USAGE', `--assume-role-arn ${assumeRoleArn} is no ARN of a role`, {
        hint: 'write it like arn:aws:iam::123456789012:role/deploy',
      });
    }
    changes['ECSPRESSO_ASSUME_ROLE_ARN'] = assumeRoleArn;
  }
  // The environment of the process keeps being used where nothing differs: the SDK then reads all of it by itself.
  const differs = Object.entries(changes).some(([key, value]) => context.env[key] !== value);
  const env = differs ? { ...context.env, ...changes } : context.env;
  return { context: { ...context, env, external: readExternalVariables(full) }, input: full };
}

/** `--ext-str name=text` and `--ext-code name=jsonnet`; several in one, as ecspresso takes them: `a=1;b=2`. */
function readExternalVariables(input: Input): ExternalVariables {
  const read = (name: string, flag: string) => {
    const entries = listOption(input, name)
      .flatMap((text) => text.split(/;(?=[A-Za-z_]\w*=)/))
      .map((text) => {
        const equals = text.indexOf('=');
        if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
        throw new SlipwayError('USAGE', `${flag} ${text} is not name=value`);
      });
    return Object.fromEntries(entries) as Record<string, string>;
  };
  return { strings: read('extStr', '--ext-str'), code: read('extCode', '--ext-code') };
}
