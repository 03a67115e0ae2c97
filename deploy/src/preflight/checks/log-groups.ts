import type { Check } from '../check';
import { object, text } from '../values';
import { each } from '../world';

export const logGroups: Check = {
  name: 'log-groups',
  summary: 'log groups exist, or are created by the log driver',
  actions: ['logs:DescribeLogGroups'],
  run: ({ containers }, world) =>
    each(containers, async ({ name, value, at }) => {
      const log = object(value['logConfiguration']);
      if (text(log?.['logDriver']) !== 'awslogs') return [];
      const options = object(log?.['options']);
      const group = text(options?.['awslogs-group']);
      const region = text(options?.['awslogs-region']);
      const error = (message: string, hint: string, ...path: string[]) => [
        {
          level: 'error' as const,
          message: `container ${name}: ${message}`,
          hint,
          position: at('logConfiguration', ...path),
        },
      ];
      const missing = [
        ...(group === undefined ? ['awslogs-group'] : []),
        ...(region === undefined ? ['awslogs-region'] : []),
      ];
      if (missing.length > 0 || group === undefined || region === undefined) {
        const hint = `set "options": { "${missing[0]}": ... }`;
        return error(`the log driver awslogs needs the option ${missing.join(' and ')}`, hint, 'options');
      }
      if (text(options?.['awslogs-create-group']) === 'true') return [];
      const { logGroupExists } = await import('../reads/logs.ts');
      if (await logGroupExists(world, group, region)) return [];
      const hint =
        'create it where infrastructure is, correct its name, or set "awslogs-create-group": "true"';
      return error(`log group ${group} does not exist in ${region}`, hint, 'options', 'awslogs-group');
    }),
};
