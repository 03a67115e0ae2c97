/** An XML element's content: its text, or its children by name. Repeated children are a list. */
export type XmlContent = string | { [name: string]: XmlContent | XmlContent[] };

/**
 * Reads the XML that Query services answer with. Attributes, comments and the prolog are passed over; AWS's answers
 * have no mixed content.
 */
export function parseXml(text: string): { [name: string]: XmlContent | XmlContent[] } {
  const root: { children: [string, XmlContent][]; text: string } = { children: [], text: '' };
  const stack = [root];
  const tokens = /<(\/?)([A-Za-z_][\w:.-]*)[^>]*?(\/?)>|<[!?][^>]*>|([^<]+)/g;
  const names: string[] = [];
  for (const [, closing, name = '', empty, content] of text.matchAll(tokens)) {
    const top = stack.at(-1) ?? root;
    if (content !== undefined) top.text += content;
    else if (name === '') continue;
    else if (empty === '/') top.children.push([name, '']);
    else if (closing === '') {
      stack.push({ children: [], text: '' });
      names.push(name);
    } else {
      const done = stack.pop() ?? root;
      (stack.at(-1) ?? root).children.push([names.pop() ?? '', contentOf(done)]);
    }
  }
  const content = contentOf(root);
  return typeof content === 'string' ? {} : content;
}

function contentOf(element: { children: readonly [string, XmlContent][]; text: string }): XmlContent {
  if (element.children.length === 0) return unescapeXml(element.text);
  const grouped = new Map<string, XmlContent[]>();
  for (const [name, value] of element.children) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  return Object.fromEntries(
    [...grouped].map(([name, values]) => [name, values.length === 1 ? (values[0] as XmlContent) : values]),
  );
}

/** The elements of an AWS list: its `member` or `item` children. */
export function members(
  content: XmlContent | XmlContent[] | undefined,
): { [name: string]: XmlContent | XmlContent[] }[] {
  if (content === undefined || typeof content === 'string' || Array.isArray(content)) return [];
  const inner = content.member ?? content.item;
  const entries = Array.isArray(inner) ? inner : inner === undefined ? [] : [inner];
  return entries.filter((entry) => typeof entry !== 'string');
}

/** A child's text; empty where there is none. */
export function textOf(content: XmlContent | XmlContent[] | undefined, name: string): string {
  if (content === undefined || typeof content === 'string' || Array.isArray(content)) return '';
  const child = content[name];
  return typeof child === 'string' ? child : '';
}

/** A child that has children of its own; empty where there is none. */
export function childOf(
  content: XmlContent | XmlContent[] | undefined,
  name: string,
): { [name: string]: XmlContent | XmlContent[] } {
  if (content === undefined || typeof content === 'string' || Array.isArray(content)) return {};
  const child = content[name];
  return typeof child === 'object' && !Array.isArray(child) ? child : {};
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text
    .trim()
    .replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return entities[name ?? ''] ?? whole;
    });
}
