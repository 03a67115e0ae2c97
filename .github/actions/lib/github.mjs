// GitHub's REST API, with the token of the run.
import { pause, pollSeconds, Refusal } from './workflow.mjs';

const TRIES = 4;

/**
 * @param {string} path from /repos on; {repo} is this repository
 * @param {{ method?: string, body?: unknown, accept?: number[] }} [options] accept: statuses that are an answer too
 * @returns {Promise<{ status: number, body: any }>}
 * @throws Refusal with GitHub's own words
 */
export async function github(path, { method = 'GET', body, accept = [] } = {}) {
  const {
    GITHUB_API_URL = 'https://api.github.com',
    GITHUB_REPOSITORY = '',
    GITHUB_TOKEN = '',
  } = process.env;
  const url = GITHUB_API_URL + path.replace('{repo}', GITHUB_REPOSITORY);
  let problem = '';
  // What writes is asked once: the answer to the first may only have been lost.
  for (let tries = 1; tries <= (method === 'GET' ? TRIES : 1); tries += 1) {
    if (tries > 1) await pause(pollSeconds());
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          'user-agent': 'slipway',
          'x-github-api-version': '2022-11-28',
          ...(GITHUB_TOKEN ? { authorization: `Bearer ${GITHUB_TOKEN}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      });
      const text = await response.text();
      const answer = parse(text);
      if (response.ok || accept.includes(response.status)) return { status: response.status, body: answer };
      problem = `${response.status} ${answer?.message ?? response.statusText}`;
      if (response.status < 500 && response.status !== 429) break;
    } catch (error) {
      problem = error?.cause?.message ?? error?.message ?? String(error);
    }
  }
  throw new Refusal(
    `GitHub answered ${method} ${path.replace('{repo}', GITHUB_REPOSITORY)} with: ${problem}`,
  );
}

/** All pages of a list. */
export async function githubList(path, limit = 1000) {
  const all = [];
  for (let page = 1; all.length < limit; page += 1) {
    const { body } = await github(`${path}${path.includes('?') ? '&' : '?'}per_page=100&page=${page}`);
    if (!Array.isArray(body)) break;
    all.push(...body);
    if (body.length < 100) break;
  }
  return all;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
