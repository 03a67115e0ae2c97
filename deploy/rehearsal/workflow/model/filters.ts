import { globExpression } from '../../images/ignore';
import { listAt, type TemplateMap } from '../language/template';

export interface Change {
  /** `refs/heads/main`. For a pull request the branch it would be merged into. */
  ref: string;
  /** Undefined where it is not known: then filters by path let through. */
  files: readonly string[] | undefined;
}

/**
 * Why the filters of `on.push` or `on.pull_request` would not start a run; undefined where they would.
 * Patterns know `*`, `**`, `?` and a leading `!`.
 */
export function heldBack(trigger: TemplateMap, { ref, files }: Change): string | undefined {
  const branch = /^refs\/heads\/(.*)$/.exec(ref)?.[1];
  const tag = /^refs\/tags\/(.*)$/.exec(ref)?.[1];
  const onlyTags =
    trigger.branches === undefined && trigger['branches-ignore'] === undefined && trigger.tags !== undefined;
  const onlyBranches =
    trigger.tags === undefined && trigger['tags-ignore'] === undefined && trigger.branches !== undefined;
  if (branch !== undefined && (onlyTags || !passes(trigger, 'branches', [branch])))
    return `the branch ${branch} is not one that it is for`;
  if (tag !== undefined && (onlyBranches || !passes(trigger, 'tags', [tag])))
    return `the tag ${tag} is not one that it is for`;
  if (files !== undefined && tag === undefined && !passes(trigger, 'paths', files))
    return `none of the changed files (${files.slice(0, 5).join(', ') || 'none'}) is one that it is for`;
  return undefined;
}

function passes(trigger: TemplateMap, key: 'branches' | 'tags' | 'paths', names: readonly string[]): boolean {
  const wanted = listAt(trigger, key).map(String);
  const ignored = listAt(trigger, `${key}-ignore`).map(String);
  if (wanted.length > 0) return names.some((name) => matches(wanted, name));
  return ignored.length === 0 || names.some((name) => !matches(ignored, name));
}

/** The last pattern that matches decides. */
function matches(patterns: readonly string[], name: string): boolean {
  return patterns.reduce((taken, pattern) => {
    const negative = pattern.startsWith('!');
    return globExpression(negative ? pattern.slice(1) : pattern).test(name) ? !negative : taken;
  }, false);
}
