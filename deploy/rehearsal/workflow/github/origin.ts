import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git';

/** A change to one file of a commit. */
export interface Edit {
  /** From the repository on, with slashes. */
  file: string;
  /** Text that must occur in it; undefined to write the whole file. */
  find?: string;
  replace: string;
}

export interface NewCommit {
  /** Default: the tip of `branch`. */
  parent?: string;
  edits?: readonly Edit[];
  message: string;
  /** Default `main`. */
  branch?: string;
}

export interface Comparison {
  status: 'identical' | 'ahead' | 'behind' | 'diverged';
  ahead: number;
  behind: number;
  mergeBase: string;
  /** What `head` has and `base` has not, oldest first. */
  commits: string[];
  files: string[];
}

const MAIN = 'main';

/** What GitHub holds: a bare repository whose first commit is the working tree, with all that is not committed yet. */
export class Origin {
  private time = 0;
  private order: Promise<unknown> = Promise.resolve();

  private constructor(readonly directory: string) {}

  /** @param directory is made. @param source a working tree; it is not changed, and need not be a repository. */
  static async of(source: string, directory: string): Promise<Origin> {
    mkdirSync(directory, { recursive: true });
    const origin = new Origin(directory);
    await origin.git(['init', '--quiet', '--bare', '.']);
    for (const [name, value] of Object.entries({
      'uploadpack.allowAnySHA1InWant': 'true',
      'uploadpack.allowFilter': 'true',
      'core.autocrlf': 'false',
      'gc.auto': '0',
    }))
      await origin.git(['config', name, value]);
    await origin.git(['symbolic-ref', 'HEAD', `refs/heads/${MAIN}`]);
    const place = { GIT_DIR: directory, GIT_WORK_TREE: source };
    const paths = await filesOf(source);
    await git(['update-index', '--add', '--remove', '-z', '--stdin'], {
      directory: source,
      env: place,
      input: paths,
    });
    const tree = (await origin.git(['write-tree'])).trim();
    await origin.record(tree, [], 'What is checked out', MAIN);
    return origin;
  }

  /** @returns the commit that a branch, tag or beginning of a hash names; undefined for none. */
  async resolve(name: string): Promise<string | undefined> {
    try {
      return (
        await this.git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
      ).trim();
    } catch {
      return undefined;
    }
  }

  /** @throws Error where an edit finds nothing to change. */
  commit({ parent, edits = [], message, branch = MAIN }: NewCommit): Promise<string> {
    return this.inOrder(async () => {
      const base = parent ?? (await this.resolve(`refs/heads/${branch}`)) ?? (await this.resolve(MAIN)) ?? '';
      const index = { GIT_INDEX_FILE: join(this.directory, 'edit-index') };
      await this.git(['read-tree', base], { env: index });
      for (const edit of edits) await this.edit(edit, index);
      const tree = (await this.git(['write-tree'], { env: index })).trim();
      return this.record(tree, [base], message, branch);
    });
  }

  /** The commit that GitHub makes to try a pull request: `head` merged into `base`. */
  async merge(base: string, head: string, ref: string): Promise<string> {
    const { status } = await this.compare(base, head);
    const tree =
      status === 'ahead' || status === 'identical'
        ? `${head}^{tree}`
        : ((await this.git(['merge-tree', '--write-tree', base, head])).split('\n')[0] ?? '');
    const name = (await this.git(['rev-parse', tree])).trim();
    return this.record(name, [base, head], `Merge ${head} into ${base}`, undefined, ref);
  }

  /** A file as a commit has it, with line feeds alone; undefined where it is not there. */
  async read(sha: string, path: string): Promise<string | undefined> {
    const listed = await this.git(['ls-tree', sha, '--', path]);
    if (!listed.includes(' blob ')) return undefined;
    return (await this.git(['show', `${sha}:${path}`])).replaceAll('\r\n', '\n');
  }

  /** Undefined for the first commit. */
  parent(sha: string): Promise<string | undefined> {
    return this.resolve(`${sha}^`);
  }

  async message(sha: string): Promise<string> {
    return (await this.git(['show', '--no-patch', '--format=%B', sha])).trim();
  }

  /** Of `head` as seen from `base`. @throws Error where one of them does not exist. */
  async compare(base: string, head: string): Promise<Comparison> {
    const counts = await this.git(['rev-list', '--left-right', '--count', `${base}...${head}`]);
    const [behind = 0, ahead = 0] = counts.trim().split(/\s+/).map(Number);
    const mergeBase = (await this.git(['merge-base', base, head])).trim();
    const status = ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical';
    const listed = await this.git(['rev-list', '--reverse', `${base}..${head}`]);
    const commits = listed.split('\n').filter((line) => line !== '');
    return { status, ahead, behind, mergeBase, commits, files: await this.changedFiles(mergeBase, head) };
  }

  async changedFiles(from: string, to: string): Promise<string[]> {
    const names = await this.git(['diff', '--name-only', '-z', from, to]);
    return names.split('\0').filter((name) => name !== '');
  }

  /** Changes the index, so that a second edit of a file sees the first. */
  private async edit({ file, find, replace }: Edit, env: Record<string, string>): Promise<void> {
    const listed = await this.git(['ls-files', '--stage', '--', file], { env });
    let content = replace;
    if (find !== undefined) {
      const before = listed === '' ? '' : await this.git(['show', `:${file}`], { env });
      if (!before.includes(find))
        throw new Error(`"${find}" does not occur in ${file}, so it cannot be replaced there`);
      content = before.replace(find, () => replace);
    }
    const mode = listed.split(' ')[0] || '100644';
    const blob = (await this.git(['hash-object', '-w', '--stdin'], { input: content })).trim();
    await this.git(['update-index', '--add', '--cacheinfo', `${mode},${blob},${file}`], { env });
  }

  /** The same content has the same commit on every machine: its time counts from a fixed one on. */
  private async record(
    tree: string,
    parents: readonly string[],
    message: string,
    branch: string | undefined,
    ref = `refs/heads/${branch}`,
  ): Promise<string> {
    const date = `${1_767_225_600 + this.time++} +0000`;
    const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', message];
    const sha = (await this.git(args, { env })).trim();
    await this.git(['update-ref', ref, sha]);
    return sha;
  }

  private git(
    args: readonly string[],
    more: { env?: Record<string, string>; input?: string } = {},
  ): Promise<string> {
    return git(args, { directory: this.directory, ...more });
  }

  /** Commits come one after another, since they share an index. */
  private inOrder<T>(act: () => Promise<T>): Promise<T> {
    const done = this.order.then(act, act);
    this.order = done.catch(() => undefined);
    return done;
  }
}

/** NUL-separated: what git tracks or would track; in a folder without git all but dependencies. */
async function filesOf(source: string): Promise<string> {
  try {
    return await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { directory: source });
  } catch {
    return walk(source, '').join('\0');
  }
}

function walk(root: string, prefix: string): string[] {
  return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === '.git') return [];
    const path = prefix + entry.name;
    return entry.isDirectory() ? walk(root, `${path}/`) : [path];
  });
}
