/** Turns a pattern of Docker's (`*` and `?` stay within one folder, `**` crosses them) into an expression. */
export function globExpression(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (pattern.startsWith('**/', index)) {
      source += '(?:.*/)?';
      index += 2;
    } else if (pattern.startsWith('**', index)) {
      source += '.*';
      index += 1;
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else source += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}

/**
 * Reads a .dockerignore: whether a path of the context, with `/` and without a leading one, is left out. The last
 * pattern that matches the path or a folder above it decides.
 */
export function parseIgnoreFile(text: string): (path: string) => boolean {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const keep = line.startsWith('!');
      const pattern = line
        .slice(keep ? 1 : 0)
        .replace(/^\.?\//, '')
        .replace(/\/+$/, '');
      return { keep, expression: globExpression(pattern) };
    });
  return (path) => {
    const parts = path.split('/');
    const prefixes = parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
    let ignored = false;
    for (const { keep, expression } of rules) {
      if (ignored === keep && prefixes.some((prefix) => expression.test(prefix))) ignored = !keep;
    }
    return ignored;
  };
}
