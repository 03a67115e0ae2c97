import type { WireResponse } from '../../api/wire';

/**
 * Reads that the AWS provider makes and moto 5.2 does not know, with what AWS says where there is nothing to say.
 * Without them the provider retries moto's error 500 for minutes.
 */
const answers: Readonly<Record<string, unknown>> = {
  'budgets ListTagsForResource': { ResourceTags: [] },
  'budgets DescribeSubscribersForNotification': { Subscribers: [] },
};

/** The answer in moto's place; undefined where moto has one. `service` is the signing name. */
export function answersFor(service: string, operation: string): WireResponse | undefined {
  const name = `${service} ${operation}`;
  if (!Object.hasOwn(answers, name)) return undefined;
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(answers[name]),
  };
}
