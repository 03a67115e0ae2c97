import { createHash } from 'node:crypto';

/** A change to the app's sources that makes one release differ from what is checked out. */
export interface Edit {
  /** Relative to the repository. */
  file: string;
  find: string;
  replace: string;
}

export interface ReleaseSource {
  /** `release 2`, and the number of it that /version shows. */
  name: string;
  number: string;
  summary: string;
  edits: readonly Edit[];
  /** Stands for the commit of these sources: the checked-out one, or one made of it and the edits. */
  gitSha: string;
}

/**
 * The three releases of the main job: what is checked out, a visible change, and one that crashes at start for
 * the most ordinary of reasons, a setting that nobody set.
 */
export function mainJobReleases(headSha: string): [ReleaseSource, ReleaseSource, ReleaseSource] {
  const release = (number: string, summary: string, edits: readonly Edit[]): ReleaseSource => ({
    name: `release ${number}`,
    number,
    summary,
    edits,
    gitSha:
      edits.length === 0
        ? headSha
        : createHash('sha1').update(headSha).update(JSON.stringify(edits)).digest('hex'),
  });
  return [
    release('1', 'what is checked out', []),
    release('2', 'a new greeting', [{ file: 'app/src/greeting.ts', find: 'Hello', replace: 'Good day' }]),
    release('3', 'crashes at start', [
      {
        file: 'app/src/settings.ts',
        find: 'const problems: string[] = [];',
        replace: "const problems: string[] = environment.DATABASE_URL ? [] : ['DATABASE_URL is not set'];",
      },
    ]),
  ];
}
