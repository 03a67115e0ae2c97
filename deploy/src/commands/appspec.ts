import { stringify } from 'yaml';
import { describeTaskDefinition } from '../aws/ecs';
import { appspecOf } from '../codedeploy/appspec';
import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import type { Json } from '../outputs/outputs';
import { noService } from '../release/active-service';
import { openService } from '../release/open-service';
import { textOption } from '../release/options';
import { quietly } from '../release/quietly';
import { readRunning } from '../release/running';
import type { Target } from '../target';
import type { Handler } from './command';

/** `slipway appspec [environment]`: what CodeDeploy is given to deploy the service. */
export const run: Handler = async (given, input) => {
  const context = quietly(given);
  const target = await loadTarget(context, input, { definitions: false });
  const { ecs, name } = openService(context, target);
  const running = await readRunning(ecs, name);
  if (running === undefined) throw noService(name);
  const { family = '' } = running.taskDefinition;
  const which = textOption(input, 'taskDefinition') ?? 'latest';
  const found =
    which === 'current'
      ? running
      : await describeTaskDefinition(ecs, which === 'latest' ? family : nameOf(family, which));
  if (found === undefined)
    throw new SlipwayError('REVISION_NOT_FOUND', `ECS knows no task definition ${which}`, {
      hint: `give latest, current, a number of ${family}, family:number or an ARN`,
    });
  const arn = found.taskDefinition.taskDefinitionArn ?? '';
  const document = appspecOf(running.service, arn, hooksOf(target));
  // AWS writes the version as 0.0, which is no number of JSON.
  const text = stringify(document)
    .replace(/^version: 0$/m, 'version: 0.0')
    .trimEnd();
  context.sink({ type: 'result', result: { kind: 'render', documents: [document], text, exitCode: 0 } });
  return 0;
};

function nameOf(family: string, which: string): string {
  return /^\d+$/.test(which) ? `${family}:${which}` : which;
}

function hooksOf(target: Target): Json | undefined {
  return target.serviceConfig.appspec?.['Hooks'];
}
