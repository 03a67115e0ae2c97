import type { Json } from '../outputs/outputs';

/** A parsed value that knows where it stands in its text: offsets, end exclusive. */
export interface Located {
  start: number;
  end: number;
  /** Where its key starts, in an object. */
  keyStart: number | undefined;
  content:
    | { type: 'scalar'; value: null | boolean | number | string }
    | { type: 'list'; items: readonly Located[] }
    | { type: 'object'; entries: ReadonlyMap<string, Located> };
}

/** A text that cannot be parsed. */
export class DocumentError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

export function toJson({ content }: Located): Json {
  switch (content.type) {
    case 'scalar':
      return content.value;
    case 'list':
      return content.items.map(toJson);
    case 'object':
      return Object.fromEntries([...content.entries].map(([key, value]) => [key, toJson(value)]));
  }
}

/** The value at a path, or the last one on the way to it that is there. */
export function locate(root: Located, path: readonly (string | number)[]): Located {
  let current = root;
  for (const step of path) {
    const { content } = current;
    let next: Located | undefined;
    if (content.type === 'object') next = content.entries.get(String(step));
    else if (content.type === 'list') next = content.items[Number(step)];
    if (next === undefined) break;
    current = next;
  }
  return current;
}

/** `["a", 0, "b"]` -> `a[0].b` */
export function printPath(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}
