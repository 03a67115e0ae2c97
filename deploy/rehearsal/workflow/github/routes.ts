import type { World } from '../world';
import { commentRoutes } from './comment-routes';
import { deploymentRoutes } from './deployment-routes';
import { ApiProblem, type ApiRequest, type Route } from './http';

/** The part of GitHub's API that workflows of a deploy ask, below `/repos/OWNER/NAME`. */
export function routesOf(world: World): Route[] {
  return [
    ...repositoryRoutes(world),
    ...environmentRoutes(world),
    ...runRoutes(world),
    ...deploymentRoutes(world),
    ...commentRoutes(world),
  ];
}

function repositoryRoutes(world: World): Route[] {
  const { origin, repository } = world;
  const commitOf = async (name: string) => {
    const sha = await origin.resolve(name);
    if (sha === undefined) throw new ApiProblem(404, 'Not Found');
    return sha;
  };
  const presented = async (sha: string) => ({
    sha,
    html_url: `https://github.com/${repository}/commit/${sha}`,
    commit: { message: await origin.message(sha), author: { name: 'rehearsal' } },
  });
  return [
    {
      method: 'GET',
      path: '',
      scopes: [],
      answer: () => ({
        id: world.repositoryId,
        full_name: repository,
        name: repository.split('/')[1],
        owner: { login: repository.split('/')[0], id: world.ownerId },
        private: true,
        default_branch: 'main',
      }),
    },
    {
      method: 'GET',
      path: '/commits/:name',
      scopes: ['contents'],
      answer: async ({ parameters: [name = ''] }) => presented(await commitOf(name)),
    },
    {
      method: 'GET',
      path: '/compare/:names',
      scopes: ['contents'],
      answer: async ({ parameters: [names = ''] }) => {
        const [base = '', head = ''] = names.split('...');
        const [from, to] = [await commitOf(base), await commitOf(head)];
        const { status, ahead, behind, mergeBase, commits, files } = await origin.compare(from, to);
        return {
          status,
          ahead_by: ahead,
          behind_by: behind,
          total_commits: ahead,
          commits: await Promise.all(commits.map(presented)),
          html_url: `https://github.com/${repository}/compare/${names}`,
          base_commit: await presented(from),
          merge_base_commit: await presented(mergeBase),
          files: files.map((filename) => ({ filename, status: 'modified' })),
        };
      },
    },
    {
      method: 'GET',
      path: '/actions/oidc/customization/sub',
      scopes: ['actions'],
      answer: () => ({ use_default: true }),
    },
  ];
}

function environmentRoutes(world: World): Route[] {
  const present = (name: string) => {
    const settings = world.environments.get(name);
    if (settings === undefined) throw new ApiProblem(404, 'Not Found');
    const { reviewers, branches } = settings;
    const rules = [
      ...(reviewers.length === 0
        ? []
        : [
            {
              id: 1,
              type: 'required_reviewers',
              prevent_self_review: false,
              reviewers: reviewers.map((login) => ({ type: 'User', reviewer: { login } })),
            },
          ]),
      ...(branches === undefined ? [] : [{ id: 2, type: 'branch_policy' }]),
    ];
    return {
      id: [...world.environments.keys()].indexOf(name) + 1,
      name,
      html_url: `https://github.com/${world.repository}/deployments/activity_log?environments_filter=${name}`,
      protection_rules: rules,
      deployment_branch_policy:
        branches === undefined ? null : { protected_branches: false, custom_branch_policies: true },
    };
  };
  return [
    {
      method: 'GET',
      path: '/environments',
      scopes: ['actions'],
      answer: () => {
        const environments = [...world.environments.keys()].map(present);
        return { total_count: environments.length, environments };
      },
    },
    {
      method: 'GET',
      path: '/environments/:name',
      scopes: ['actions'],
      answer: ({ parameters: [name = ''] }) => present(name),
    },
    {
      method: 'GET',
      path: '/environments/:name/deployment-branch-policies',
      scopes: ['actions'],
      answer: ({ parameters: [name = ''] }) => {
        const policies = (world.environments.get(name)?.branches ?? []).map((branch, index) => ({
          id: index + 1,
          name: branch,
          type: 'branch',
        }));
        return { total_count: policies.length, branch_policies: policies };
      },
    },
  ];
}

function runRoutes(world: World): Route[] {
  const runOf = ({ parameters: [id] }: ApiRequest) => {
    const run = world.runs.find(({ record }) => record.id === Number(id));
    if (run === undefined) throw new ApiProblem(404, 'Not Found');
    return run;
  };
  const url = (id: number) => `https://github.com/${world.repository}/actions/runs/${id}`;
  return [
    {
      method: 'GET',
      path: '/actions/runs/:id',
      scopes: ['actions'],
      answer: (request) => {
        const { record } = runOf(request);
        return {
          id: record.id,
          name: record.name,
          display_title: record.title,
          run_number: record.number,
          event: record.event,
          head_sha: record.sha,
          status: record.conclusion === undefined ? 'in_progress' : 'completed',
          conclusion: record.conclusion ?? null,
          html_url: url(record.id),
          actor: { login: record.actor },
        };
      },
    },
    {
      method: 'GET',
      path: '/actions/runs/:id/jobs',
      scopes: ['actions'],
      answer: (request) => {
        const { record } = runOf(request);
        const jobs = record.jobs.map((job, index) => ({
          id: record.id * 1000 + index,
          run_id: record.id,
          name: job.name,
          status: job.conclusion === undefined ? 'in_progress' : 'completed',
          conclusion: job.conclusion ?? null,
          html_url: `${url(record.id)}/job/${record.id * 1000 + index}`,
        }));
        return { total_count: jobs.length, jobs };
      },
    },
    {
      method: 'GET',
      path: '/actions/runs/:id/pending_deployments',
      scopes: ['actions'],
      answer: (request) =>
        runOf(request)
          .waitingApprovals()
          .map(({ environment }) => ({
            environment: { name: environment },
            reviewers: (world.environments.get(environment)?.reviewers ?? []).map((login) => ({
              type: 'User',
              reviewer: { login },
            })),
            current_user_can_approve: false,
          })),
    },
    {
      method: 'GET',
      path: '/actions/runs/:id/approvals',
      scopes: ['actions'],
      answer: (request) =>
        runOf(request).approvals.map(({ environment, decision, reviewer }) => ({
          state: decision === 'approved' ? 'approved' : 'rejected',
          comment: '',
          environments: [{ name: environment }],
          user: { login: reviewer },
        })),
    },
  ];
}
