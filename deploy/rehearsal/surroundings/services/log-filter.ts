import { ApiError } from '../../api/operation';

/**
 * CloudWatch's filter patterns for unstructured text: terms that must all occur, `"quoted phrases"`, `?term` (any of
 * these), `-term` (must not occur), and `%regular expression%`. Case matters. JSON and column patterns are refused.
 * @throws ApiError `InvalidParameterException`.
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (/^[{[]/.test(text)) {
    throw new ApiError(
      'InvalidParameterException',
      `The rehearsal knows no JSON or column filter patterns: ${text}`,
    );
  }
  const expression = /^%(.+)%$/.exec(text)?.[1];
  if (expression !== undefined) {
    const compiled = new RegExp(expression);
    return (message) => compiled.test(message);
  }
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map((match) => ({
    sign: match[1] ?? '',
    term: (match[2]?.replace(/\\(.)/g, '$1') ?? match[3]) as string,
  }));
  const optional = terms.filter(({ sign }) => sign === '?');
  return (message) =>
    terms.every(({ sign, term }) => sign === '?' || message.includes(term) === (sign === '')) &&
    (optional.length === 0 || optional.some(({ term }) => message.includes(term)));
}
