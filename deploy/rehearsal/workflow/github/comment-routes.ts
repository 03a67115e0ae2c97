import type { World } from '../world';
import { ApiProblem, type ApiRequest, type Route } from './http';
import type { Comment } from './records';

const user = { login: 'github-actions[bot]', type: 'Bot' };

/** Pull requests with their labels and comments, issues, and checks. */
export function commentRoutes({ records, origin, repository }: World): Route[] {
  const scopes = ['issues', 'pull-requests'];
  const present = ({ id, body, issue }: Comment) => ({
    id,
    body,
    user,
    html_url: `https://github.com/${repository}/pull/${issue}#issuecomment-${id}`,
  });
  const pullRequest = ({ parameters: [number] }: ApiRequest) => {
    const found = records.pullRequests.get(Number(number));
    if (found === undefined) throw new ApiProblem(404, 'Not Found');
    return found;
  };
  const comment = ({ parameters: [id] }: ApiRequest) => {
    const found = records.comments.find((one) => one.id === Number(id));
    if (found === undefined) throw new ApiProblem(404, 'Not Found');
    return found;
  };
  const page = <T>(entries: readonly T[], { query }: ApiRequest): T[] => {
    const size = Number(query.get('per_page') ?? 30);
    const start = (Number(query.get('page') ?? 1) - 1) * size;
    return entries.slice(start, start + size);
  };
  return [
    {
      method: 'GET',
      path: '/pulls/:number',
      scopes: ['pull-requests'],
      answer: (request) => {
        const { number, title, labels, head, base } = pullRequest(request);
        return {
          number,
          title,
          state: 'open',
          labels: labels.map((name) => ({ name })),
          head: { ref: head.ref, sha: head.sha, repo: { full_name: head.repository } },
          base: { ref: base.ref, sha: base.sha, repo: { full_name: repository } },
        };
      },
    },
    {
      method: 'GET',
      path: '/pulls/:number/files',
      scopes: ['pull-requests'],
      answer: async (request) => {
        const { head, base } = pullRequest(request);
        const { files } = await origin.compare(base.sha, head.sha);
        return page(files, request).map((filename) => ({ filename, status: 'modified' }));
      },
    },
    {
      method: 'GET',
      path: '/commits/:sha/pulls',
      scopes: ['pull-requests'],
      answer: ({ parameters: [sha] }) =>
        [...records.pullRequests.values()]
          .filter(({ head, merged }) => head.sha === sha || merged === sha)
          .map(({ number, title, labels }) => ({ number, title, labels: labels.map((name) => ({ name })) })),
    },
    {
      method: 'GET',
      path: '/issues',
      scopes: ['issues'],
      answer: (request) =>
        page(
          records.issues.filter(({ state }) => (request.query.get('state') ?? 'open') === state),
          request,
        ),
    },
    {
      method: 'POST',
      path: '/issues',
      scopes: ['issues'],
      answer: (request) => {
        const { title } = request.body;
        if (typeof title !== 'string' || title === '')
          throw new ApiProblem(422, 'Validation Failed: title is missing');
        const number = records.pullRequests.size + records.issues.length + 1;
        const issue = { id: records.nextId(), number, title, body: bodyOf(request), state: 'open', user };
        records.issues.push(issue);
        return issue;
      },
    },
    {
      method: 'PATCH',
      path: '/issues/:number',
      scopes: ['issues'],
      answer: ({ parameters: [number], body }) => {
        const issue = records.issues.find((one) => one.number === Number(number));
        if (issue === undefined) throw new ApiProblem(404, 'Not Found');
        return Object.assign(issue, body);
      },
    },
    {
      method: 'GET',
      path: '/issues/:number/labels',
      scopes,
      answer: (request) => pullRequest(request).labels.map((name) => ({ name })),
    },
    {
      method: 'POST',
      path: '/issues/:number/labels',
      scopes,
      answer: (request) => {
        const { labels } = pullRequest(request);
        for (const label of (request.body.labels as string[] | undefined) ?? [])
          if (!labels.includes(label)) labels.push(label);
        return labels.map((name) => ({ name }));
      },
    },
    {
      method: 'GET',
      path: '/issues/:number/comments',
      scopes,
      answer: (request) =>
        page(
          records.comments.filter(({ issue }) => issue === pullRequest(request).number),
          request,
        ).map(present),
    },
    {
      method: 'POST',
      path: '/issues/:number/comments',
      scopes,
      answer: (request) => {
        const made = { id: records.nextId(), issue: pullRequest(request).number, body: bodyOf(request) };
        records.comments.push(made);
        return present(made);
      },
    },
    {
      method: 'PATCH',
      path: '/issues/comments/:id',
      scopes,
      answer: (request) => {
        const found = comment(request);
        found.body = bodyOf(request);
        return present(found);
      },
    },
    {
      method: 'DELETE',
      path: '/issues/comments/:id',
      scopes,
      answer: (request) => {
        records.comments.splice(records.comments.indexOf(comment(request)), 1);
        return null;
      },
    },
    {
      method: 'POST',
      path: '/check-runs',
      scopes: ['checks'],
      answer: ({ body }) => {
        const check = { id: records.nextId(), ...body };
        records.checks.push(check);
        return check;
      },
    },
  ];
}

/** GitHub takes 65,536 characters. */
function bodyOf({ body: { body } }: ApiRequest): string {
  const text = typeof body === 'string' ? body : '';
  if (text === '') throw new ApiProblem(422, 'Validation Failed: body cannot be blank');
  if (text.length > 65_536)
    throw new ApiProblem(422, 'Validation Failed: body is too long (maximum is 65536 characters)');
  return text;
}
