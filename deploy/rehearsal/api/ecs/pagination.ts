import { errors } from '../../control-plane/errors';
import type { Identifiers } from '../../control-plane/identifiers';

const mostTokens = 1000;

/**
 * Lists in pages. A token stands for what was left when it was given out, so that pages agree with each other; it is
 * base64 of a UUID, as recorded.
 */
export class Pagination {
  private readonly rest = new Map<string, readonly string[]>();

  constructor(private readonly ids: Identifiers) {}

  /**
   * @param all called for a first page only.
   * @throws InvalidParameterException for a token that was not given out, and for a page size out of range.
   */
  page(
    request: { nextToken?: string | undefined; maxResults?: number | undefined },
    size: { default: number; most: number },
    all: () => readonly string[],
  ): { items: readonly string[]; nextToken: string | undefined } {
    const { nextToken, maxResults = size.default } = request;
    if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > size.most) {
      throw errors.invalidParameter(`maxResults must be between 1 and ${size.most}, inclusive.`);
    }
    const items = nextToken === undefined ? all() : this.rest.get(nextToken);
    if (items === undefined) throw errors.invalidParameter('Invalid token.');
    if (items.length <= maxResults) return { items, nextToken: undefined };
    return { items: items.slice(0, maxResults), nextToken: this.keep(items.slice(maxResults)) };
  }

  private keep(items: readonly string[]): string {
    const token = Buffer.from(this.ids.uuid()).toString('base64');
    this.rest.set(token, items);
    const oldest = this.rest.keys().next().value;
    if (this.rest.size > mostTokens && oldest !== undefined) this.rest.delete(oldest);
    return token;
  }
}
