import { synthesiseFrom, type StackDocument } from '../../../infra/test/synth';

const healthCheck = { path: '/health-check' };
const everything = {
  network: { nat: 'none', endpoints: 'tasks' },
  storage: { envFiles: true, fileSystem: true, secrets: ['api-key'] },
} as const;

/** Two environments with everything that a deploy may have to do with, and beside the service another one. */
export function platformStacks(): (stack: string) => StackDocument {
  const web = { name: 'web', port: 3000, healthCheck, exec: true };
  return synthesiseFrom(
    {
      environments: [
        {
          name: 'staging',
          ...everything,
          services: [web, { name: 'hooks', port: 3000, healthCheck, paths: ['/hooks/*'] }],
        },
        { name: 'production', ...everything, services: [web] },
      ],
    },
    { rehearsal: true },
  );
}
