import type { Check, Problem } from '../check';
import { number, object, text } from '../values';

/** Sources: "minimumHealthyPercent" and "maximumPercent" in "Service definition parameters", ECS developer guide. */
export const deploymentLimits: Check = {
  name: 'deployment-limits',
  summary: 'desired count, minimumHealthyPercent and maximumPercent leave room for a deployment to move',
  actions: [],
  run: ({ service, serviceAt, launch }) => {
    if (service === undefined) return [];
    const problems: Problem[] = [];
    const configuration = object(service['deploymentConfiguration']);
    const daemon = text(service['schedulingStrategy']) === 'DAEMON';
    const least = number(configuration?.['minimumHealthyPercent']) ?? (daemon ? 0 : 100);
    const most = number(configuration?.['maximumPercent']) ?? (daemon ? 100 : 200);
    const error = (message: string, hint: string, ...path: string[]) =>
      problems.push({ level: 'error', message, hint, position: serviceAt(...path) });
    const limit = (member: string) => ['deploymentConfiguration', member];

    if (least < 0 || least > 100)
      error(
        `minimumHealthyPercent ${least} is out of range`,
        'it goes from 0 to 100',
        ...limit('minimumHealthyPercent'),
      );
    if (most < 100 || most > 200)
      error(`maximumPercent ${most} is out of range`, 'it goes from 100 to 200', ...limit('maximumPercent'));
    const strategy = text(configuration?.['strategy']) ?? 'ROLLING';
    const desired = number(service['desiredCount']);
    if (daemon) {
      if (launch === 'FARGATE') {
        const hint = 'take it out for Fargate: a daemon runs once on each container instance';
        error('schedulingStrategy DAEMON does not exist on Fargate', hint, 'schedulingStrategy');
      }
      if (desired !== undefined)
        error('a DAEMON service has no desiredCount', 'take "desiredCount" out', 'desiredCount');
      if (most !== 100)
        error(`maximumPercent ${most} does not go with DAEMON`, 'set it to 100', ...limit('maximumPercent'));
    } else if (strategy === 'ROLLING' && desired !== undefined && desired > 0) {
      const lower = Math.ceil((desired * least) / 100);
      const upper = Math.floor((desired * most) / 100);
      if (upper <= desired && lower >= desired) {
        const tasks = desired === 1 ? '1 task' : `${desired} tasks`;
        const message = `with ${tasks}, ${least} and ${most} percent mean at least ${lower} and at most ${upper}: a deployment may neither start nor stop a task, and never ends`;
        const hint =
          'raise "maximumPercent" to 200, or lower "minimumHealthyPercent" so that a task may be missing for a while';
        error(message, hint, configuration === undefined ? 'desiredCount' : 'deploymentConfiguration');
      }
    }
    const rebalancing = text(service['availabilityZoneRebalancing']) === 'ENABLED';
    if (rebalancing && most <= 100) {
      const message = `availabilityZoneRebalancing needs a maximumPercent over 100, and it is ${most}`;
      const hint = 'raise "maximumPercent", or set "availabilityZoneRebalancing": "DISABLED"';
      error(message, hint, 'availabilityZoneRebalancing');
    }
    return problems;
  },
};
