import { list } from './evaluate';

interface TrustStatement {
  Effect?: string;
  Action?: string | string[];
  Principal?: string | Readonly<Record<string, string | string[]>>;
}

/**
 * Services that may assume a role by its trust policy; undefined where the document cannot be read.
 * @param document JSON, not percent-encoded
 */
export function trustedServices(document: string): string[] | undefined {
  let statements: TrustStatement[];
  try {
    const { Statement = [] } = JSON.parse(document) as { Statement?: TrustStatement | TrustStatement[] };
    statements = Array.isArray(Statement) ? Statement : [Statement];
  } catch {
    return undefined;
  }
  return statements
    .filter(({ Effect, Action }) => Effect === 'Allow' && list(Action).some(assumes))
    .flatMap(({ Principal }) => {
      if (Principal === '*') return ['*'];
      if (typeof Principal !== 'object') return [];
      return [...list(Principal['Service']), ...(list(Principal['AWS']).includes('*') ? ['*'] : [])];
    });
}

const assumes = (action: string) => /^(sts:(assumerole|assume\*|\*)|\*)$/i.test(action);
