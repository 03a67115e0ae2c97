import { dirname, posix } from 'node:path';
import { parse } from 'yaml';
import { SlipwayError } from '../errors';
import { textOf, workflows, type Checkout } from './checkout';

/**
 * The workflows that ship the app, and every file of `.github` that they reach: actions by `uses: ./`, and what those
 * run or import beside themselves.
 * @throws SlipwayError FILE_NOT_FOUND where one names what is not there
 */
export async function usedFiles(checkout: Checkout): Promise<string[]> {
  const found = new Set<string>();
  const waiting = [...workflows];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (found.has(path)) continue;
    found.add(path);
    if (!isRead(path)) continue;
    const text = (await textOf(checkout, path)) ?? '';
    waiting.push(...usesOf(path, text).flatMap((used) => filesOf(checkout, path, used)));
    waiting.push(...mentionsOf(path, text).flatMap((named) => filesBelow(checkout, named)));
  }
  return [...found].sort();
}

/** Not what a bundler wrote: whatever it needs is in it. */
function isRead(path: string): boolean {
  return /\.(ya?ml|m?js|sh)$/.test(path) && !path.includes('/dist/');
}

/** Paths from the root of the repository, where GitHub starts too. */
function usesOf(path: string, text: string): string[] {
  if (!/\.ya?ml$/.test(path)) return [];
  interface Step {
    uses?: unknown;
  }
  const file = (parse(text) ?? {}) as {
    jobs?: Record<string, Step & { steps?: Step[] }>;
    runs?: { steps?: Step[] };
  };
  const jobs = Object.values(file.jobs ?? {});
  const steps = [...jobs, ...jobs.flatMap((job) => job.steps ?? []), ...(file.runs?.steps ?? [])];
  return steps.flatMap(({ uses }) =>
    typeof uses === 'string' && uses.startsWith('./') ? [posix.normalize(uses)] : [],
  );
}

function filesOf(checkout: Checkout, by: string, used: string): string[] {
  const files = filesBelow(checkout, used);
  if (files.length > 0) return files;
  throw new SlipwayError('FILE_NOT_FOUND', `${by} uses ./${used}, which is not there`, {
    hint: 'correct the "uses:", or bring the action back',
  });
}

/** Files that a script imports, that a step runs beside its action, or that are named in full. */
function mentionsOf(path: string, text: string): string[] {
  const beside = [
    ...text.matchAll(/GITHUB_ACTION_PATH\}?"?\/(\.\.\/[\w./-]+)|['"](\.\.?\/[\w./-]+)['"]/g),
  ].map((match) => posix.join(dirname(path), match[1] ?? match[2] ?? ''));
  const named = [
    ...text.matchAll(/\.github\/(?:actions\/[\w-]+|(?!workflows|actions)[\w-]+)\/[\w./-]+/g),
  ].map(([whole]) => whole);
  return [...beside, ...named].filter((one) => one.startsWith('.github/')).map(ofAction);
}

/** An action is taken whole. */
function ofAction(path: string): string {
  return /^\.github\/actions\/[^/]+/.exec(path)?.[0] ?? path;
}

function filesBelow({ files }: Checkout, path: string): string[] {
  return files.filter((file) => file === path || file.startsWith(`${path}/`));
}
