import type { Store } from '../store';
import type { Attributes } from './attributes';

/** Brings the tags of a resource in; EC2's resources carry theirs themselves. */
export function putTags(attributes: Attributes, store: Store): void {
  const { arn, tags, tags_all: all } = attributes;
  if (typeof arn === 'string')
    store.tags.set(arn, { ...(tags as object | undefined), ...(all as object | undefined) });
}
