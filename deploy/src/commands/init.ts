import { adopt } from '../adopt/adopt';
import { SlipwayError } from '../errors';
import { flag, textOption } from '../release/options';
import type { Handler } from './command';

/** `slipway init [environment]`: config and definitions from a service that runs. */
export const run: Handler = async (context, input) => {
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

/** `--service` is an option of every command, and may be given several times. @throws SlipwayError USAGE */
function serviceOption(given: string | boolean | readonly string[] | undefined): string | undefined {
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return undefined;
  const [only, ...more] = given as readonly string[];
  if (more.length > 0)
    throw new SlipwayError('USAGE', `--service is given ${given.length} times: init takes one`);
  return only;
}
