import { ApiError, type Message } from '../../../api/operation';
import { numberOr, page } from '../page';

export const noSuchEntity = (message: string) => new ApiError('NoSuchEntity', message, 404);

export const alreadyExists = (what: string) =>
  new ApiError('EntityAlreadyExists', `${what} already exists.`, 409);

/** Documents are percent-encoded in IAM's answers. */
export const encoded = (document: string) => encodeURIComponent(document);

/** @throws ApiError `MalformedPolicyDocument` where it is no JSON object. */
export function checkDocument(document: string): string {
  try {
    const parsed: unknown = JSON.parse(document);
    if (typeof parsed === 'object' && parsed !== null) return document;
  } catch {
    // Refused below.
  }
  throw new ApiError('MalformedPolicyDocument', 'Syntax errors in policy.');
}

export function paged<T>(name: string, entries: readonly T[], key: (entry: T) => string, input: Message) {
  const size = numberOr(input.MaxItems, 100, { max: 1000 });
  const result = page(entries, key, size, input.Marker, 'InvalidInput');
  return { [name]: result.entries, IsTruncated: result.next !== undefined, Marker: result.next };
}
