import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const repository = resolve(__dirname, '../../..');

/** A page that people read; `text` has line ends of Unix. */
export interface Page {
  /** From the root of the repository, with forward slashes. */
  path: string;
  text: string;
}

/** From the root of the repository, with forward slashes; without what is installed or built. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile()) return [path];
    return ['node_modules', 'dist', '.gen', 'cdktf.out'].includes(entry.name) ? [] : filesBelow(path);
  });
}

/** A fenced block. */
export interface Block {
  language: string;
  text: string;
  /** Of its first line in the page, from 1. */
  line: number;
}

/** Pages that are written from the code, and so are right by themselves; links in them are checked all the same. */
export const generated = ['deploy/docs/commands.md', 'deploy/docs/configuration.md', 'deploy/docs/errors.md'];

export function readPages(): Page[] {
  const docs = readdirSync(join(repository, 'deploy/docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `deploy/docs/${name}`)].map(readPage);
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(repository, path), 'utf8').replaceAll('\r\n', '\n') };
}

const FENCE = /^( *)(`{3,})(\w*)[^\n]*\n([\s\S]*?)\n\1\2 *$/gm;

export function blocksIn(text: string): Block[] {
  return [...text.matchAll(FENCE)].map((found) => ({
    language: found[3] ?? '',
    text: (found[4] ?? '').replace(new RegExp(`^${found[1] ?? ''}`, 'gm'), ''),
    line: text.slice(0, found.index).split('\n').length + 1,
  }));
}

/** Without fenced blocks; line numbers stay. */
export function proseIn(text: string): string {
  return text.replace(FENCE, (block) => '\n'.repeat(block.split('\n').length - 1));
}

/** What stands between backticks, of one or two. */
export function codeIn(text: string): { text: string; line: number }[] {
  const prose = proseIn(text);
  return [...prose.matchAll(/(?<!`)(`{1,2})(?!`)([\s\S]*?[^`])\1(?!`)/g)].map((found) => ({
    text: (found[2] ?? '').replace(/\s+/g, ' ').replaceAll('\\|', '|').trim(),
    line: prose.slice(0, found.index).split('\n').length,
  }));
}

/** Command lines: `$ slipway ...`, `npx slipway ...`, also behind a redirection's or a comment's front. */
export function commandLinesIn({ text }: Page): { line: number; words: string[] }[] {
  const inBlocks = blocksIn(text)
    .filter(({ language }) => !['yaml', 'json'].includes(language))
    .flatMap(({ text: block, line }) =>
      block.split('\n').map((one, index) => ({ text: one, line: line + index })),
    );
  const all = [
    ...inBlocks.map(({ text: one, line }) => ({ text: /^\$? ?((?:npx )?slipway .*)$/.exec(one)?.[1], line })),
    ...codeIn(text).map(({ text: one, line }) => ({ text: /^((?:npx )?slipway .*)$/.exec(one)?.[1], line })),
  ];
  return all.flatMap(({ text: one, line }) => (one === undefined ? [] : [{ line, words: wordsOf(one) }]));
}

/** As a shell splits it, as far as the pages go: quotes, a comment, a redirection, `[optional]` parts. */
function wordsOf(line: string): string[] {
  const command = line
    .replace(/^npx /, '')
    .replace(/ +#.*$/, '')
    .replace(/ [>|] .*$/, '')
    .replace(/[[\]]/g, '');
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '')
    .slice(1);
}

/** Relative links: what they lead to, and the line. */
export function linksIn({ text }: Page): { target: string; line: number }[] {
  const prose = proseIn(text);
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((found) => ({ target: found[1] ?? '', line: prose.slice(0, found.index).split('\n').length }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** What is wrong with a link; undefined where it leads somewhere. */
export function brokenLink(page: Page, target: string): string | undefined {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? join(repository, page.path) : resolve(repository, dirname(page.path), file);
  if (!existsSync(path)) return `${target} is not there`;
  if (anchor === undefined) return undefined;
  const anchors = anchorsIn(readPage(relative(repository, path)).text);
  return anchors.includes(anchor) ? undefined : `${file} has no heading for #${anchor}`;
}

/** As GitHub makes them of headings. */
function anchorsIn(text: string): string[] {
  const seen = new Map<string, number>();
  return [...proseIn(text).matchAll(/^#+ +(.+?) *$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}
