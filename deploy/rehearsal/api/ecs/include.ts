import { errors } from '../../control-plane/errors';

/** @throws ClientException for a value of `include` that the operation does not know. */
export function checkInclude(include: readonly string[] | undefined, known: readonly string[]): void {
  for (const value of include ?? []) {
    if (known.includes(value)) continue;
    throw errors.client(
      `${value} is not a valid value for include. The value must be one of [[${known.join(', ')}]]`,
    );
  }
}
