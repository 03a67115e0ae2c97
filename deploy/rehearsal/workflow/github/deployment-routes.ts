import type { DeploymentRecord, DeploymentState } from '../report/records';
import type { World } from '../world';
import { ApiProblem, type ApiRequest, type Route } from './http';

const states: readonly string[] = [
  'error',
  'failure',
  'inactive',
  'in_progress',
  'queued',
  'success',
  'waiting',
];

/** The Deployments API: what GitHub made for jobs with an environment, and what steps make themselves. */
export function deploymentRoutes({ records, origin }: World): Route[] {
  const present = (deployment: DeploymentRecord) => ({
    id: deployment.id,
    environment: deployment.environment,
    ref: deployment.ref,
    sha: deployment.sha,
    task: 'deploy',
  });
  const one = ({ parameters: [id] }: ApiRequest) => {
    const found = records.deployments.find((deployment) => deployment.id === Number(id));
    if (found === undefined) throw new ApiProblem(404, 'Not Found');
    return found;
  };
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return [
    {
      method: 'GET',
      path: '/deployments',
      scopes: ['deployments'],
      answer: ({ query }) =>
        records.deployments
          .filter(
            ({ environment, sha, ref }) =>
              (query.get('environment') ?? environment) === environment &&
              (query.get('sha') ?? sha) === sha &&
              (query.get('ref') ?? ref) === ref,
          )
          .map(present)
          .reverse(),
    },
    {
      method: 'POST',
      path: '/deployments',
      scopes: ['deployments'],
      answer: async ({ body }) => {
        const sha = await origin.resolve(text(body.ref));
        if (sha === undefined) throw new ApiProblem(422, `No ref found for: ${text(body.ref)}`);
        return present(records.deploy(text(body.environment) || 'production', text(body.ref), sha));
      },
    },
    {
      method: 'GET',
      path: '/deployments/:id',
      scopes: ['deployments'],
      answer: (request) => present(one(request)),
    },
    {
      method: 'GET',
      path: '/deployments/:id/statuses',
      scopes: ['deployments'],
      answer: (request) => {
        const { states: past, url, environment } = one(request);
        return past
          .map((state, index) => ({ id: index + 1, state, environment, environment_url: url }))
          .reverse();
      },
    },
    {
      method: 'POST',
      path: '/deployments/:id/statuses',
      scopes: ['deployments'],
      answer: (request) => {
        const state = text(request.body.state);
        if (!states.includes(state)) throw new ApiProblem(422, `Validation Failed: state "${state}"`);
        records.setState(one(request), state as DeploymentState, text(request.body.environment_url));
        return { id: records.nextId(), state };
      },
    },
  ];
}
