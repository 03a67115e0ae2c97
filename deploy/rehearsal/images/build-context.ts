import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { ImageError } from './image-store';
import { globExpression, parseIgnoreFile } from './ignore';

/** A change to one file of the context, made to what goes into the image and never to the file itself. */
export interface Edit {
  /** Relative to the context, with `/`. */
  file: string;
  /** Text that must occur in it; its first occurrence is replaced. */
  find: string;
  replace: string;
}

export interface ContextFile {
  /** Relative to the context, with `/`. */
  path: string;
  content: Buffer;
  executable: boolean;
}

/** Left out whatever .dockerignore says: installed dependencies are linked, never copied. */
const neverCopied = new Set(['node_modules', '.git']);

/** The folder that `docker build` would be given, as far as its .dockerignore lets through, with edits applied. */
export class BuildContext {
  private readonly ignored: (path: string) => boolean;
  private readonly taken = new Set<string>();

  /** @param dockerfile its path; `<dockerfile>.dockerignore` goes before the context's own `.dockerignore`. */
  constructor(
    readonly directory: string,
    dockerfile: string,
    private readonly edits: readonly Edit[],
  ) {
    const ignoreFile = [
      join(dirname(dockerfile), `${basename(dockerfile)}.dockerignore`),
      join(directory, '.dockerignore'),
    ].find((path) => existsSync(path));
    this.ignored = ignoreFile === undefined ? () => false : parseIgnoreFile(readFileSync(ignoreFile, 'utf8'));
  }

  /**
   * Files that a COPY source stands for, sorted by path. For a folder `base` is that folder, since its content is
   * copied; for files it is the folder in which each lies. Empty where nothing matches.
   */
  files(source: string): { base: string; isFolder: boolean; files: ContextFile[] }[] {
    const path = posix.normalize(source.replace(/^\/+/, '')).replace(/\/+$/, '') || '.';
    if (path.startsWith('..')) {
      throw new ImageError('ImageBuildFailed', `"${source}" leads out of the context ${this.directory}.`);
    }
    return (/[*?]/.test(path) ? this.matching(path) : [path]).flatMap((match) => {
      const stats = statSync(join(this.directory, match), { throwIfNoEntry: false });
      if (stats === undefined) return [];
      const isFolder = stats.isDirectory();
      const files = (isFolder ? this.walk(match) : [match]).filter((file) => !this.ignored(file)).sort();
      if (!isFolder && files.length === 0) return [];
      return [
        {
          base: isFolder ? match : posix.dirname(match),
          isFolder,
          files: files.map((file) => this.read(file)),
        },
      ];
    });
  }

  /** Throws where an edit is for a file that no COPY took, so that it would have changed nothing. */
  expectEditsUsed(): void {
    for (const { file } of this.edits) {
      if (!this.taken.has(posix.normalize(file))) {
        throw new ImageError(
          'EditNotFound',
          `The edit of ${file} changes nothing: no COPY of the Dockerfile takes that file from ${this.directory}.`,
        );
      }
    }
  }

  private read(path: string): ContextFile {
    this.taken.add(path);
    const full = join(this.directory, path);
    const content = readFileSync(full);
    const executable = (statSync(full).mode & 0o111) !== 0;
    const edits = this.edits.filter((edit) => posix.normalize(edit.file) === path);
    if (edits.length === 0) return { path, content, executable };
    let text = content.toString('utf8');
    for (const { find, replace } of edits) {
      if (find === '' || !text.includes(find)) {
        throw new ImageError(
          'EditNotFound',
          `"${find}" does not occur in ${path}, so it cannot be replaced there.`,
        );
      }
      text = text.replace(find, () => replace);
    }
    return { path, content: Buffer.from(text), executable };
  }

  private walk(folder: string): string[] {
    return readdirSync(join(this.directory, folder), { withFileTypes: true }).flatMap((entry) => {
      if (neverCopied.has(entry.name)) return [];
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? this.walk(path) : entry.isFile() ? [path] : [];
    });
  }

  /** Entries for a pattern, searched from the last folder that is named in full. */
  private matching(pattern: string): string[] {
    const parts = pattern.split('/');
    const fixed = parts
      .slice(
        0,
        parts.findIndex((part) => /[*?]/.test(part)),
      )
      .join('/');
    const expression = globExpression(pattern);
    const depth = parts.length;
    const found: string[] = [];
    const search = (folder: string): void => {
      const full = join(this.directory, folder);
      if (!existsSync(full)) return;
      for (const entry of readdirSync(full, { withFileTypes: true })) {
        if (neverCopied.has(entry.name)) continue;
        const path = posix.join(folder, entry.name);
        if (expression.test(path)) found.push(path);
        else if (entry.isDirectory() && path.split('/').length < depth) search(path);
      }
    };
    search(fixed);
    return found.sort();
  }
}

/** A path with `/`, relative to a folder. */
export function relativePath(from: string, to: string): string {
  return relative(from, to).split(sep).join('/');
}
