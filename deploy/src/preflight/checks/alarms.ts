import type { Check, Problem } from '../check';
import { object, texts } from '../values';
import { each } from '../world';

export const alarms: Check = {
  name: 'alarms',
  summary: 'deployment alarms exist, and none of them is raised already',
  actions: ['cloudwatch:DescribeAlarms'],
  run: ({ service, serviceAt }, world) => {
    const configured = object(object(service?.['deploymentConfiguration'])?.['alarms']);
    const names = texts(configured?.['alarmNames']);
    if (configured?.['enable'] !== true || names.length === 0) return [];
    const at = (index: number) => serviceAt('deploymentConfiguration', 'alarms', 'alarmNames', index);
    return each([names], async (wanted) => {
      const { readAlarms } = await import('../reads/alarms.ts');
      const states = await readAlarms(world, wanted);
      return wanted.flatMap((name, index): Problem[] => {
        const state = states.get(name);
        if (state === undefined) {
          const hint = 'create it, or correct its name';
          return [{ level: 'error', message: `alarm ${name} does not exist`, hint, position: at(index) }];
        }
        if (state !== 'ALARM') return [];
        return [
          {
            level: 'warning',
            message: `alarm ${name} is raised already: ECS then watches no alarm at all during this deployment`,
            hint: 'find out why before deploying',
            position: at(index),
          },
        ];
      });
    });
  },
};
