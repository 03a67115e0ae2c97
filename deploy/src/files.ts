import { isAbsolute, relative } from 'node:path';

/** A path as the user would type it: relative where it lies below the working directory or beside it. */
export function shownPath(cwd: string, path: string): string {
  const shown = relative(cwd, path);
  const far = isAbsolute(shown) || /^(\.\.[\\/]){3}/.test(shown);
  return shown === '' ? '.' : far ? path : shown;
}
