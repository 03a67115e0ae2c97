import { adopt } from '../adopt/adopt';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { flag, textOption } from '../release/options';
import type { Handler, Input } from './command';

/** `slipway init [environment]`: config and definitions from a service that runs; `--split`: an app's own repository. */
export const run: Handler = async (context, input) => {
  const directory = textOption(input, 'split');
  if (directory !== undefined) return splitOff(context, input, directory);
  const imageVariable = textOption(input, 'imageEnv') ?? 'IMAGE';
  if (!/^[A-Za-z_]\w*$/.test(imageVariable)) {
    throw new SlipwayError('USAGE', `--image-env ${imageVariable} is no name of a variable`, {
      hint: 'letters, digits and underscores: IMAGE',
    });
  }
  const result = await adopt(context, {
    cluster: textOption(input, 'cluster'),
    service: serviceOption(input.options['service']),
    region: textOption(input, 'region'),
    environment: input.positionals[0],
    outputs: textOption(input, 'outputs'),
    tfstate: textOption(input, 'tfstate'),
    imageVariable,
    force: flag(input, 'force'),
    dryRun: flag(input, 'dryRun'),
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};

async function splitOff(context: Context, input: Input, directory: string): Promise<number> {
  const others = ['cluster', 'service', 'region', 'outputs', 'tfstate', 'force'].filter(
    (name) => input.options[name] !== undefined,
  );
  if (others.length > 0 || input.positionals.length > 0) {
    const given = [...others.map((name) => `--${name}`), ...input.positionals].join(', ');
    throw new SlipwayError('USAGE', `--split takes the whole app out of its clone: it goes without ${given}`);
  }
  if (directory.trim() === '') {
    throw new SlipwayError('USAGE', '--split names no directory', { hint: 'slipway init --split ../web' });
  }
  const { split } = await import('../split/split.ts');
  const result = await split(context, input, { directory, dryRun: flag(input, 'dryRun') });
  context.sink({ type: 'result', result });
  return result.exitCode;
}

/** `--service` is an option of every command, and may be given several times. @throws SlipwayError USAGE */
function serviceOption(given: string | boolean | readonly string[] | undefined): string | undefined {
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return undefined;
  const [only, ...more] = given as readonly string[];
  if (more.length > 0)
    throw new SlipwayError('USAGE', `--service is given ${given.length} times: init takes one`);
  return only;
}
