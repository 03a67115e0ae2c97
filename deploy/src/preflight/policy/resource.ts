import { statementsOf } from './evaluate';

/** Whether a resource's own policy allows anybody anything; who exactly is not weighed. */
export function suggestsAccess(document: string | undefined): boolean {
  return document !== undefined && statementsOf(document).some(({ Effect }) => Effect === 'Allow');
}
